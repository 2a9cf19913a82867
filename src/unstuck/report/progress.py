"""Show that something is being done, once it has taken longer than a second."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: A wait shorter than this needs no explanation.
PATIENCE_SECONDS = 1.0


@contextmanager
def progress(text: str, *, lines: bool = False) -> Iterator[Callable[[Any], None]]:
    """A line with a spinner on the error stream while the block runs.

    Where that is no terminal there is nothing, or with `lines` each text that the block gives as a line of
    its own. What the block is given changes the line's text: a string, or anything that becomes one whenever
    the line is drawn again.
    """
    if not sys.stderr.isatty():
        yield _write_line if lines else lambda _: None
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


def _write_line(text: Any) -> None:
    with contextlib.suppress(OSError, ValueError):  # the script may have closed it
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
