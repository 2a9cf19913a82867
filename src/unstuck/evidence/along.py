"""What the rows look like along an axis: labels in row order, columns by scale, padding by time step.

Pure numpy, for the pictures of a report: no rule reads it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from unstuck.evidence.activity import padding
from unstuck.evidence.data import describe_labels
from unstuck.evidence.facts import Input, Labels
from unstuck.evidence.inputs import as_numbers, evenly
from unstuck.evidence.pictures import MOST_BINS, MOST_ROWS, LabelOrder, Scales

#: Rows whose labels are read: a stretch then holds four thousand, whose shares are known to .01.
_LABEL_ROWS = 200_000

#: Entries of an input whose columns are measured: a standard deviation to some tenths of a percent.
_ENTRIES = 400_000

#: Rows whose padding is counted: a share of them is known to .01.
_PADDING_ROWS = 2_000

#: Classes whose shares are shown by themselves: neighbours along a sorted file still differ in shade.
_CLASSES = 10


def label_order(name: str, part: str, targets: np.ndarray, all_labels: Labels | None) -> LabelOrder | None:
    """The labels of one output along its rows, None where a row holds more than one label.

    Args:
        name: the output.
        part: "training" or "validation".
        targets: rows first.
        all_labels: the training labels, whose most frequent classes are shown by themselves.
    """
    few = evenly(np.asarray(targets), _LABEL_ROWS)
    labels = describe_labels(few)
    known = all_labels or labels
    values = few.reshape(len(few), -1)
    if known.form == "one-hot" and values.shape[1] > 1:
        values = values.argmax(axis=1)[:, None]
    if values.shape[1] != 1 or len(values) < 2 or labels.form in ("text", "empty"):
        return None
    numbers = np.asarray(values[:, 0], np.float64)
    bins = _stretches(numbers)
    if not known.are_classes:
        return LabelOrder(output=name, part=part, rows=len(targets), **_ranges(bins))
    top = sorted(known.levels, key=lambda level: (-level[1], level[0]))[:_CLASSES]
    chosen = sorted(value for value, rows in top if rows)
    shares = [[float((part == value).mean()) for part in bins] for value in chosen]
    names = [f"{value:g}" for value in chosen]
    rest = [1.0 - sum(column) for column in zip(*shares, strict=True)]
    if max(rest, default=0.0) > 1e-9:
        shares.append([max(0.0, share) for share in rest])
        names.append("others")
    return LabelOrder(output=name, part=part, rows=len(targets), classes=names, shares=shares)


def _stretches(array: np.ndarray) -> list[np.ndarray]:
    """The array in at most `MOST_BINS` stretches of equal length, to one entry, wherever they lie."""
    count = min(MOST_BINS, len(array))
    return np.split(array, np.arange(1, count) * len(array) // count)


def _ranges(bins: list[np.ndarray]) -> dict[str, Any]:
    """Lowest, mean and highest finite value of each bin."""
    finite = [part[np.isfinite(part)] for part in bins]
    return {
        "low": [float(part.min()) if part.size else None for part in finite],
        "mean": [float(part.mean()) if part.size else None for part in finite],
        "high": [float(part.max()) if part.size else None for part in finite],
    }


def scales(array: np.ndarray, described: Input) -> Scales | None:
    """Mean and deviation of the columns of one input, None where it holds ids, one column, or no numbers."""
    sample = as_numbers(evenly(np.asarray(array), _ENTRIES))
    if sample is None or sample.ndim < 2 or described.are_ids or sample.shape[-1] < 2 or not sample.size:
        return None
    table = sample.reshape(-1, sample.shape[-1]).astype(np.float64)
    finite = np.isfinite(table)
    counts = np.maximum(finite.sum(axis=0), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        means = np.where(finite, table, 0.0).sum(axis=0) / counts
        deviations = np.sqrt((np.where(finite, table - means, 0.0) ** 2).sum(axis=0) / counts)
    columns = np.arange(len(means))
    if len(columns) > MOST_ROWS:
        ranked = np.argsort(deviations, kind="stable")
        columns = np.sort(ranked[np.linspace(0, len(ranked) - 1, MOST_ROWS).round().astype(int)])
    return Scales(
        input=described.name,
        total=len(means),
        columns=columns.tolist(),
        means=[_number(means[column]) for column in columns],
        deviations=[_number(deviations[column]) for column in columns],
    )


def padded_by_time(array: np.ndarray) -> list[float]:
    """The share of the rows whose step is padding, by stretches of the time axis; empty for no time axis."""
    numbers = as_numbers(np.asarray(array)[:: max(1, -(-len(array) // _PADDING_ROWS))])
    if numbers is None or numbers.ndim not in (2, 3) or numbers.shape[1] < 2:
        return []
    ids = numbers.astype(np.float64)
    if ids.ndim == 3:  # a step is one value where all its features are
        ids = np.where((ids == ids[..., :1]).all(axis=2), ids[..., 0], np.nan)
    by_step = padding(ids).mean(axis=0)
    return [float(part.mean()) for part in _stretches(by_step)]


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
