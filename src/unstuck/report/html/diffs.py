"""Unified diffs as lines with their kinds; the signs stay, so that they read without colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unstuck.report.changes import FileChange
from unstuck.report.text import clean

#: Lines of one diff, and characters of one line, that a page shows.
_LINES, _CHARACTERS = 160, 400

#: Changed lines that are shown beside the verdict.
_FIRST = 16


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


def shown_changes(files: Sequence[FileChange]) -> list[tuple[str, list[DiffLine]]]:
    """The changed lines by file, as they stand beside the verdict."""
    told, room = [], _FIRST
    for each in files:
        held = [
            DiffLine(_kind(line.sign), _cut(f"{line.sign}\N{NO-BREAK SPACE}{line.text}"))
            for line in each.lines
        ]
        left = len(held) - room
        if left > 0:
            held = [*held[:room], DiffLine("same", f"and {left} more changed lines, below")]
        room = max(room - len(each.lines), 0)
        told.append((each.name, held))
    return told


def _kind(line: str) -> str:
    if line.startswith(("---", "+++")):
        return "file"
    return {"+": "add", "-": "del", "@": "at"}.get(line[:1], "same")


def _cut(line: str) -> str:
    return line if len(line) <= _CHARACTERS else f"{line[: _CHARACTERS - 1]}…"
