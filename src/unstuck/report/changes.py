"""The changed lines of a unified diff, by file and with their numbers: all that a small change needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unstuck.report.text import clean

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")


@dataclass(frozen=True)
class ChangedLine:
    """One line that goes ("-") or comes ("+"). `number` stands at the first line of a change, from 1."""

    sign: str
    text: str
    number: int | None = None


@dataclass(frozen=True)
class FileChange:
    """The changed lines of one file, or of one cell of a notebook, without the indent they share."""

    name: str
    lines: tuple[ChangedLine, ...]


def changes_in(diff: str | None) -> list[FileChange]:
    """What a diff changes; nothing where there is none."""
    files: list[tuple[str, list[ChangedLine]]] = []
    before, begins = "", True
    old, new, at = 0, 0, None  # lines that are left of the hunk, and the number of the next old one
    for line in clean(diff or "").rstrip("\n").split("\n"):
        hunk = _HUNK.match(line)
        if old <= 0 and new <= 0 and hunk:
            old, new = (int(hunk[part] or "1") for part in (2, 3))
            at = int(hunk[1]) + (old == 0)  # what is only put in stands behind the line that is named
            begins = True
        elif old <= 0 and new <= 0 and line.startswith("--- "):
            before, at = line, None
        elif old <= 0 and new <= 0 and line.startswith("+++ "):
            files.append((_name(before, line), []))
            begins = True
        elif line[:1] in ("-", "+"):
            files = files or [("", [])]
            number = at if begins else None
            files[-1][1].append(ChangedLine(line[0], line[1:].expandtabs(4).rstrip(), number))
            old, new, begins = old - (line[0] == "-"), new - (line[0] == "+"), False
            at = at + (line[0] == "-") if at is not None else None
        elif line[:1] != "\\":
            old, new, begins = old - 1, new - 1, True
            at = at + 1 if at is not None else None
    return [FileChange(name, _without_indent(lines)) for name, lines in files if lines]


def _name(before: str, after: str) -> str:
    """The file as a person calls it: without the a/ and b/ that `patch -p1` takes off."""
    old, new = (each[4:].partition("\t")[0].strip() for each in (before, after))
    return new[2:] if old.startswith("a/") and new.startswith("b/") else new


def _without_indent(lines: list[ChangedLine]) -> tuple[ChangedLine, ...]:
    bodies = [line.text for line in lines if line.text]
    indent = min((len(body) - len(body.lstrip()) for body in bodies), default=0)
    return tuple(ChangedLine(line.sign, line.text[indent:], line.number) for line in lines)
