"""Show that something is being done, once it has taken longer than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: A wait shorter than this needs no explanation.
PATIENCE_SECONDS = 1.0


@contextmanager
def progress(text: str) -> Iterator[Callable[[str], None]]:
    """A line with a spinner on the error stream while the block runs; nothing when that is no terminal.

    What the block is given changes the line's text.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    status = Console(stderr=True).status(text)
    timer = threading.Timer(PATIENCE_SECONDS, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield status.update
    finally:
        timer.cancel()
        timer.join()
        status.stop()
