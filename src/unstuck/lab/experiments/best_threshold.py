"""The experiment best-threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.predictions import area_under_curve
from unstuck.evidence.predictions import best_threshold as threshold_of
from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import ModelRows, Subject, gain_is_real, titled, unaskable_where_it_raises
from unstuck.rules.bounds import STANDARD_ERRORS
from unstuck.rules.labels.class_imbalance import ONE_CLASS
from unstuck.rules.objective.threshold_off_scale import GIVEN_AWAY

_DECIDES = ("threshold-off-scale", "class-imbalance")


@dataclass(frozen=True)
class _Judged:
    """One output at two thresholds on rows that chose neither."""

    used: float
    best: float
    fair: float
    rows: int
    right_used: float
    right_best: float
    recall_used: float
    recall_fair: float
    auc: float | None
    one_class: float
    real: bool
    ordered: bool
    most: float
    where: str


@experiment("best-threshold", decides=_DECIDES, trains=False)
def best_threshold(recipe: Any, clock: Clock) -> Answer:
    """The best threshold of a one-unit output, judged on rows that did not choose it.

    Asks: do the scores separate the classes, only not at the threshold in use?
    How: on the training rows two thresholds are chosen: that with the most right rows, and that with
    the highest mean of the shares found of both classes. They are judged on the held-out rows, or,
    without these, by halves: each half is judged at what the other half chose.
    Means: where another threshold gets clearly more rows right, the threshold is off the scale of
    the output. Where it finds the rare class that was never answered, the imbalance of the classes
    hides what the model knows. Where neither helps, no threshold does.
    """
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=2)
        names = [name for name, task in subject.tasks.items() if task.form == "threshold"]
        if not names:
            raise UnaskableError("no output is one unit for two classes, so there is no threshold to move")
        taught = _scores(subject, subject.taught, names)
        held = _scores(subject, subject.held, names) if subject.held is not None else {}
    found = {}
    for name in names:
        metric = subject.metrics[name].accuracy if name in subject.metrics else None
        used = subject.tasks[name].threshold
        if metric is not None and metric.resolved == "binary_accuracy" and not subject.tasks[name].signed:
            used = metric.threshold
        found[name] = _judge(taught[name], held.get(name), used)
    supports = {
        "threshold-off-scale": any(_off_scale(each) for each in found.values()),
        "class-imbalance": any(_hidden(each) for each in found.values()),
    }
    refutes = {
        "threshold-off-scale": all(each.most < GIVEN_AWAY for each in found.values()),
        "class-imbalance": all(_found(each) for each in found.values()),
    }
    shows = {name or "output": dict(vars(each)) for name, each in found.items()}
    return Answer(
        says=" ".join(titled(name, _says(each)) for name, each in found.items()),
        shows=next(iter(shows.values())) if len(shows) == 1 else shows,
        supports=tuple(name for name in _DECIDES if supports[name]),
        refutes=tuple(name for name in _DECIDES if refutes[name] and not supports[name]),
    )


_Rows = tuple[np.ndarray, np.ndarray]


def _scores(subject: Subject, part: ModelRows, names: list[str]) -> dict[str, _Rows]:
    """(scores, is the positive class) of the rows whose answer is a number."""
    ran = subject.ran if part is subject.taught else subject.run(part)
    found = {}
    for name, answers in subject.answers(part, ran).items():
        if name not in names or answers.right is None:
            continue
        known = np.isfinite(answers.scores[:, 0])
        found[name] = (answers.scores[known, 0], answers.right[known] == 1)
    return found


def _judge(taught: _Rows, held: _Rows | None, used: float) -> _Judged:
    """Choose on some rows, judge on others.

    Raises:
        UnaskableError: the rows that choose or judge hold one class only.
    """
    if held is not None and 0 < held[1].sum() < len(held[1]):
        turns, where = [(taught, held)], "held-out rows"
    else:
        halves: list[_Rows] = [(taught[0][start::2], taught[1][start::2]) for start in (0, 1)]
        turns, where = [(halves[0], halves[1]), (halves[1], halves[0])], "training rows, by halves"
    if any(not 0 < part[1].sum() < len(part[1]) for turn in turns for part in turn):
        raise UnaskableError("the rows that choose or judge a threshold hold one class only")
    before, after, fair, positive, bests, fairs = [], [], [], [], [], []
    for (scores, yes), (judged, right) in turns:
        bests.append(threshold_of(scores, yes, used)[0])
        fairs.append(_fair_threshold(scores, yes))
        before.append((judged > used) == right)
        after.append((judged > bests[-1]) == right)
        fair.append((judged > fairs[-1]) == right)
        positive.append(right)
    hits, moved, balanced, right = (np.concatenate(each) for each in (before, after, fair, positive))
    yes_share = float(np.concatenate([judged > used for _, (judged, _) in turns]).mean())
    gain = float(moved.mean() - hits.mean())
    differ = float((moved != hits).sum())
    recall_used, recall_fair = _recall(hits, right), _recall(balanced, right)
    noise = 0.5 * math.hypot(*(0.5 / math.sqrt(max(1, int(each.sum()))) for each in (right, ~right)))
    judged_scores = np.concatenate([judged for _, (judged, _) in turns])
    return _Judged(
        used=used,
        best=float(np.mean(bests)),
        fair=float(np.mean(fairs)),
        rows=len(right),
        right_used=float(hits.mean()),
        right_best=float(moved.mean()),
        recall_used=recall_used,
        recall_fair=recall_fair,
        auc=area_under_curve(judged_scores, right),
        one_class=max(yes_share, 1.0 - yes_share),
        real=gain_is_real(hits, moved),
        ordered=recall_fair - 0.5 > STANDARD_ERRORS * noise,
        most=gain + STANDARD_ERRORS * math.sqrt(differ + 1.0) / len(right),
        where=where,
    )


def _fair_threshold(scores: np.ndarray, positive: np.ndarray) -> float:
    """The threshold with the highest mean of the shares found of both classes, halfway between scores."""
    values, where = np.unique(scores, return_inverse=True)
    yes = np.bincount(where.reshape(-1), weights=positive, minlength=len(values)) / positive.sum()
    no = np.bincount(where.reshape(-1), weights=~positive, minlength=len(values)) / (~positive).sum()
    if len(values) < 2:
        return float(values[0])
    found = np.cumsum(no)[:-1] + 1.0 - np.cumsum(yes)[:-1]
    place = int(found.argmax())
    return float(values[place] / 2 + values[place + 1] / 2)


def _recall(hits: np.ndarray, positive: np.ndarray) -> float:
    """The mean of the shares found of both classes."""
    return float((hits[positive].mean() + hits[~positive].mean()) / 2)


def _off_scale(each: _Judged) -> bool:
    """Another threshold gets clearly more rows right, by as much as the rule asks."""
    return each.real and each.right_best - each.right_used > GIVEN_AWAY


def _hidden(each: _Judged) -> bool:
    """One class is answered nearly always although the scores order the rows."""
    return each.one_class >= ONE_CLASS and each.ordered and not _off_scale(each)


def _found(each: _Judged) -> bool:
    """Both classes are answered, and no threshold would find more of them."""
    return each.one_class < ONE_CLASS and each.ordered and each.recall_fair - each.recall_used < GIVEN_AWAY


def _says(each: _Judged) -> str:
    """The figures and what they mean."""
    area = "" if each.auc is None else f" (area under the ROC curve {each.auc:.3f})"
    lead = (
        f"At the threshold {each.used:g} the accuracy on {each.rows:,} {each.where} is "
        f"{each.right_used:.4f}, at the best one, {each.best:.3g}, {each.right_best:.4f}{area}. The "
        f"mean share found of each class is {each.recall_used:.4f}, and {each.recall_fair:.4f} at "
        f"{each.fair:.3g}."
    )
    if _off_scale(each):
        return f"{lead} The scores separate the classes, only not at {each.used:g}."
    if _hidden(each):
        return (
            f"{lead} One class is answered on {100 * each.one_class:.3g}% of the rows although the scores "
            "order them: the rare class is known, and outvoted."
        )
    if not each.ordered:
        return f"{lead} The scores do not order the rows, so no threshold helps."
    return f"{lead} Moving the threshold changes little."
