"""The syntax tree of the user's source, parsed once as it stands. Nothing of it is executed."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

from unstuck.evidence.cells import is_notebook, program_of, typed_text
from unstuck.watch.muting import muted


def parsed(file: str | Path) -> ast.Module | None:
    """The tree of a file, None where it cannot be read or is no Python. Nobody changes it.

    Of a notebook it is that of its code cells as one program; of what was typed into a session, or is run in
    an edited version, that of the text which the interpreter keeps.
    """
    path, name = Path(file), str(file)
    program = program_of(name) if is_notebook(name) else None
    held = program.text if program is not None else typed_text(name)
    if held:
        return _tree(held)
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    return _tree_of(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=32)
def _tree_of(path: Path, modified: int, size: int) -> ast.Module | None:  # noqa: ARG001 - the cache's key
    try:
        return _parsed(path.read_bytes())
    except OSError:
        return None


@lru_cache(maxsize=8)
def _tree(text: str) -> ast.Module | None:
    return _parsed(text)


def _parsed(text: str | bytes) -> ast.Module | None:
    try:
        with muted():  # a "\d" of the user's is not ours to speak of
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
