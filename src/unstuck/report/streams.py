"""Output that cannot take a report any more: its reader is gone, or the disk is full."""

from __future__ import annotations

import contextlib
import os
from typing import TextIO


def settle(stream: TextIO | None) -> None:
    """Let go of what a stream cannot take any more, or Python ends with a status of its own.

    The reader of a pipe may be gone (`| head`), or the disk full.
    """
    if stream is None or stream.closed:
        return
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
