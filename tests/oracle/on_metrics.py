"""Claims about metrics, tried by evaluating the compiled metrics on chosen predictions."""

from __future__ import annotations

import math

import numpy as np

from .probing import decided, same
from .situation import Situation
from .truth import Claim, truth

#: Two accuracies that differ by more count different things.
DIFFERENT = 0.02


def _named(situation: Situation, predictions: np.ndarray) -> list[float]:
    """What the metrics say that are accuracies: those between 0 and 1 whose name says so."""
    return [value for name, value in situation.scores(predictions).items() if "acc" in name]


def _tries(situation: Situation) -> list[np.ndarray]:
    """Answers of every kind: all 0, all 1, all -1, a half, the labels themselves, random ones."""
    shape = situation.predictions.shape
    rng = np.random.default_rng(0)
    tries = [np.full(shape, value) for value in (0.0, 1.0, -1.0, 0.5)]
    tries += [rng.normal(size=shape) for _ in range(3)] + [rng.uniform(size=shape) for _ in range(3)]
    labels = np.asarray(situation.labels)
    if labels.size == math.prod(shape) and labels.dtype.kind in "fiub":
        tries.append(np.nan_to_num(labels.reshape(shape).astype("float64")))
    return tries


def _at_most(situation: Situation, ceiling: float) -> str:
    """Why the accuracy is not bound by a ceiling, "" where no answer tried beats it."""
    best = max((max(_named(situation, each), default=0.0) for each in _tries(situation)), default=0.0)
    return "" if best <= ceiling + 1e-3 else f"an answer gets {best:g}, above {ceiling:g}"


@truth("accuracy-on-signed-labels")
def half_at_most(situation: Situation, claim: Claim) -> str:
    """The labels are -1 and 1, and no answer gets more than the share of 1."""
    if not np.isin(situation.labels, (-1, 1)).all():
        return "the labels are not -1 and 1"
    return _at_most(situation, claim.shows["highest_possible_accuracy"])


@truth("accuracy-on-continuous-target")
def hardly_any(situation: Situation, claim: Claim) -> str:
    """No answer gets more than the share of targets that are 0 or 1."""
    return _at_most(situation, claim.shows["highest_possible_accuracy"])


@truth("regression-loss-for-classes")
def zero_and_one_alone(situation: Situation, claim: Claim) -> str:
    """Several classes on one unit, and no answer gets more than the share of labels 0 and 1."""
    if situation.predictions.shape[-1] != 1 or len(np.unique(situation.labels)) < 3:
        return "one unit and several classes are not what is there"
    return _at_most(situation, claim.shows["highest_possible_accuracy"])


@truth("argmax-over-one-column")
def same_for_all(situation: Situation, claim: Claim) -> str:
    """Every answer gets the same accuracy, the one that is said."""
    got = [_named(situation, decided(situation, seed)) for seed in range(3)]
    if any(each != got[0] for each in got):
        return f"accuracies differ: {got}"
    said = claim.shows.get("predicted_accuracy")
    return "" if said is None or any(same(said, each) for each in got[0]) else f"it is {got[0]}, not {said:g}"


@truth("exact-equality-accuracy")
def digit_by_digit(situation: Situation, claim: Claim) -> str:
    """Answers a little beside the right ones count for nothing, or the metric raises an error."""
    shape, labels = situation.predictions.shape, np.asarray(situation.labels)
    if labels.size != math.prod(shape):
        return ""  # it compares class numbers with probabilities
    near = labels.reshape(shape) * 0.96 + 0.02
    got = _named(situation, near)
    return "" if not got or min(got) <= DIFFERENT else f"answers of .98 and .02 get {got}"


@truth("binary-crossentropy-on-one-hot")
def column_by_column(situation: Situation, claim: Claim) -> str:
    """One-hot rows of three classes or more; no class at all gets 1 - 1/K, at the loss that is said."""
    labels, classes = np.asarray(situation.labels, "float64"), situation.labels.shape[-1]
    if classes < 3 or not (labels.sum(axis=-1) == 1).all():
        return "the labels are not one-hot rows of three classes or more"
    nothing = np.full(situation.predictions.shape, 1.0 / classes)
    got = _named(situation, nothing)
    if not any(same(1 - 1 / classes, each) for each in got):
        return f"no class at all gets {got}, not {1 - 1 / classes:g}"
    cost, said = situation.cost(nothing), claim.shows["loss_of_nothing"]
    return "" if math.isclose(cost, said, abs_tol=1e-3) else f"its loss is {cost:g}, not {said:g}"


@truth("metric-does-not-match-task")
def counts_otherwise(situation: Situation, claim: Claim) -> str:
    """On some answers the accuracy is not the share of right decisions, or it raises an error."""
    for seed in range(6):
        answers = np.random.default_rng(seed).uniform(size=situation.predictions.shape)
        got, right = _named(situation, answers), _right(situation, answers)
        if not got or any(abs(each - right) > DIFFERENT for each in got):
            return ""
    return "it is the share of right decisions"


def _right(situation: Situation, answers: np.ndarray) -> float:
    """The share of right decisions: of rows for one class a row, of labels where rows have several."""
    labels = np.asarray(situation.labels, "float64")
    if answers.shape[-1] == 1 and labels.size == answers.size:
        return float(np.mean((answers > 0.5) == (labels.reshape(answers.shape) > 0.5)))
    if labels.size == answers[..., 0].size:
        return float(np.mean(answers.argmax(axis=-1) == labels.reshape(answers.shape[:-1])))
    if labels.size != answers.size:
        return -1.0  # no decision is comparable
    answers = answers.reshape(labels.shape)
    if (labels.sum(axis=-1) == 1).all():
        return float(np.mean(answers.argmax(axis=-1) == labels.argmax(axis=-1)))
    return float(np.mean((answers > 0.5) == (labels > 0.5)))
