"""What one output's answers look like as a whole: a histogram by group, and right against decided classes.

Pure numpy, for the pictures of a report: no rule reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unstuck.evidence.decisions import Answers, probabilities
from unstuck.evidence.facts import Metrics
from unstuck.evidence.pictures import MOST_CLASSES, AnswerSpread, Confusion

#: Bins of a histogram: the rows of an examination (1,024) leave 25 to each on average.
BINS = 40

#: Answers that are binned; those of sequences are thinned to evenly spread ones.
_MOST_ENTRIES = 50_000

#: Groups of one histogram that a reader tells apart.
_MOST_GROUPS = 2


def drawn(answers: Mapping[str, Answers], metrics: Mapping[str, Metrics]) -> dict[str, dict[str, Any]]:
    """What pictures of the answers are drawn from: "spreads" and "confusions", each by output name."""
    spreads = {name: spread_of(name, each, metrics.get(name)) for name, each in answers.items()}
    confusions = {name: confusion_of(name, each) for name, each in answers.items()}
    return {
        "spreads": {name: each for name, each in spreads.items() if each is not None},
        "confusions": {name: each for name, each in confusions.items() if each is not None},
    }


def spread_of(name: str, answers: Answers, metrics: Metrics | None = None) -> AnswerSpread | None:
    """The histogram of one output's answers, None where there is no finite answer.

    One unit, or two classes: the answer by label, with the threshold. More classes: the probability
    given to the right class. Numbers: answers beside targets, with the threshold of the accuracy
    that counts them, if one does.
    """
    axis, groups, threshold, bounds = _groups(answers, metrics)
    known = {group: _finite(values) for group, values in groups.items()}
    known = {group: values for group, values in known.items() if values.size}
    edges = _edges(list(known.values()), bounds)
    if edges is None:
        return None
    return AnswerSpread(
        output=name,
        rows=len(answers.scores),
        axis=axis,
        edges=[float(edge) for edge in edges],
        groups=list(known),
        counts=[np.histogram(values, edges)[0].tolist() for values in known.values()],
        threshold=threshold,
        decided=_decided(answers),
    )


def confusion_of(name: str, answers: Answers) -> Confusion | None:
    """Right against decided classes, None where no single class is decided for."""
    decisions, right = answers.decisions, answers.right
    if decisions is None or right is None or decisions.ndim != 1 or right.ndim != 1:
        return None
    decided = answers.decided
    decisions, right = decisions[decided], right[decided]
    values, counts = np.unique(np.concatenate([right, decisions]), return_counts=True)
    if len(values) < 2:
        return None
    if len(values) > MOST_CLASSES:
        values = np.sort(values[np.argsort(-counts, kind="stable")[: MOST_CLASSES - 1]])
        names = [*(str(value) for value in values), "others"]
    else:
        names = [str(value) for value in values]
    table = np.zeros((len(names), len(names)), int)
    np.add.at(table, (_places(right, values), _places(decisions, values)), 1)
    return Confusion(output=name, rows=len(right), classes=names, counts=table.tolist())


def _places(classes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Where each class stands among sorted values; one past them for the others."""
    at = np.minimum(np.searchsorted(values, classes), len(values) - 1)
    return np.where(values[at] == classes, at, len(values))


_Groups = tuple[str, dict[str, np.ndarray], float | None, tuple[float, float] | None]


def _groups(answers: Answers, metrics: Metrics | None) -> _Groups:
    """What is binned: (axis, values by group, threshold, bounds of the axis where they are fixed)."""
    task, scores, right = answers.task, answers.scores, answers.right
    if task.form in ("threshold", "labels"):
        chances = probabilities(task, scores) if not task.logits else None
        bounds = (0.0, 1.0) if chances is not None and not task.signed else None
        return "answer", _by_label(scores.ravel(), right), task.threshold, bounds
    if task.form == "argmax":
        return _of_classes(answers)
    groups = {"answers": scores.ravel()}
    if answers.numbers is not None:
        groups["targets"] = answers.numbers.ravel()
    metric = metrics.accuracy if metrics is not None else None
    counted = metric is not None and metric.resolved == "binary_accuracy"
    return "value", groups, metric.threshold if metric is not None and counted else None, None


def _of_classes(answers: Answers) -> _Groups:
    """The probability of the right class; of the second class by label where there are two."""
    scores, right = answers.scores, answers.right
    chances = probabilities(answers.task, scores)
    if chances is None or right is None:
        return "largest answer", {"all rows": scores.max(axis=1)}, None, None
    if chances.shape[1] == 2:
        return "probability of class 1", _by_label(chances[:, 1], right), 0.5, (0.0, 1.0)
    known = (right >= 0) & (right < chances.shape[1])
    own = chances[known][np.arange(int(known.sum())), right[known]]
    return "probability of the right class", {"all rows": own}, None, (0.0, 1.0)


def _by_label(values: np.ndarray, right: np.ndarray | None) -> dict[str, np.ndarray]:
    """The values by the label of their row, where there are two."""
    labels = right.ravel() if right is not None else np.zeros(0)
    levels = np.unique(labels)
    if labels.shape != values.shape or not 0 < len(levels) <= _MOST_GROUPS:
        return {"all rows": values}
    return {f"label {level}": values[labels == level] for level in levels}


def _finite(values: np.ndarray) -> np.ndarray:
    thinned = values[:: max(1, -(-len(values) // _MOST_ENTRIES))]
    return np.asarray(thinned[np.isfinite(thinned)])


def _edges(parts: list[np.ndarray], bounds: tuple[float, float] | None) -> np.ndarray | None:
    """The edges of the bins over all values; None where there are none, or too far apart to bin."""
    if not parts:
        return None
    low = min(float(part.min()) for part in parts)
    high = max(float(part.max()) for part in parts)
    if bounds is not None:
        low, high = min(low, bounds[0]), max(high, bounds[1])
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # one value: a bin of its own in the middle
        half = max(0.5 * abs(low), 0.5)
        low, high = low - half, high + half
    if not np.isfinite(high - low):
        return None
    edges: np.ndarray = np.linspace(low, high, BINS + 1)
    return edges if bool(np.all(np.diff(edges) > 0)) else None


def _decided(answers: Answers) -> list[tuple[str, int, int]]:
    """(class, rows decided so, rows labelled so), by the larger of the two."""
    decisions, right = answers.decisions, answers.right
    if decisions is None or decisions.ndim != 1:
        return []
    decisions = decisions[answers.decided]
    labels = right if right is not None and right.ndim == 1 else np.zeros(0, np.int64)
    classes = np.unique(np.concatenate([decisions, labels]))
    table = [(str(each), int((decisions == each).sum()), int((labels == each).sum())) for each in classes]
    return sorted(table, key=lambda row: (-max(row[1:]), row[0]))[:MOST_CLASSES]
