"""Train and ask without a word of the user's layers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np

from unstuck.watch.muting import muted


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The user's layers may print or warn; here nobody reads it."""
    with muted(), np.errstate(all="ignore"):
        yield
