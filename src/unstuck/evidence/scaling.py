"""Whether training and validation rows were each scaled by their own figures. Numpy only, bounded work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unstuck.evidence.facts import ScaledApart
from unstuck.evidence.inputs import as_numbers, named_leaves
from unstuck.watch.rows import Rows

#: Entries of both parts together that are read: extremes and means must be those of all rows.
_ENTRIES = 2_000_000

#: How far a figure may be from its exact value: float32 rounds numbers near 1 to 1e-7.
_EXACT = 1e-6

#: Fewer rows have the same extremes or means too easily by design (a handful of made-up rows).
_FEWEST_ROWS = 20

#: A column with at least this share of distinct values is a measurement, not a level or a flag.
_DISTINCT = 0.5

#: A scaler that clips (fitted on the training rows alone, in order) repeats both training bounds in one
#: validation row each with a chance of at most 1/16 a column: three columns make that 1/4096.
_FEWEST_RANGES = 3

#: The mean of n rows varies by 1/sqrt(n) from sample to sample: two columns at 0 are no chance.
_FEWEST_STANDARD = 2


def read_scaled_apart(
    training: Rows, validation: Rows | None, readers: Sequence[tuple[str, str, int | None]] = ()
) -> ScaledApart | None:
    """The first input whose columns have the same exact scale in both parts, None where none has.

    Only tables (one axis of rows, one of columns) given whole are looked at: windows, images and ids may be
    scaled one by one on purpose. `readers` says which layer reads which input, as `first_layers` does.
    """
    if validation is None or not (training.complete and validation.complete):
        return None
    embedded = {index for index, (_, kind, _) in enumerate(readers) if kind == "Embedding"}
    pairs = zip(named_leaves(training.x), named_leaves(validation.x), strict=False)
    for index, ((name, taught), (_, judged)) in enumerate(pairs):
        table, other = _table(taught), _table(judged)
        if index in embedded or table is None or other is None or table.size + other.size > _ENTRIES:
            continue
        found = _compare(name, table, other)
        if found is not None:
            return found
    return None


def _table(array: np.ndarray) -> np.ndarray | None:
    """The array where it is a table of numbers with enough rows, None otherwise."""
    if array.ndim != 2 or len(array) < _FEWEST_ROWS or array.size > _ENTRIES:
        return None
    return as_numbers(array)


def _compare(name: str, table: np.ndarray, other: np.ndarray) -> ScaledApart | None:
    if table.shape[1] != other.shape[1]:
        return None
    chosen = _measured(table) & _measured(other)
    if chosen.sum() < _FEWEST_STANDARD:
        return None
    table, other = (part[:, chosen].astype(np.float64) for part in (table, other))
    if _share_rows(table, other):
        return None
    for how, columns in (("range", _same_ranges(table, other)), ("standard", _both_standard(table, other))):
        if columns:
            return ScaledApart(
                name=name, how=how, columns=columns, rows=len(table), validation_rows=len(other)
            )
    return None


def _measured(table: np.ndarray) -> np.ndarray:
    """Which columns hold finite measurements."""
    ordered = np.sort(table, axis=0)
    distinct = 1 + np.count_nonzero(np.diff(ordered, axis=0), axis=0)
    chosen: np.ndarray = (distinct >= _DISTINCT * len(table)) & np.isfinite(table).all(axis=0)
    return chosen


def _share_rows(table: np.ndarray, other: np.ndarray) -> bool:
    """Whether a row at the lower end of a column is the same in both: the parts are the same rows then."""
    lowest, beside = table[table.argmin(axis=0)], other[other.argmin(axis=0)]
    return bool(np.any(np.all(np.abs(lowest - beside) <= _EXACT, axis=1)))


def _same_ranges(table: np.ndarray, other: np.ndarray) -> int:
    """How many columns reach the same two bounds in one row of each part; 0 where any column differs."""
    once = _reached_once(table)
    low, high = np.abs(table.min(axis=0) - other.min(axis=0)), np.abs(table.max(axis=0) - other.max(axis=0))
    same = _reached_once(other) & (low <= _EXACT) & (high <= _EXACT)
    if not np.all(same[once]):
        return 0
    # Powers of one grid (t, t squared) all have their bounds in the same rows: they count as one column.
    rows = [
        set(zip(part.argmin(axis=0)[once], part.argmax(axis=0)[once], strict=True)) for part in (table, other)
    ]
    columns = min(map(len, rows))
    return columns if columns >= _FEWEST_RANGES else 0


def _reached_once(table: np.ndarray) -> np.ndarray:
    """Which columns have their minimum and their maximum in one row each: nothing clipped them."""
    low = np.count_nonzero(table <= table.min(axis=0) + _EXACT, axis=0)
    high = np.count_nonzero(table >= table.max(axis=0) - _EXACT, axis=0)
    once: np.ndarray = (low == 1) & (high == 1)
    return once


def _both_standard(table: np.ndarray, other: np.ndarray) -> int:
    """How many columns have mean 0 and standard deviation 1 in both parts; 0 where any has not."""
    if not all(map(_standard, (table, other))) or any(map(_in_groups, (table, other))):
        return 0
    return int(table.shape[1])


def _standard(table: np.ndarray) -> bool:
    """Whether every column has mean 0 and deviation 1, with n or n - 1 in the denominator."""
    centred = np.abs(table.mean(axis=0)) <= _EXACT
    spread = [np.abs(table.std(axis=0, ddof=ddof) - 1) <= _EXACT for ddof in (0, 1)]
    return bool(np.all(centred)) and any(bool(np.all(each)) for each in spread)


def _in_groups(table: np.ndarray) -> bool:
    """Whether a part of the rows has mean 0 as well: groups (subjects, days) were each scaled on purpose."""
    sums = np.abs(np.cumsum(table, axis=0)[:-1])
    return bool(np.any(np.all(sums <= _EXACT * len(table), axis=1)))
