"""Claims about labels, tried by evaluating the loss on them."""

from __future__ import annotations

import math

import numpy as np

from .probing import costs_of, decided, has_a_unit, levels, same
from .situation import Situation
from .truth import Claim, truth


@truth("units-do-not-match-labels")
def stretched(situation: Situation, claim: Claim) -> str:
    """The loss raises, a class number has no unit, or the loss is that of labels stretched over the units."""
    labels, answers = situation.labels, decided(situation)
    cost = situation.cost(answers)
    if not math.isfinite(cost) or (answers.shape[-1] == 1 and same(0.0, cost)):
        return ""  # it raises, or divides one unit by itself
    columns = labels.shape[-1] if labels.ndim > 1 else 1
    if labels.ndim == answers.ndim and columns == answers.shape[-1]:
        return "the loss takes one label a unit"
    if columns == 1 and not all(has_a_unit(situation, level) for level in levels(situation)):
        return ""
    both = _of_stretched(situation, answers)
    return "" if same(cost, both) else f"the loss is {cost:g}, of labels stretched over the units {both:g}"


def _of_stretched(situation: Situation, answers: np.ndarray) -> float:
    """The loss of labels that are repeated over the units."""
    labels = situation.labels
    columns = labels.shape[-1] if labels.ndim > 1 else 1
    wide = np.broadcast_shapes((len(labels), columns), answers.shape)
    stretched_labels = np.broadcast_to(labels.reshape(len(labels), columns), wide)
    return situation.cost(np.broadcast_to(answers, wide), stretched_labels)


@truth("label-form-does-not-match-loss")
def other_form(situation: Situation, claim: Claim) -> str:
    """Keras raises an error on labels of this form, or reads one number as that of each unit."""
    answers = decided(situation)
    cost = situation.cost(answers)
    if not math.isfinite(cost):
        return ""
    single = situation.labels.ndim == 1 or situation.labels.shape[-1] == 1
    if single and answers.shape[-1] > 1 and same(cost, _of_stretched(situation, answers)):
        return ""
    return f"the loss reads these labels: it is {cost:g}"


@truth("labels-not-zero-based")
def without_a_unit(situation: Situation, claim: Claim) -> str:
    """Some label has no unit: the loss raises on it, or no answer to it is better than another."""
    lost = [level for level in levels(situation) if not has_a_unit(situation, level)]
    if not lost:
        return "the loss has a unit for each label, or leaves it out"
    share = float(np.isin(np.asarray(situation.labels, "float64"), lost).mean())
    said = claim.shows.get("lost")
    right = said is None or abs(share - said) < 0.01
    return "" if right else f"{share:.0%} of the rows have no unit, not {said:.0%}"


@truth("labels-outside-unit-interval")
def pulled_to_a_bound(situation: Situation, claim: Claim) -> str:
    """For a label beyond 0 or 1 the cheapest answer lies at a bound, or the loss raises."""
    low, high = claim.shows["lower_bound"], claim.shows["upper_bound"]
    outside = [level for level in levels(situation) if not low <= level <= high]
    if not outside:
        return "all labels lie within the bounds"
    shape = (1, *situation.predictions.shape[1:])
    for level in outside:
        labels = np.full_like(situation.labels[:1], level)
        costs = [situation.cost(np.full(shape, answer), labels) for answer in np.linspace(0.01, 0.99, 15)]
        if all(math.isfinite(each) for each in costs) and 0 < int(np.argmin(costs)) < len(costs) - 1:
            return f"for the label {level:g} the loss is lowest between 0 and 1"
    return ""


@truth("class-labels-scaled")
def cut_down(situation: Situation, claim: Claim) -> str:
    """The loss reads labels as whole ones, of which fewer are left; or no label asks for class 1."""
    labels = np.asarray(situation.labels, "float64")
    whole = np.floor(labels)
    if np.array_equal(labels, whole):
        return "the labels are whole"
    answers = decided(situation)
    cut = same(situation.cost(answers), situation.cost(answers, whole))
    if (cut or _asks_for_the_whole(situation)) and len(np.unique(whole)) < len(np.unique(labels)):
        return ""
    grid = np.linspace(0.01, 0.99, 15)
    shape = (1, *situation.predictions.shape[1:])
    for level in levels(situation):
        row = np.full_like(situation.labels[:1], level)
        if grid[int(np.argmin([situation.cost(np.full(shape, value), row) for value in grid]))] >= 0.5:
            return f"the label {level:g} asks for class 1"
    return ""


def _asks_for_the_whole(situation: Situation) -> bool:
    """Whether for each broken label the unit of the whole one below is the right answer.

    A class that the loss leaves out is left out as a whole label alone, so that the sums differ.
    """
    broken = [level for level in levels(situation) if level != math.floor(level)]
    asked = [int(np.argmin(list(costs_of(situation, level)))) for level in broken]
    return situation.labels.ndim == 1 and asked == [math.floor(level) for level in broken]


@truth("constant-labels")
def nothing_to_tell_apart(situation: Situation, claim: Claim) -> str:
    """All rows have the same label; or rows of zeros alone cost nothing, whatever is predicted."""
    labels = _taught(situation)
    if (labels == labels[:1]).all():
        return ""
    empty = np.asarray(labels, "float64").reshape(len(labels), -1).sum(axis=1) == 0
    if not empty.any():
        return "the labels differ, and every row has one"
    shape = (int(empty.sum()), *situation.predictions.shape[1:])
    tries = (np.random.default_rng(seed).uniform(0.05, 0.95, shape) for seed in range(3))
    costs = [situation.cost(answers, labels[empty]) for answers in tries]
    raises = all(math.isnan(each) for each in costs)
    return "" if raises or all(same(0.0, each) for each in costs) else f"rows of zeros cost {costs}"


@truth("one-sided-validation-split")
def one_label(situation: Situation, claim: Claim) -> str:
    """The validation rows have one label, the training rows have others as well."""
    fit = situation.program["fit"]
    taught = _taught(situation)
    given = fit.get("validation_data")
    judged = situation.labels[len(taught) :] if given is None else np.asarray(given[1])
    if len(np.unique(judged, axis=0)) != 1 or len(np.unique(taught, axis=0)) < 2:
        return "the validation rows have several labels, or the training rows have one"
    return ""


def _taught(situation: Situation) -> np.ndarray:
    """The labels that are trained on: without the last rows where validation_split takes those."""
    share = situation.program["fit"].get("validation_split", 0.0)
    return situation.labels[: math.floor(len(situation.labels) * (1.0 - share))]
