"""Where things are told while a training goes on, without a line in the middle of a progress bar.

Keras draws its bar on standard output, one line that it writes again and again. Where our lines would go
into the same file, or into the same cell of a notebook, they wait until the bar is complete. On a terminal
the half-drawn bar is wiped away first, and Keras draws it again below.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from typing import Any, TextIO

#: The most columns that a line may have, and what a terminal has that does not say.
_WIDEST, _USUAL = 110, 80

#: Back to the beginning of the line, and nothing left on it.
_WIPE = "\r\x1b[2K"


class Outlet:
    """Takes what is told and writes it, now or as soon as no bar is open.

    `stream` is where to write, None for standard error as it is at that time.
    """

    def __init__(self, stream: TextIO | io.TextIOBase | None = None) -> None:
        self._stream = stream
        self._waiting: list[str] = []

    @property
    def width(self) -> int:
        """Columns that a line may have."""
        if not _is_terminal(self._target()):
            return _WIDEST
        return min(shutil.get_terminal_size((_USUAL, 24)).columns, _WIDEST)

    def tell(self, text: str, bar: bool) -> None:
        """Write the lines; `bar` says whether a progress bar of Keras may be half drawn."""
        target = self._target()
        if bar and not _is_terminal(target) and _is_same_place(target, sys.stdout):
            self._waiting.append(text)
            return
        self._write(target, _WIPE + text if bar and _is_terminal(target) else text)

    def settle(self) -> None:
        """No bar is open: write what waited for that."""
        waiting, self._waiting = self._waiting, []
        for text in waiting:
            self._write(self._target(), text)

    def _target(self) -> Any:
        return self._stream if self._stream is not None else sys.stderr

    def _write(self, target: Any, text: str) -> None:
        with contextlib.suppress(Exception):  # closed, full, None, or without these characters
            sys.stdout.flush()  # what was printed before stands before it
        try:
            target.write(text)
        except UnicodeEncodeError:
            coding = getattr(target, "encoding", None) or "ascii"
            target.write(text.encode(coding, "replace").decode(coding))
        except Exception:  # closed, full or None: nobody reads it there
            return
        with contextlib.suppress(Exception):
            target.flush()


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty()) and "ipykernel" not in sys.modules
    except Exception:
        return False


def _is_same_place(one: Any, other: Any) -> bool:
    """Whether two streams end in one file or in one cell; True where that is not known."""
    if "ipykernel" in sys.modules:
        return True
    try:
        first, second = os.fstat(one.fileno()), os.fstat(other.fileno())
    except Exception:  # no files: something of the program's own
        return True
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)
