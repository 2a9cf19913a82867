"""What one output answers on sample rows, from arrays alone: the Predictions record.

Pure numpy: the running of the model is in examination.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from unstuck.evidence.decisions import SUM_TOLERANCE, Answers, Task, as_units
from unstuck.evidence.facts import Head, Metric, Metrics, Predictions, Renumbered

Record = TypeVar("Record", bound=Predictions)

#: Classes whose numbers are tried in another order; with more, few rows of a sample hold one.
_MOST_CLASSES = 200

#: An entry this near the activation's bound is at it: float32 steps by 6e-8 below 1.
AT_BOUND = 1e-6


def describe(
    kind: type[Record],
    task: Task,
    outputs: np.ndarray,
    targets: np.ndarray | None,
    *,
    head: Head | None = None,
    metrics: Metrics | None = None,
    mask: np.ndarray | None = None,
) -> Record:
    """All that arrays tell of one output's answers; the fields that need the model stay None.

    Args:
        kind: Predictions or ValidationPredictions.
        task: how to read the answers (`decisions.task_of`).
        outputs: (rows, ..., units) in inference mode.
        targets: those rows' targets, None for none.
        head: how the output ends, for the bounds of its activation.
        metrics: the user's metrics, for `reported`.
        mask: true where a step of a row counts; steps that do not are left out of every comparison.
    """
    outputs = as_units(np.asarray(outputs))
    answers = Answers.of(task, outputs, targets, mask)
    return kind(
        **_spread(outputs, head),
        **_axis_sums(outputs),
        **_decisions(answers),
        **_numbers(answers),
        reported=reported(outputs, targets, metrics, mask),
    )


def compare(record: Record, before: Answers, after: Answers) -> Record:
    """The record with what became of margins and decisions between the initial and the last weights.

    `before` and `after` answer the same rows, in the same order.
    """
    first, last = before.decisions, after.decisions
    changed = None
    if first is not None and last is not None and len(first):
        differs = first != last
        changed = float((differs if differs.ndim == 1 else differs.any(axis=1)).mean())
    return replace(record, margin_start=before.margin, margin_end=after.margin, decisions_changed=changed)


def _spread(outputs: np.ndarray, head: Head | None) -> dict[str, Any]:
    """Range, spread over rows, and how many entries sit outside [0, 1], at zero, at a bound."""
    values = outputs.astype(np.float64)
    finite = np.isfinite(values)
    known = values[finite]
    nothing = float("nan")
    some = known.size > 0
    bounds = [bound for bound in (head.bounds if head else ()) if np.isfinite(bound)]
    near = np.zeros(values.shape, bool)
    for bound in bounds:
        near |= np.abs(np.where(finite, values, np.inf) - bound) <= AT_BOUND
    outside = ~((values >= -AT_BOUND) & (values <= 1 + AT_BOUND)) & ~np.isnan(values)
    rows = values.reshape(len(values), -1) if len(values) else values.reshape(0, 1)
    return {
        "rows": len(values),
        "units": int(values.shape[-1]),
        "minimum": float(known.min()) if some else nothing,
        "maximum": float(known.max()) if some else nothing,
        "mean": float(known.mean()) if some else nothing,
        "std": _largest_deviation(rows) if some else nothing,
        "nonfinite": int(values.size - known.size),
        "outside_unit": float(outside.mean()) if values.size else 0.0,
        "zero_rows": float((rows == 0).all(axis=1).mean()) if len(rows) else 0.0,
        "at_bound": float(near.mean()) if values.size else 0.0,
    }


def _largest_deviation(rows: np.ndarray) -> float:
    """The largest standard deviation of a column, over its finite entries; exactly 0.0 for constants."""
    finite = np.isfinite(rows)
    rows, counts = rows[:, finite.any(axis=0)], finite.sum(axis=0)
    finite, counts = np.isfinite(rows), counts[counts > 0]
    means = np.where(finite, rows, 0).sum(axis=0) / counts
    squares = np.where(finite, rows - means, 0) ** 2
    lowest = np.where(finite, rows, np.inf).min(axis=0)
    highest = np.where(finite, rows, -np.inf).max(axis=0)
    return float(np.where(lowest == highest, 0.0, np.sqrt(squares.sum(axis=0) / counts)).max())


def _axis_sums(outputs: np.ndarray) -> dict[str, Any]:
    """The sums over the last axis, and the axis that sums to one when the last does not."""
    if outputs.shape[-1] < 2 or not outputs.size or not np.isfinite(outputs).all():
        return {}
    sums = outputs.astype(np.float64).sum(axis=-1)
    other = None
    if np.abs(sums - 1).max() > SUM_TOLERANCE:
        for axis in range(1, outputs.ndim - 1):
            if np.abs(outputs.sum(axis=axis, dtype=np.float64) - 1).max() <= SUM_TOLERANCE:
                other = axis
                break
    return {
        "row_sum_minimum": float(sums.min()),
        "row_sum_maximum": float(sums.max()),
        "other_axis_sums_one": other,
    }


def _decisions(answers: Answers) -> dict[str, Any]:
    """Which classes are decided for, and how many decisions are right."""
    decisions, found = answers.decisions, dict[str, Any]()
    if decisions is None:
        return found
    if decisions.ndim == 1:
        classes, rows = np.unique(decisions[answers.decided], return_counts=True)
        found["decided"] = tuple((int(k), int(n)) for k, n in zip(classes, rows, strict=True))
    hits, right = answers.hits, answers.right
    if hits is None or right is None:
        return found
    found["accuracy"] = answers.accuracy
    if hits.ndim == 2:
        return {**found, "label_accuracy": float(hits.mean())}
    found["renumbered"] = renumbered(decisions[answers.decided], right)
    found["balanced_accuracy"] = float(np.mean([hits[right == k].mean() for k in np.unique(right)]))
    scores = answers.scores
    if not np.isnan(scores).any():
        if answers.task.form == "threshold":
            positive = right == 1
            found["auc"] = area_under_curve(scores[:, 0], positive)
            best = best_threshold(scores[:, 0], positive, answers.task.threshold)
            found["best_threshold"], found["best_threshold_accuracy"] = best
        elif scores.shape[1] == 2 and np.isfinite(scores).all() and np.isin(right, (0, 1)).all():
            found["auc"] = area_under_curve(scores[:, 1] - scores[:, 0], right == 1)
    return found


def renumbered(decisions: np.ndarray, labels: np.ndarray) -> Renumbered | None:
    """How decisions fit labels best where the numbers of the classes may be exchanged, (rows,) both.

    One to one, by the assignment of least cost (Kuhn 1955). None for more classes than are compared quickly.
    """
    from scipy.optimize import linear_sum_assignment

    classes, codes = np.unique(np.concatenate([decisions, labels]), return_inverse=True)
    if not len(labels) or len(decisions) != len(labels) or len(classes) > _MOST_CLASSES:
        return None
    codes = codes.reshape(-1)
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (codes[: len(labels)], codes[len(labels) :]), 1)
    lines, columns = linear_sum_assignment(counts, maximize=True)
    pairs = [
        (int(classes[one]), int(classes[other]), int(counts[one, other]))
        for one, other in zip(lines, columns, strict=True)
        if one != other and counts[one, other]
    ]
    return Renumbered(pairs=tuple(pairs), accuracy=float(counts[lines, columns].sum() / len(labels)))


def area_under_curve(scores: np.ndarray, positive: np.ndarray) -> float | None:
    """The chance that a positive row scores above a negative one, ties half; None for one class."""
    wins, losses = int(positive.sum()), int((~positive).sum())
    if not wins or not losses:
        return None
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[where.reshape(-1)]
    return float((ranks[positive].sum() - wins * (wins + 1) / 2) / (wins * losses))


def best_threshold(scores: np.ndarray, positive: np.ndarray, used: float) -> tuple[float, float]:
    """The threshold (yes above it) with the most right rows, and the share it gets right.

    Among equals the one in use wins, else the nearest to it. Thresholds lie halfway between
    neighbouring scores; the outermost say yes, or no, to every row.
    """
    values, where = np.unique(scores, return_inverse=True)
    where = where.reshape(-1)
    yes = np.bincount(where, weights=positive, minlength=len(values))
    no = np.bincount(where, weights=~positive, minlength=len(values))
    # Cutting before value i: all below are a no, it and all above a yes.
    right = np.concatenate([[0.0], np.cumsum(no)]) + np.concatenate([np.cumsum(yes[::-1])[::-1], [0.0]])
    with np.errstate(invalid="ignore", over="ignore"):
        between = values[:-1] / 2 + values[1:] / 2
    inner = np.where((between >= values[:-1]) & (between < values[1:]), between, values[:-1])
    cuts = np.concatenate([[np.nextafter(values[0], -np.inf)], inner, [values[-1]]])
    best = float(right.max())
    if right[int(np.searchsorted(values, used, side="right"))] == best:
        return used, best / len(scores)
    equals = cuts[right == best]
    return float(equals[np.argmin(np.abs(equals - used))]), best / len(scores)


def _numbers(answers: Answers) -> dict[str, Any]:
    """The answers against the targets as numbers; empty where the shapes do not compare."""
    numbers = answers.numbers
    if numbers is None or not numbers.size or not np.isfinite(numbers).all():
        return {}
    found: dict[str, Any] = {
        "exact_hits": float(((answers.scores > 0.5) == numbers).mean()),
        "exact_possible": float(np.isin(numbers, (0.0, 1.0)).mean()),
    }
    if not np.isfinite(answers.scores).all():
        return found
    errors = answers.scores - numbers
    spread = float(((numbers - numbers.mean(axis=0)) ** 2).sum())
    found["mse"], found["mae"] = float((errors**2).mean()), float(np.abs(errors).mean())
    found["r2"] = 1 - float((errors**2).sum()) / spread if spread > 0 else None
    return found


def reported(
    outputs: np.ndarray, targets: np.ndarray | None, metrics: Metrics | None, mask: np.ndarray | None = None
) -> float | None:
    """What the user's own accuracy gives on these rows, by the function that Keras resolved.

    None when they have none, or one whose settings are not known (top-k).
    """
    metric = metrics.accuracy if metrics is not None else None
    if metric is None or targets is None or targets.dtype.kind not in "biuf" or not len(targets):
        return None
    hits = metric_hits(metric, as_units(outputs), np.asarray(targets))
    if hits is None:
        return None
    if mask is not None and mask.shape == hits.shape[: mask.ndim]:
        hits = hits[mask.astype(bool)]
    return float(hits.mean()) if hits.size else None


def metric_hits(metric: Metric, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray | None:
    """Where the metric counts a hit, in Keras's own reading of the shapes."""
    if metric.resolved in ("binary_accuracy", "accuracy"):
        if targets.ndim == outputs.ndim - 1 and outputs.shape[-1] == 1:
            targets = targets[..., None]
        elif targets.ndim == outputs.ndim + 1 and targets.shape[-1] == 1:
            targets = targets[..., 0]
        if targets.ndim != outputs.ndim or not _broadcast(targets.shape, outputs.shape):
            return None
        # Keras compares in the type of the answers, float32 mostly.
        answers = outputs > metric.threshold if metric.resolved == "binary_accuracy" else outputs
        return np.asarray(targets.astype(outputs.dtype) == answers)
    if metric.resolved == "sparse_categorical_accuracy":
        if targets.ndim == outputs.ndim and targets.shape[-1] == 1:
            targets = targets[..., 0]
        chosen = outputs.argmax(axis=-1)
        return np.asarray(targets == chosen) if targets.shape == chosen.shape else None
    if metric.resolved == "categorical_accuracy" and targets.ndim == outputs.ndim:
        right, chosen = targets.argmax(axis=-1), outputs.argmax(axis=-1)
        return np.asarray(right == chosen) if right.shape == chosen.shape else None
    return None


def _broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return all(a == b or 1 in (a, b) for a, b in zip(first, second, strict=True))
