"""The syntax tree of a user's file, parsed once as it stands. Nothing of it is executed."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from pathlib import Path


def parsed(file: str | Path) -> ast.Module | None:
    """The tree of a file, None where it cannot be read or is no Python. Nobody changes it."""
    path = Path(file)
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    return _parsed(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=32)
def _parsed(path: Path, modified: int, size: int) -> ast.Module | None:  # noqa: ARG001 - the cache's key
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a "\d" of the user's is not ours to speak of
            return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
