"""Rows: the user's data as far as it may be looked at, as numpy, in the user's own structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Training or validation rows of one fit. Lives only while the fit wrapper holds it.

    `x` and `y` have the structure the user passed (array, list, tuple or dict of arrays); leaves
    are numpy arrays whose first axis is rows (views of the user's own arrays, never copies, and
    never to be written to). `y` is None when the user gave none. `complete` is False when these
    are only the rows that were recorded as batches passed; `count` is the number of all rows if
    known. `batch_targets` are the targets of single batches in the order they passed (first epoch,
    same structure as `y`), empty when they were not seen; `batch_digests` are hashes of the inputs
    of those batches, to tell copies. `weights` are sample weights or None.
    """

    x: Any = None
    y: Any = None
    complete: bool = True
    count: int | None = None
    batch_targets: Sequence[Any] = ()
    batch_digests: Sequence[int] = ()
    weights: np.ndarray | None = None
