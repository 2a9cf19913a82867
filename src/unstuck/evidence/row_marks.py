"""Numbers that tell rows from each other across fits: of exact values, and of columns on another scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unstuck.evidence.sample import leaves
from unstuck.watch.rows import Rows
from unstuck.watch.taps import ROWS_TOLD, row_digests

#: Values of a row that tell it, spread over the row: pictures have empty edges.
_VALUES = 64

#: Tables that are looked at on other scales: rows and columns.
_TABLE_ROWS, _TABLE_COLUMNS = 5000, 64

#: Rows that must be found again, in all columns, for two tables to be one on another scale.
_FOUND_AGAIN = 30

#: Steps into which the range of a column is cut, to find a value again.
_STEPS = 1e5

#: How far a value may be off its place on the other scale, in ranges of its column: float32 rounds to 1e-7.
_ROUGHLY, _EXACTLY = 1e-3, 2e-6


@dataclass(frozen=True)
class Marks:
    """A number for each distinct row, and the share of rows that are no copies of others."""

    numbers: np.ndarray
    distinct: float = 1.0


def marks_of(rows: Rows | None) -> Marks | None:
    """The marks of rows by the values of their first input; None where they are too many or no numbers."""
    if rows is None:
        return None
    if rows.passes:
        first = rows.passes[0]
        numbers = np.unique(np.fromiter((each for part in rows.passes for each in part), np.int64))
        return Marks(numbers, len(set(first)) / len(first))
    array = _first(rows)
    if array is None:
        return None
    flat = array.reshape(len(array), -1)
    thin = flat[:, :: max(1, -(-flat.shape[1] // _VALUES))]
    found = row_digests(thin, ROWS_TOLD)
    numbers = np.unique(np.array(found, np.int64))
    return Marks(numbers, len(numbers) / len(found)) if found else None


def table_of(rows: Rows | None) -> np.ndarray | None:
    """A copy of a table of few rows and columns, None of all else."""
    array = _first(rows) if rows is not None else None
    if array is None or array.ndim != 2 or len(array) > _TABLE_ROWS or array.dtype.kind != "f":
        return None
    few = 2 <= array.shape[1] <= _TABLE_COLUMNS
    return np.array(array, np.float64) if few and np.isfinite(array).all() else None


def _first(rows: Rows) -> np.ndarray | None:
    array = next(iter(leaves(rows.x)), None)
    if not rows.complete or not isinstance(array, np.ndarray) or array.ndim < 2:
        return None
    return array if 0 < len(array) <= ROWS_TOLD and array.dtype.kind in "biuf" else None


class Rescaled:
    """Rows of one table as several fits get them, each with its columns scaled by other figures.

    Each row has one number, whatever its scale.
    """

    def __init__(self, first: np.ndarray) -> None:
        self._first = first
        self._low, self._range = first.min(axis=0), np.ptp(first, axis=0)
        self._range[self._range == 0] = 1.0
        self._weights = 0.5 + np.arange(1, first.shape[1] + 1) * (np.sqrt(5) - 1) / 2 % 1.0
        self._known = np.empty(0)
        self.first = self._numbered(first)

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return self._first.nbytes + self._known.nbytes

    def marks(self, training: np.ndarray, judged: np.ndarray | None) -> tuple[Marks, Marks | None] | None:
        """The marks of a fit's rows and of those that judge it, which its figures scaled as well.

        None where the rows are not found again on another scale.
        """
        scale = _scale_between(self._first, training)
        if scale is None:
            return None
        factor, offset = scale
        same = judged is not None and judged.shape[1:] == training.shape[1:]
        return self._numbered(training * factor + offset), (
            self._numbered(judged * factor + offset) if same and judged is not None else None
        )

    def _numbered(self, rows: np.ndarray) -> Marks:
        """The place of each row among all that are known: one figure tells it, within the rounding."""
        figures = np.unique(((rows - self._low) / self._range) @ self._weights)
        near = self._weights.sum() * _EXACTLY
        apart = figures[np.diff(figures, prepend=-np.inf) > near]
        found = self._nearest(apart, near)
        self._known = np.concatenate([self._known, apart[found < 0]])
        return Marks(self._nearest(apart, near), len(apart) / len(rows))

    def _nearest(self, figures: np.ndarray, near: float) -> np.ndarray:
        """The number of the known figure that each one is, -1 for none."""
        if not len(self._known):
            return np.full(len(figures), -1)
        order = np.argsort(self._known, kind="stable")
        known = self._known[order]
        right = np.clip(np.searchsorted(known, figures), 0, len(known) - 1)
        left = np.maximum(right - 1, 0)
        nearer = np.where(abs(known[left] - figures) < abs(known[right] - figures), left, right)
        return np.where(abs(known[nearer] - figures) <= near, order[nearer], -1)


def _scale_between(first: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The factor and the offset of each column that take the other table's rows to those of the first.

    A column whose lowest and highest value are in both tables has its values at the same places between
    them. Rows that one such column finds again show the scale of all others, and must agree with it.
    """
    if first.shape[1] != other.shape[1]:
        return None
    pairs = max((_found_again(a, b) for a, b in zip(first.T, other.T, strict=True)), key=lambda p: len(p[0]))
    if len(pairs[0]) < _FOUND_AGAIN:
        return None
    left, right = first[pairs[0]], other[pairs[1]]
    width = np.maximum(np.ptp(left, axis=0), np.finfo(float).tiny)
    factor, offset = _robust_line(left, right)
    agree = (abs(right * factor + offset - left) <= _ROUGHLY * width).all(axis=1)
    if agree.sum() < max(_FOUND_AGAIN, 0.5 * len(left)):
        return None
    left, right = left[agree], right[agree]
    middle, centre = left.mean(axis=0), right.mean(axis=0)
    spread = ((right - centre) ** 2).sum(axis=0)
    factor = np.where(
        spread > 0, ((right - centre) * (left - middle)).sum(0) / np.where(spread > 0, spread, 1), 1
    )
    offset = middle - factor * centre
    fits = (abs(right * factor + offset - left) <= 10 * _EXACTLY * width).all(axis=1)
    return (factor, offset) if fits.all() and (factor > 0).all() else None


def _found_again(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of two columns whose values stand at the same place between the lowest and the highest."""
    nothing = np.empty(0, np.int64), np.empty(0, np.int64)
    if not np.ptp(one) or not np.ptp(other):
        return nothing
    places = [np.round((each - each.min()) / np.ptp(each) * _STEPS) for each in (one, other)]
    singles = [np.unique(each, return_index=True, return_counts=True) for each in places]
    (one, rows), (other, others) = ((v[n == 1], at[n == 1]) for v, at, n in singles)
    _, left, right = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return rows[left], others[right]


def _robust_line(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Factor and offset of each column by medians, which a few wrong pairs do not move."""
    half = len(left) // 2
    rise, run = left[half : 2 * half] - left[:half], right[half : 2 * half] - right[:half]
    factor = np.ones(left.shape[1])
    for column in range(left.shape[1]):
        wide = abs(run[:, column]) > 0.01 * np.ptp(right[:, column])
        if wide.any():
            factor[column] = np.median(rise[wide, column] / run[wide, column])
    return factor, np.median(left - factor * right, axis=0)
