"""What answers that need no training reach: the most frequent class, the mean, yesterday's value."""

from __future__ import annotations

import math

import numpy as np

from unstuck.evidence.data import LABEL_ENTRIES
from unstuck.evidence.facts import Baselines, Labels, Loss
from unstuck.evidence.inputs import as_numbers, evenly

#: Neighbouring targets this alike (lag-one autocorrelation) are a series in time order: a random
#: order of n rows stays below 3 / sqrt(n).
_SERIES = 0.9


def read_baselines(labels: Labels, targets: np.ndarray, loss: Loss | None = None) -> Baselines:
    """The baselines of one output's training targets.

    Args:
        labels: the description of the same targets.
        targets: the targets, rows first; targets that are not numbers have no baselines but the
            most frequent class.
        loss: the output's loss, for `constant_loss`.

    A constant answer may differ by column (last axis) of the target, as the units of an output
    layer do, but not by row or position. Sample and class weights are not taken into account.
    """
    classes = labels.are_classes and labels.classes > 0
    numbers = as_numbers(evenly(np.asarray(targets), LABEL_ENTRIES))
    table = _columns(numbers) if numbers is not None and numbers.size else None
    return Baselines(
        majority=labels.majority if classes else None,
        classes=labels.classes if classes else None,
        uniform_loss=math.log(labels.classes) if classes else None,
        prior_loss=labels.entropy if classes else None,
        mean_mse=_variance(table) if table is not None else None,
        median_mae=_deviation(table) if table is not None else None,
        persistence_mse=_persistence(labels, targets),
        constant_loss=_constant_loss(loss, table) if table is not None and loss is not None else None,
    )


def _columns(numbers: np.ndarray) -> np.ndarray | None:
    """The targets as a table of rows (and positions) by columns, without rows that hold a NaN."""
    width = numbers.shape[-1] if numbers.ndim > 1 else 1
    table = numbers.reshape(-1, width).astype(np.float64, copy=False)
    known = np.isfinite(table).all(axis=1)
    table = table if known.all() else table[known]
    return table if len(table) else None


def _variance(table: np.ndarray) -> float:
    """The lowest mean squared error of a constant answer: that of each column's mean."""
    return float(table.var(axis=0).mean())


def _deviation(table: np.ndarray) -> float:
    """The lowest mean absolute error of a constant answer: that of each column's median."""
    return float(np.abs(table - np.median(table, axis=0)).mean())


def _persistence(labels: Labels, targets: np.ndarray) -> float | None:
    """The mean squared error of "the next target equals this one", None where rows are no series.

    Rows sorted by their target look alike from row to row too, but never turn back.
    """
    if labels.autocorrelation < _SERIES or labels.are_classes or labels.sampled or labels.nonfinite:
        return None
    numbers = as_numbers(np.asarray(targets))
    if numbers is None:
        return None
    steps = np.diff(numbers.reshape(-1).astype(np.float64, copy=False))
    if (steps >= 0).all() or (steps <= 0).all():
        return None
    return float(np.mean(steps**2))


def _constant_loss(loss: Loss, table: np.ndarray) -> float | None:
    """The lowest value that the loss reaches with a constant answer, None where not known."""
    if loss.custom:
        return None
    if loss.name == "mean_squared_error":
        return _variance(table)
    if loss.name == "mean_absolute_error":
        return _deviation(table)
    if loss.name == "mean_squared_logarithmic_error":
        return _variance(np.log1p(np.maximum(table, 0.0)))
    if table.min() < 0:
        return None
    if loss.name == "binary_crossentropy":
        return _binary_entropy(table, loss.label_smoothing)
    if loss.name == "categorical_crossentropy":
        return _categorical_entropy(table, loss.label_smoothing)
    if loss.name == "sparse_categorical_crossentropy":
        return _sparse_entropy(table)
    return None


def _binary_entropy(table: np.ndarray, smoothing: float) -> float | None:
    """The mean over columns of H_b(mean): cross-entropy is linear in the target, so soft ones fit too."""
    if table.max() > 1:
        return None
    share = table.mean(axis=0) * (1.0 - smoothing) + 0.5 * smoothing
    return float(np.mean(_surprise(share) + _surprise(1.0 - share)))


def _categorical_entropy(table: np.ndarray, smoothing: float) -> float | None:
    """-sum m ln(m / s) for the mean target m of sum s: the best constant point of the simplex is m / s."""
    width = table.shape[1]
    if width == 1:
        return None
    mean = table.mean(axis=0) * (1.0 - smoothing) + smoothing / width
    total = float(mean.sum())
    return float(_surprise(mean).sum() + total * math.log(total)) + 0.0 if total > 0 else 0.0


def _sparse_entropy(table: np.ndarray) -> float | None:
    """H(prior) over all positions, for whole numbers."""
    values, tally = np.unique(table, return_counts=True)
    if not np.all(values == np.round(values)):
        return None
    return float(_surprise(tally / tally.sum()).sum()) + 0.0


def _surprise(share: np.ndarray) -> np.ndarray:
    """-p ln p, which is 0 at p = 0."""
    safe = np.where(share > 0, share, 1.0)
    return np.asarray(-share * np.log(safe))
