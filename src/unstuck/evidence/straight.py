"""Whether a network's scores are one straight line (or plane) through its inputs, whatever it is built of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from unstuck.evidence.sample import leaves

#: More columns leave too few rows over to tell a line from a curve.
_MOST_COLUMNS = 200

#: Rows for each column that the line is laid through, and as many more that it is held against.
_ROWS_A_COLUMN = 2

#: Probabilities nearer to 0 or 1 than this have lost, in float32, digits of the score behind them.
_NEAR_BOUND = 1e-4


def off_line(inputs: Sequence[Any], outputs: np.ndarray, activation: str | None) -> float | None:
    """The share of the variance of the scores that no straight line through the inputs gives.

    The line is laid through every second row by least squares and held against the others; of several units
    the worst counts. Scores are what the activation is applied to: the logit of a sigmoid, the logarithms of
    a softmax.

    Args:
        inputs: the batches of inputs, in the order of the answers.
        outputs: the answers, shape (rows, units).
        activation: that of the output: None, "linear", "sigmoid" or "softmax".

    Returns:
        A share from 0, None where it cannot be asked: no numbers, too few rows for the columns, another
        activation, or answers that do not depend on the rows.
    """
    scores = _scores(outputs, activation)
    table = _table(inputs)
    if scores is None or table is None or len(table) != len(scores):
        return None
    kept = np.isfinite(scores).all(axis=1) & np.isfinite(table).all(axis=1)
    table, scores = table[kept], scores[kept]
    varies = np.ptp(scores, axis=0) > 0 if len(scores) else np.zeros(0, bool)
    if not varies.any() or len(table) < 2 * _ROWS_A_COLUMN * (table.shape[1] + 1):
        return None
    deviation = table.std(axis=0)
    table = (table - table.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    table = np.hstack([table, np.ones((len(table), 1))])
    line = np.linalg.lstsq(table[::2], scores[::2][:, varies], rcond=None)[0]
    held = scores[1::2][:, varies]
    left = ((held - table[1::2] @ line) ** 2).mean(axis=0) / np.maximum(held.var(axis=0), 1e-30)
    return float(left.max())


def _scores(outputs: np.ndarray, activation: str | None) -> np.ndarray | None:
    if outputs.ndim != 2 or outputs.dtype.kind != "f":
        return None
    values = outputs.astype(np.float64)
    if activation in (None, "linear"):
        return values
    if activation not in ("sigmoid", "softmax"):
        return None
    inside = (values > _NEAR_BOUND) & (values < 1.0 - _NEAR_BOUND)
    values = np.where(inside, values, np.nan)
    if activation == "sigmoid":
        return np.log(values / (1.0 - values))
    scores: np.ndarray = np.log(values[:, 1:]) - np.log(values[:, :1])
    return scores


def _table(inputs: Sequence[Any]) -> np.ndarray | None:
    """The inputs as one table, a row for each of theirs."""
    batches = []
    for batch in inputs:
        parts = [np.asarray(each) for each in leaves(batch)]
        if not parts or any(part.ndim < 2 or part.dtype.kind not in "biuf" for part in parts):
            return None
        batches.append(np.hstack([part.reshape(len(part), -1).astype(np.float64) for part in parts]))
    if not batches or batches[0].shape[1] > _MOST_COLUMNS:
        return None
    return np.concatenate(batches)
