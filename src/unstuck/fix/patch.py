"""A patch that undoes a change: what the file held before, exactly, or an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class UndoError(Exception):
    """A change that cannot be taken back. The text is a sentence that says why."""


def undone(patch: bytes, present: bytes) -> tuple[str, bytes]:
    """The name of the one file in a unified diff, and what it held before.

    Args:
        patch: the diff, of one file in the patch's own folder.
        present: what the file holds now: the diff's new side, line by line at the same places.

    Raises:
        UndoError: it does not.
    """
    name, body = header(patch)
    lines = _lines(present)
    out: list[bytes] = []
    done = 0
    for start, old, new in _hunks(body):
        if start < done or lines[start : start + len(new)] != new:
            raise UndoError(f"{name} is not as this patch left it, so the patch cannot be taken back.")
        out += [*lines[done:start], *old]
        done = start + len(new)
    return name, b"".join([*out, *lines[done:]])


def header(patch: bytes) -> tuple[str, list[bytes]]:
    """The file's name, and the lines after the two that name it."""
    lines = _lines(patch)
    if len(lines) < 3 or not lines[0].startswith(b"--- a/") or not lines[1].startswith(b"+++ b/"):
        raise UndoError("This is no patch of `unstuck fix --write`: give a file that ends in .unstuck.patch.")
    name = (
        lines[1].removeprefix(b"+++ b/").rstrip(b"\n").removesuffix(b"\t").decode("utf-8", "surrogateescape")
    )
    if Path(name).name != name:
        raise UndoError("This patch is for a file in another folder: take it back with `patch -R -p1`.")
    return name, lines[2:]


def _hunks(lines: list[bytes]) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Each hunk as the index of its first new line, its old lines and its new lines."""
    at = 0
    while at < len(lines):
        head = _HUNK.match(lines[at])
        if head is None:
            raise UndoError("The patch is damaged: a line that begins with @@ was expected.")
        olds, news = int(head[2] or 1), int(head[4] or 1)
        start = int(head[3]) - (1 if news else 0)
        at += 1
        old: list[bytes] = []
        new: list[bytes] = []
        while at < len(lines) and not (lines[at].startswith(b"@@") and (len(old), len(new)) == (olds, news)):
            mark, text = lines[at][:1], lines[at][1:]
            if at + 1 < len(lines) and lines[at + 1].startswith(b"\\"):
                text = text.removesuffix(b"\n")
                at += 1
            old += [text] if mark in b" -" else []
            new += [text] if mark in b" +" else []
            at += 1
        if (len(old), len(new)) != (olds, news):
            raise UndoError("The patch is damaged: it holds fewer or more lines than it says.")
        yield start, old, new


def _lines(data: bytes) -> list[bytes]:
    """The lines as `patch` counts them: ended by LF alone."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)
