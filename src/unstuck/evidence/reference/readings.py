"""How the network's answers may be read: where that is open, the reading that serves it best counts."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.decisions import Answers, probabilities
from unstuck.evidence.facts import Loss, Metrics
from unstuck.evidence.facts.program import CLASS_LOSSES, REGRESSION_LOSSES
from unstuck.evidence.reference.scores import Target, best_reading

#: Losses whose answers are on the scale of the targets, so that they are read as they are.
_ON_SCALE = CLASS_LOSSES | REGRESSION_LOSSES | {"hinge", "squared_hinge", "categorical_hinge", "poisson"}

#: Thresholds tried where nobody knows the right one: percentiles of the answers.
_THRESHOLDS = np.linspace(0.0, 1.0, 101)


def is_open(loss: Loss | None) -> bool:
    """Whether the loss leaves open on what scale the answers are."""
    return loss is None or loss.custom or loss.name not in _ON_SCALE


def incomparable(answers: Answers, classes: int, loss: Loss | None, metrics: Metrics | None) -> str:
    """Why the answers are none among so many classes, "" where they are."""
    if not np.isfinite(answers.scores).all():
        return "its answers are not all finite"
    asked = metrics is not None and metrics.accuracy is not None
    if answers.task.form == "argmax" and is_open(loss) and not asked:
        units = answers.scores.shape[1]
        if units != classes:
            return f"its {units} answers are no decision among {classes} classes"
    return ""


def network_scores(
    answers: Answers,
    target: Target,
    levels: np.ndarray,
    loss: Loss | None,
    metrics: Metrics | None = None,
) -> np.ndarray:
    """One score a place, of the reading that scores best.

    Args:
        answers: the network's, on the judged places.
        target: what is right there.
        levels: the classes in the order of their codes, as the targets name them.
        loss: what it was trained with.
        metrics: what it was measured with; an accuracy among them says which side of a threshold is yes.
    """
    either = is_open(loss) and (metrics is None or metrics.accuracy is None)
    return best_reading(_readings(answers, target, levels, is_open(loss), either), target.scores)


def _readings(
    answers: Answers, target: Target, levels: np.ndarray, is_open: bool, either: bool
) -> list[np.ndarray]:
    if target.kind == "numbers":
        return [answers.scores, *([straightened(answers.scores, target.values)] if is_open else [])]
    decisions = answers.decisions
    if decisions is None:
        return []
    if target.kind == "labels":
        cut = np.array(
            [np.quantile(s, 1.0 - p) for s, p in zip(answers.scores.T, target.shares, strict=True)]
        )
        return [(decisions > 0).astype(np.int64), (answers.scores > cut).astype(np.int64)]
    found = [_coded(decisions, levels)]
    if answers.task.form == "threshold":
        if is_open or target.balanced:
            found += _thresholds(answers.scores[:, 0], len(levels), both=either)
    elif target.balanced:
        chances = probabilities(answers.task, answers.scores)
        if chances is not None:
            found.append(_coded(_by_share(chances, levels, target), levels))
    return found


def _by_share(chances: np.ndarray, levels: np.ndarray, target: Target) -> np.ndarray:
    """Decisions by how much likelier a class is than its share says."""
    shares = np.full(chances.shape[1], np.inf)
    known = (levels >= 0) & (levels < chances.shape[1])
    shares[levels[known]] = target.shares[known]
    return np.asarray((chances / shares).argmax(axis=1))


def _thresholds(scores: np.ndarray, classes: int, *, both: bool) -> list[np.ndarray]:
    """The decisions at each of many thresholds, in one direction or in both."""
    if classes != 2:
        return []
    cuts = np.unique(np.quantile(scores, _THRESHOLDS))
    above = [(scores > cut).astype(np.int64) for cut in cuts]
    return [*above, *(1 - each for each in above)] if both else above


def straightened(scores: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The answers moved onto the targets' scale by the straight line that fits best, output by output."""
    centred, aim = scores - scores.mean(axis=0), values - values.mean(axis=0)
    power = (centred**2).sum(axis=0)
    slope = np.where(power > 0, (centred * aim).sum(axis=0) / np.where(power > 0, power, 1.0), 0.0)
    return np.asarray(values.mean(axis=0) + slope * centred)


def _coded(decisions: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Classes as codes of these levels, -1 for a class that no target names."""
    place = np.searchsorted(levels, decisions).clip(0, len(levels) - 1)
    return np.where(levels[place] == decisions, place, -1)
