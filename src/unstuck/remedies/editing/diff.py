"""The unified diff of two versions of a file, as the program `patch` reads it."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from pathlib import Path

from unstuck.evidence.cells import diff_by_cell, is_notebook, shown_name
from unstuck.evidence.source import Source, Unplaced

#: Edited texts that are kept, and their diffs: those of the remedies of one report.
KEPT = 32


def unified(before: Source, after: Source) -> str:
    """A diff that `patch -p1` applies from the current directory; of a notebook, one for each cell to read.

    Raises:
        Unplaced: the diff would not be in the file's own encoding.
    """
    if is_notebook(before.file):
        return diff_by_cell(before.file, shown(before.file), before.text, after.text)
    return _diff(before, after, shown(before.file).lstrip("/"))


@lru_cache(maxsize=KEPT)
def _diff(before: Source, after: Source, path: str) -> str:
    """The same for the same: a loop of fits asks for it again and again."""
    tail = "\t" if " " in path else ""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"a/{path}{tail}", f"b/{path}{tail}", lineterm="\n"
    )
    text = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    if before.ascii_only and not text.isascii():
        raise Unplaced("the file is not written in UTF-8")
    return text


def shown(file: str) -> str:
    """A path relative to the current directory when it lies inside, else as it is."""
    name = shown_name(file)
    if name is not None:
        return name
    for path, here in ((Path(file), Path.cwd()), (Path(file).resolve(), Path.cwd().resolve())):
        if not path.is_absolute() or path.is_relative_to(here):
            return (path.relative_to(here) if path.is_absolute() else path).as_posix()
    return Path(file).as_posix()


def _lines(source: Source) -> list[str]:
    """The lines as `patch` counts them: ended by LF alone."""
    return re.findall(r"[^\n]*\n|[^\n]+", source.bom + source.text)
