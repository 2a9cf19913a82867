"""The few lines in which a cause is told while the training goes on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from unstuck.case.schema import CauseRecord
from unstuck.report.text import clean, first_sentence, flat, listing, named

#: Lines that are told before the first step, and lines of them that a sentence may take.
MOST_LINES, SENTENCE_LINES = 6, 2

#: What a cause does, in the fewest words.
_DOES = {"blocks": "blocks all learning", "misleads": "misleads", "harms": "harms"}

_GOES_ON = "the training goes on; the full report follows at its end"
_ENDS = "the training ends after this step, as --stop asks; the full report follows"


def before_training(
    causes: Sequence[CauseRecord], width: int, ends: bool = False, *, sampled: bool = False
) -> str:
    """What is told before the first step: the first cause with its change, the others by name.

    Args:
        causes: at least one, best first.
        width: the columns of the terminal.
        ends: whether the training is ended for it.
        sampled: whether only a part of the rows was looked at.
    """
    first, *others = causes
    lines = [
        _cut(f"unstuck: {named(first)} ({first.certainty}, {_DOES[first.impact]})", width),
        *_wrapped(first_sentence(first.says), width),
        f"  {change(first)}",  # whole: it is to be written like that
    ]
    if others:
        lines.append(_cut(f"  and {listing(named(each) for each in others)}", width))
    now = "told now, from a part of the rows" if sampled else "told now"
    lines.append(_cut(f"  {now}, {_ENDS if ends else _GOES_ON}", width))
    return "\n".join(line for line in lines if line.strip()) + "\n"


def while_training(causes: Sequence[CauseRecord], width: int, ends: bool = False, *, step: int) -> str:
    """What is told in the middle of a training: each cause in at most two lines.

    Args:
        causes: at least one, best first.
        width: the columns of the terminal.
        ends: whether the training is ended for it.
        step: how many steps the optimizer has done.
    """
    lines = []
    for cause in causes:
        head = f"unstuck, step {step:,}: {named(cause)} ({cause.certainty})"
        lines += [_cut(head, width), _cut(f"  {first_sentence(cause.says)}", width)]
    if ends:
        lines.append(_cut(f"  {_ENDS}", width))
    return "\n".join(lines) + "\n"


def change(cause: CauseRecord) -> str:
    """The first remedy as one line of its diff, as a sentence where it has none."""
    for remedy in cause.remedies:
        written = _written(remedy.diff or "")
        if written:
            return written
    return flat(cause.remedies[0].says) if cause.remedies else ""


def _written(diff: str) -> str:
    """The line of a diff that tells the most: one in place of another, else one that is no import."""
    lines = [line for line in clean(diff).splitlines() if not line.startswith(("+++", "---"))]
    added = [at for at, line in enumerate(lines) if line.startswith("+") and line[1:].strip()]
    if not added:
        return ""
    in_place = (at for at in added if at and lines[at - 1].startswith("-"))
    other = (at for at in added if not lines[at][1:].lstrip().startswith(("import ", "from ")))
    at = next(in_place, next(other, added[0]))
    return f"+ {lines[at][1:].strip()}"


def _wrapped(sentence: str, width: int) -> list[str]:
    """The sentence in at most two lines."""
    return textwrap.wrap(
        flat(sentence),
        width,
        initial_indent="  ",
        subsequent_indent="  ",
        max_lines=SENTENCE_LINES,
        placeholder=" ...",
        break_on_hyphens=False,
    )


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: max(width - 4, 0)].rstrip()} ..."
