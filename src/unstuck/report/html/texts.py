"""Long texts on a page: shown in part, whole on demand, within a bound for all of them together."""

from __future__ import annotations

from typing import Any

#: Characters of one text that are shown at once.
SHOWN = 600

#: Characters of a name that are shown in a heading or a list.
NAME = 90

#: Characters of one text that are kept at all: the saved Case has the rest.
_KEPT = 20_000

#: Characters that all unfolded texts of a page may take together: with the pictures it stays below 3 MB.
_TOGETHER = 500_000


class Texts:
    """Cuts texts, and keeps count of what the whole page unfolds."""

    def __init__(self) -> None:
        self._left = _TOGETHER

    def name(self, text: object) -> str:
        """A name as it fits into a heading."""
        words = " ".join(str(text).split())
        return words if len(words) <= NAME else f"{words[: NAME - 1]}…"

    def long(self, text: object, shown: int = SHOWN) -> Any:
        """The text, escaped; of a long one the beginning, and the whole of it to unfold.

        Stands in a block, not in a paragraph or a heading.
        """
        from markupsafe import Markup, escape

        words = str(text)
        if len(words) <= shown:
            return escape(words)
        head = escape(words[: shown - 1].rstrip() + "…")
        kept = words[: min(_KEPT, self._left)]
        self._left -= len(kept)
        if len(kept) <= shown:
            return head
        left = len(words) - len(kept)
        more = f" The other {left:,} characters are in the JSON." if left else ""
        fold = Markup('<details class="long"><summary>{}</summary><div>{}{}</div></details>')
        return head + fold.format(f"The whole text, {len(words):,} characters", kept, more)
