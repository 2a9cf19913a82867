"""Unified diffs as lines with their kinds; the signs stay, so that they read without colours."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.report.text import clean

#: Lines of one diff, and characters of one line, that a page shows.
_LINES, _CHARACTERS = 160, 400

#: Changed lines that are shown beside the verdict.
_FIRST = 8


@dataclass(frozen=True)
class DiffLine:
    """One line: `kind` is "add", "del", "at", "file" or "same"."""

    kind: str
    text: str


def lines(diff: str) -> list[DiffLine]:
    """The diff line by line, a long one cut."""
    told = [DiffLine(_kind(line), _cut(line.expandtabs(4))) for line in clean(diff).rstrip("\n").split("\n")]
    left = len(told) - _LINES
    return (
        told if left <= 0 else [*told[:_LINES], DiffLine("at", f"@@ {left:,} more lines are in the JSON @@")]
    )


def changed(diff: str) -> list[DiffLine]:
    """Only what goes and what comes, without the indent they share."""
    told = [line for line in lines(diff) if line.kind in ("add", "del")]
    bodies = [line.text[1:] for line in told if line.text[1:].strip()]
    indent = min((len(body) - len(body.lstrip()) for body in bodies), default=0)
    short = [
        DiffLine(line.kind, f"{line.text[0]}\N{NO-BREAK SPACE}{line.text[1 + indent :]}") for line in told
    ]
    if len(short) <= _FIRST:
        return short
    return [*short[:_FIRST], DiffLine("same", f"and {len(short) - _FIRST} more changed lines, below")]


def _kind(line: str) -> str:
    if line.startswith(("---", "+++")):
        return "file"
    return {"+": "add", "-": "del", "@": "at"}.get(line[:1], "same")


def _cut(line: str) -> str:
    return line if len(line) <= _CHARACTERS else f"{line[: _CHARACTERS - 1]}…"
