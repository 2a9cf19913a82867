"""Parts of the rows that are held out in turn, drawn as the data asks: by class, or in time order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from unstuck.evidence.facts import Labels
from unstuck.evidence.inputs import as_numbers, named_leaves

#: Neighbouring values this alike (lag-one autocorrelation) are a series: n rows in random order stay
#: below 3 / sqrt(n).
ALIKE = 0.9

#: Rows and columns looked at to tell a series from rows in any order.
_ROWS_SEEN, _COLUMNS_SEEN = 2000, 64


class Fold(NamedTuple):
    """Row numbers that train and row numbers that judge."""

    train: np.ndarray
    test: np.ndarray


def folds_of(
    targets: np.ndarray, *, classes: bool, series: bool, count: int = 5, seed: int = 0
) -> list[Fold]:
    """Cut the rows into folds; each row judges at most once.

    A series is cut into `count` + 1 stretches: each but the first is judged by what came before it.
    Classes are dealt out evenly over the folds; all else is dealt out at random. A held-out part that
    would leave nothing to train on is left out.

    Args:
        targets: (rows,) class codes or numbers, in row order.
        classes: whether they are class codes.
        series: whether the rows are in time order.
        count: how many parts judge.
        seed: of the dealing.
    """
    rows = np.arange(len(targets))
    if series:
        parts = np.array_split(rows, count + 1)
        folds = [Fold(np.concatenate(parts[:k]), parts[k]) for k in range(1, len(parts))]
    else:
        draw = np.random.default_rng(seed)
        shuffled = draw.permutation(rows)
        if classes:
            shuffled = shuffled[np.argsort(targets[shuffled], kind="stable")]
        part = np.empty(len(rows), np.int64)
        part[shuffled] = rows % count
        folds = [Fold(rows[part != k], rows[part == k]) for k in range(count)]
    return [fold for fold in folds if len(fold.train) and len(fold.test)]


def is_series(x: Any, targets: np.ndarray, *, classes: bool) -> bool:
    """Whether the rows are in time order, so that only earlier rows may teach what is asked of later ones.

    They are where neighbouring targets (numbers that turn back at times) or inputs are alike, or
    where each row is the one before it moved on by a step (windows over a series). Rows sorted by
    target, or class after class, are none.

    Args:
        x: the inputs, in the user's own structure, in row order.
        targets: (rows,) class codes or numbers.
        classes: whether they are class codes.
    """
    labels = Labels.of(targets)
    if labels.count < 8:
        return False
    steps = np.diff(targets[: _ROWS_SEEN * 8].astype(np.float64))
    if classes:
        if labels.sorted_runs <= 2 * max(labels.classes, 1):
            return False
    elif (steps >= 0).all() or (steps <= 0).all():
        return False
    elif labels.autocorrelation >= ALIKE:
        return True
    return any(_follows(leaf[:_ROWS_SEEN]) for _, leaf in named_leaves(x))


def _follows(leaf: np.ndarray) -> bool:
    """Whether each row of an input follows from the one before it."""
    numbers = as_numbers(leaf)
    if numbers is None or len(numbers) < 8:
        return False
    if numbers.ndim >= 2 and numbers.shape[1] > 2:
        moved = (numbers[1:, :-1] == numbers[:-1, 1:]).reshape(len(numbers) - 1, -1).all(axis=1)
        varied = (numbers[1:] != numbers[:-1]).reshape(len(numbers) - 1, -1).any(axis=1)
        if (moved & varied).mean() >= ALIKE:
            return True
    table = numbers.reshape(len(numbers), -1)
    table = table[:, :: -(-table.shape[1] // _COLUMNS_SEEN)].astype(np.float64)
    table = table[:, np.isfinite(table).all(axis=0)]
    centred = table - table.mean(axis=0)
    power = (centred**2).sum(axis=0)
    together = (centred[1:] * centred[:-1]).sum(axis=0)[power > 0] / power[power > 0]
    turns = np.diff(table, axis=0)[:, power > 0]
    turns_back = (turns > 0).any(axis=0) & (turns < 0).any(axis=0)
    return bool(len(together)) and float(np.median(np.where(turns_back, together, 0.0))) >= ALIKE
