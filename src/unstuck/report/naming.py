"""Names of files to write: what the user has written is never overwritten."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

#: Names that are tried: the wanted one and those with -2, -3... at its end.
MOST_NAMES = 99


class TakenError(Exception):
    """All names that were tried are taken."""


def first_free(wanted: Path, is_ours: Callable[[Path], bool]) -> Path:
    """The wanted file where it is free or our own, else the first free name beside it.

    Raises:
        TakenError: there is none.
    """
    numbered = (wanted.with_stem(f"{wanted.stem}-{number}") for number in range(2, MOST_NAMES + 1))
    for file in (wanted, *numbered):
        if not os.path.lexists(file) or is_ours(file):
            return file
    raise TakenError(f"{wanted} and {MOST_NAMES - 1} names beside it are taken. Give another one.")
