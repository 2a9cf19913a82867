"""Training rows that hold the same numbers and another label: what no model can get right."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.class_numbers import class_numbers
from unstuck.evidence.facts import Copies
from unstuck.evidence.sample import leaves
from unstuck.watch.rows import Rows

#: Values that are looked at, in a few hundredths of a second; of larger tables the first rows.
_MOST_VALUES = 2_000_000

#: An answer to a question has at most so many steps (0 to 10). Rows of such answers, of flags and of counts
#: come twice by themselves.
_STEPS_OF_A_SCALE = 11

#: Rows and columns, evenly chosen, in which it is counted how many values there are.
_COUNTED = (2000, 256)


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
    if labels is None or x.ndim < 2 or len(x) != len(labels) or not x.size:
        return None
    if x.dtype.kind not in "biuf" or x.dtype.itemsize > 8:
        return None
    x = x[: max(1, _MOST_VALUES // x[0].size)]
    labels = labels[: len(x)]
    flat = np.ascontiguousarray(x.reshape(len(x), -1))
    first, group, sizes = _alike(flat)
    if len(first) == len(flat):
        return Copies(rows=len(x), columns=flat.shape[1])
    blank = (flat[first] == flat[first][:, :1]).all(axis=1)
    classes, number = np.unique(labels, return_inverse=True)
    pairs, counts = np.unique(group * len(classes) + number.reshape(-1), return_counts=True)
    most = np.zeros(len(sizes), np.int64)
    np.maximum.at(most, pairs // len(classes), counts)
    disagreeing = sizes - most
    return Copies(
        rows=len(x),
        columns=flat.shape[1],
        telling=_telling(flat[first]) if disagreeing.any() else 0,
        copied=int(sizes[sizes > 1].sum()),
        disagreeing=int(disagreeing.sum()),
        blank=int(disagreeing[blank].sum()),
    )


def _alike(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first row of each group of equal rows, the group of each row, and the size of each group.

    Rows are brought together by a hash and then compared, bit by bit.
    """
    bits = flat.view(f"u{flat.dtype.itemsize}")
    weights = np.random.default_rng(0).integers(1, 1 << 63, flat.shape[1], dtype=np.uint64)
    keys = (bits * weights).sum(axis=1, dtype=np.uint64)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    apart = np.flatnonzero((bits != bits[first[group]]).any(axis=1))  # one hash, other rows
    group[apart] = len(first) + np.arange(len(apart))
    first = np.concatenate([first, apart])
    return first, group, np.bincount(group, minlength=len(first))


def _telling(distinct: np.ndarray) -> int:
    """How many columns have more values than a scale, and none that most rows share, of 256 at most."""
    rows, columns = (
        np.linspace(0, have - 1, min(have, most)).astype(int)
        for have, most in zip(distinct.shape, _COUNTED, strict=True)
    )
    table = distinct[rows][:, columns]
    counts = [np.unique(table[:, each], return_counts=True)[1] for each in range(table.shape[1])]
    return sum(len(each) > _STEPS_OF_A_SCALE and 2 * int(each.max()) <= len(table) for each in counts)
