"""Training rows that hold the same numbers and another label: what no model can get right."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.class_numbers import class_numbers
from unstuck.evidence.facts import Copies
from unstuck.evidence.sample import leaves
from unstuck.watch.rows import Rows

#: Values that are looked at, in a few tenths of a second; of larger tables the first rows.
_MOST_VALUES = 2_000_000


def read_copies(training: Rows | None) -> Copies | None:
    """How many rows are exact copies of others, and how many of those have another label.

    None where there is not one input and one class number (or one-hot row) for each row.
    """
    inputs, targets = (
        (leaves(part) for part in (training.x, training.y)) if training is not None else ([], [])
    )
    if len(inputs) != 1 or len(targets) != 1:
        return None
    x, labels = np.asarray(inputs[0]), class_numbers(np.asarray(targets[0]))
    if labels is None or x.ndim < 2 or x.dtype.kind not in "biuf" or len(x) != len(labels) or not len(x):
        return None
    x = x[: max(1, _MOST_VALUES // max(1, x[0].size))]
    labels = labels[: len(x)]
    flat = np.ascontiguousarray(x.reshape(len(x), -1))
    rows = flat.view(np.dtype((np.void, flat.dtype.itemsize * flat.shape[1]))).reshape(-1)
    _, group, sizes = np.unique(rows, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    pairs = np.unique(np.stack([group, labels]), axis=1, return_counts=True)
    most = np.zeros(len(sizes), np.int64)
    np.maximum.at(most, pairs[0][0], pairs[1])
    return Copies(
        rows=len(x),
        columns=flat.shape[1],
        copied=int((sizes[group] > 1).sum()),
        disagreeing=int((sizes - most).sum()),
    )
