"""Columns of whole numbers that may be numbers of things (a reader, a shop), read as categories."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from unstuck.evidence.inputs import as_numbers
from unstuck.evidence.reference.folds import Fold
from unstuck.evidence.reference.table import Leaf

#: More columns of whole numbers are pixels, counts of words or measurements, and no numbers of things.
MOST_COLUMNS = 8

#: Rows that a level must have in the mean: from fewer nothing is learned of it.
_ROWS_PER_LEVEL = 4

#: Columns of fewer levels are told apart by a straight line as well.
_FEWEST_LEVELS = 3

#: Numbers by which each level is described where two columns meet: three tastes of a reader.
_FACTORS = 3

#: Rounds of alternating least squares, and the weight by which unknown levels are held at 0, in rows.
_ROUNDS, _HELD_BACK = 8, 2.0

#: Pairs of columns that are looked at.
_PAIRS = 3


def codes_of(leaves: Sequence[Leaf]) -> np.ndarray | None:
    """(rows, columns) levels, from 0, of the columns that may be numbers of things; None without any."""
    found = list[np.ndarray]()
    for leaf in leaves:
        width = int(np.prod(leaf.row_shape))
        if len(leaf.row_shape) > 1 or not 1 <= width <= MOST_COLUMNS - len(found):
            continue
        values = as_numbers(leaf.whole)
        if values is None:
            continue
        for column in values.reshape(len(values), width).T:
            if not np.isfinite(column).all() or (column < 0).any() or (column != np.round(column)).any():
                continue
            levels, codes = np.unique(column, return_inverse=True)
            if _FEWEST_LEVELS <= len(levels) <= len(column) / _ROWS_PER_LEVEL:
                found.append(codes.reshape(-1))
    return np.stack(found, axis=1) if found else None


def by_level(codes: np.ndarray, targets: np.ndarray, folds: Sequence[Fold]) -> np.ndarray:
    """What the levels of a row tell: their own means, and how the levels of two columns go together.

    The means of levels are drawn towards the whole mean as if by two more rows; how two columns
    go together is a product of three numbers a level, fitted by alternating least squares to what
    the means leave (matrix factorisation, as for ratings of films by viewers).

    Args:
        codes: (rows, columns) levels.
        targets: (rows, outputs) of numbers, or of 0 and 1.
        folds: who learns and who is answered.

    Returns:
        (rows, outputs), NaN where a row was never held out.
    """
    answers = np.full(targets.shape, np.nan)
    for train, test in folds:
        mean = targets[train].mean(axis=0)
        left, told = targets[train] - mean, np.broadcast_to(mean, (len(test), targets.shape[1])).copy()
        for column in codes.T:
            means = _means(column[train], left, int(column.max()) + 1)
            left, told = left - means[column[train]], told + means[column[test]]
        for one, other in list(combinations(codes.T, 2))[:_PAIRS]:
            for output in range(targets.shape[1]):
                first, second = _factors(one[train], other[train], left[:, output])
                left[:, output] -= (first[one[train]] * second[other[train]]).sum(axis=1)
                wide = (first, one), (second, other)
                a, b = (_looked_up(factors, column[test]) for factors, column in wide)
                told[:, output] += (a * b).sum(axis=1)
        answers[test] = told
    return answers


def _means(levels: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """(levels, outputs) means of the rows of each level, drawn towards 0."""
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, levels, values)
    return np.asarray(sums / (np.bincount(levels, minlength=count)[:, None] + _HELD_BACK))


def _factors(one: np.ndarray, other: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of each level of two columns whose products give the values of the rows."""
    draw = np.random.default_rng(0)
    scale = max(float(values.std()), 1e-12) ** 0.5
    first = np.zeros((int(one.max()) + 1, _FACTORS))
    second = scale * draw.normal(size=(int(other.max()) + 1, _FACTORS))
    for _ in range(_ROUNDS):
        first = _solved(one, second[other], values, len(first), scale**2)
        second = _solved(other, first[one], values, len(second), scale**2)
    return first, second


def _solved(
    levels: np.ndarray, beside: np.ndarray, values: np.ndarray, count: int, scale: float
) -> np.ndarray:
    """For each level the numbers that fit its rows best, given those of the levels beside it."""
    held = _HELD_BACK * scale * np.eye(_FACTORS)
    squares = np.zeros((count, _FACTORS, _FACTORS)) + held
    np.add.at(squares, levels, beside[:, :, None] * beside[:, None, :])
    products = np.zeros((count, _FACTORS))
    np.add.at(products, levels, beside * values[:, None])
    return np.asarray(np.linalg.solve(squares, products[:, :, None])[:, :, 0])


def _looked_up(factors: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The numbers of these levels, 0 for those that no row taught."""
    known = levels < len(factors)
    return np.where(known[:, None], factors[np.where(known, levels, 0)], 0.0)
