"""What trivial answers and simple models say of the held-out places, ready to be scored."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from unstuck.evidence.facts import Model
from unstuck.evidence.reference.deadline import Deadline
from unstuck.evidence.reference.folds import Fold
from unstuck.evidence.reference.learners import (
    TREE_CLASSES,
    by_levels,
    called_by_levels,
    neighbours,
    straight,
    trees,
)
from unstuck.evidence.reference.problem import Problem
from unstuck.evidence.reference.table import FeatureTable
from unstuck.watch.muting import muted

#: The answers' names, as they are told.
MOST_FREQUENT, MEAN, MEDIAN = "always the most frequent class", "always the mean", "always the median"
USUAL_LABELS, LAST_VALUE = "always the usual labels", "the last value of the input"
COMPONENTS = "principal components"

#: A narrowest layer of more than this share of the inputs is no bottleneck: so many directions restore
#: almost everything, and a network that is trained for something else need not.
_BOTTLENECK_SHARE = 0.25

#: Logistic regression makes at most 100 rounds of two passes over the table for each class, two
#: operations an entry; 5e9 of them a second is a tenth of what one core was measured to do.
_OPERATIONS_PER_SECOND, _ROUNDS, _PASSES = 5e9, 100, 4


def trivial_answers(problem: Problem) -> dict[str, np.ndarray]:
    """Answers that need no training, by name, to the held-out places."""
    target, places = problem.target, len(problem.held)
    if target.kind == "classes":
        code = np.bincount(target.taught, minlength=len(problem.levels)).argmax()
        found = {MOST_FREQUENT: np.full(places, code)}
    elif target.kind == "labels":
        usual = (target.taught.mean(axis=0) > 0.5).astype(np.int64)
        found = {USUAL_LABELS: np.broadcast_to(usual, (places, len(usual)))}
    else:
        name = MEDIAN if target.absolute else MEAN
        found = {name: np.broadcast_to(target.constant, target.values.shape)}
        last = _last_values(problem)
        if last is not None:
            found[LAST_VALUE] = last
    return found


def _last_values(problem: Problem) -> np.ndarray | None:
    """For each output the last value of the input that is nearest to it on the rows that teach."""
    last, targets = problem.last, problem.table.targets
    if last is None or targets.ndim != 2 or not np.isfinite(last).all():
        return None
    rest = np.setdiff1d(np.arange(len(targets)), problem.held)
    taught = rest if len(rest) else np.arange(len(targets))
    errors = ((last[taught][:, :, None] - targets[taught][:, None, :]) ** 2).mean(axis=0)
    nearest = errors.argmin(axis=0)
    return np.asarray(last[problem.held][:, nearest])


def simple_answers(problem: Problem, width: int | None, deadline: Deadline) -> dict[str, np.ndarray]:
    """What simple models answer to the held-out places, by name, as many as the time allows.

    Args:
        problem: the question.
        width: for targets that are the inputs, how many numbers the network passes them through; None
            for other questions.
        deadline: after which no other model is begun.
    """
    if width is not None:
        return {COMPONENTS: _restored(problem, width)}
    import sklearn.ensemble  # noqa: F401  (loaded first: only loaded libraries can be limited)
    from threadpoolctl import threadpool_limits

    found: dict[str, np.ndarray] = {}
    # Of this thread alone, so that nothing of the user's that runs beside it is changed.
    with threadpool_limits(1, user_api="openmp"), muted():
        for name, answer in _learners(_as_numbers(problem), problem.folds, deadline.left):
            if not deadline.left:
                break
            found[name] = _decided(problem, answer())
    return found


def _as_numbers(problem: Problem) -> FeatureTable:
    """The table with targets that learners take: one output is a plain column, 0/1 are numbers."""
    table, targets = problem.table, problem.table.targets
    if table.classes is None:
        targets = targets.astype(np.float64)
        targets = targets[:, 0] if targets.shape[1] == 1 else targets
    return replace(table, targets=targets)


def _learners(
    table: FeatureTable, folds: Sequence[Fold], left: float
) -> list[tuple[str, Callable[[], np.ndarray]]]:
    """The simple models for a table, the quickest first; those that take longer than is left are left out."""
    targets = table.targets
    found = [("nearest neighbours", lambda: neighbours(table, folds)(targets))]
    if table.codes is not None:
        found.append((called_by_levels(table), lambda: by_levels(table, folds)(targets)))
    line = "logistic regression" if table.classes else "linear regression"
    if table.classes is None or _logistic_seconds(table, len(folds)) < left:
        found.append((line, lambda: straight(table, folds)(targets)))
    if targets.ndim == 1 and (table.classes or 2) <= TREE_CLASSES:
        found.append(("boosted trees", lambda: trees(table, folds)(targets)))
    return found


def _logistic_seconds(table: FeatureTable, folds: int) -> float:
    """About how long logistic regression may take."""
    features = table.features
    entries = getattr(features, "nnz", None) or math.prod(features.shape)
    operations = entries * (table.classes or 1) * _ROUNDS * _PASSES * folds
    return float(operations / _OPERATIONS_PER_SECOND)


def _decided(problem: Problem, answers: np.ndarray) -> np.ndarray:
    """Learners' answers on the held-out places as decisions, or numbers in the targets' shape."""
    target, held = problem.target, answers[problem.held]
    if target.kind == "numbers":
        return np.asarray(held.reshape(target.values.shape))
    if target.kind == "labels":
        return np.asarray(held.reshape(target.values.shape) > target.shares, np.int64)
    return np.asarray((held / target.shares if target.balanced else held).argmax(axis=1))


def narrowest(model: Model | None, columns: int) -> int | None:
    """The fewest numbers through which the layers pass a row, None where they are no bottleneck."""
    widths = [
        math.prod(size for size in layer.output_shape if size is not None)
        for layer in (model.layers if model is not None else ())
        if layer.output_shape is not None and None not in layer.output_shape and layer.output_shape
    ]
    width = min(widths, default=columns)
    return width if 0 < width <= _BOTTLENECK_SHARE * columns else None


def _restored(problem: Problem, width: int) -> np.ndarray:
    """The held-out rows from their `width` main directions, which other rows give."""
    targets, restored = problem.table.targets, np.zeros(problem.table.targets.shape)
    for train, test in problem.folds:
        mean = targets[train].mean(axis=0)
        _, _, directions = np.linalg.svd(targets[train] - mean, full_matrices=False)
        kept = directions[:width]
        restored[test] = mean + (targets[test] - mean) @ kept.T @ kept
    return np.asarray(restored[problem.held])
