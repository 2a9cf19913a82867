"""What a report is written on: lines with an indent, wrapped between words, styled where that shows."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

#: Longer lines are hard to read back to their start, however wide the terminal is.
_WIDEST = 120


class Paper:
    """Writes lines to a console. Text is never read as markup and long words are never broken."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, _WIDEST)

    def write(
        self, *parts: str | tuple[str, str], lead: str = "", indent: int = 0, following: int = 0
    ) -> None:
        """One paragraph. A part is a string or (string, style); `lead` hangs before the first line.

        The lines after the first one are indented by `following` more.
        """
        text = Text.assemble(*parts)
        room = max(20, self.width - indent - len(lead))
        for at, line in enumerate(text.divide(_breaks(text.plain, room, room - following))):
            line.rstrip()
            before = lead if at == 0 else " " * (len(lead) + following)
            self._put(Text(" " * indent + before) + line)

    def verbatim(self, text: str, style: str = "", indent: int = 0) -> None:
        """One line as it is, however long."""
        self._put(Text(" " * indent) + Text(text.expandtabs(4), style=style))

    def cut(self, text: str, style: str = "", indent: int = 0) -> None:
        """One line, shortened at the margin."""
        room = max(20, self.width - indent)
        self.verbatim(
            text if len(text) <= room else text[: room - 3].rsplit(" ", 1)[0].rstrip(":;,") + "...",
            style,
            indent,
        )

    def gap(self) -> None:
        """An empty line."""
        self._put(Text())

    def _put(self, line: Text) -> None:
        line.rstrip()
        self.console.print(line, soft_wrap=True, highlight=False, markup=False)


def _breaks(text: str, room: int, later: int) -> list[int]:
    """Where to break a paragraph: before the words that would pass the margin.

    `room` is that of the first line, `later` that of those after it, both in cells.
    """
    breaks, used = [], 0
    for word in re.finditer(r"\S+\s*", text):
        width = cell_len(word.group())
        if used and used + cell_len(word.group().rstrip()) > room:
            breaks.append(word.start())
            used, room = 0, later
        used += width
    return breaks
