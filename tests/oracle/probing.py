"""What a loss computes, found by evaluating it on a few chosen predictions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .situation import Situation

#: Two losses in float32 are the same when they differ by less.
SAME = 1e-4

#: From 1e-3 to 1e-6 a logarithm falls by 6.9, for the share of the labels that ask for the other side.
POLE = 0.1

#: A sure answer costs less for the right label than for another by more, read as probabilities or as logits.
TELLS = 0.1


def same(first: float, second: float) -> bool:
    """Whether two figures in float32 agree; two that are no numbers do not."""
    return math.isfinite(first) and abs(first - second) <= SAME * max(1.0, abs(first))


def _ramp(values: np.ndarray) -> np.ndarray:
    """Something to add that is another figure for each unit."""
    return np.broadcast_to(np.linspace(0.2, 1.4, values.shape[-1]), values.shape)


def readable(situation: Situation) -> Situation:
    """The same output and loss; with labels that the loss can read and that make a difference to it.

    They are the program's own, unless the loss raises on them or costs the same whatever is answered.
    """
    shape = situation.predictions.shape
    classes = np.arange(math.prod(shape[:-1])).reshape(shape[:-1]) % max(shape[-1], 2)
    columns = np.eye(max(shape[-1], 2))[classes][..., : shape[-1]]
    for labels in (situation.labels, classes, columns):
        found = replace(situation, labels=labels)
        cost = found.cost(decided(found))
        others = (found.cost(decided(found, seed=seed)) for seed in (1, 2, 3))
        if math.isfinite(cost) and not all(same(cost, each) for each in others):
            return found
    return situation


def decided(situation: Situation, seed: int = 0) -> np.ndarray:
    """Random probabilities in the shape of the output; rows of several sum to 1."""
    shape = situation.predictions.shape
    values = np.random.default_rng(seed).uniform(0.05, 0.95, shape)
    return values if shape[-1] == 1 else values / values.sum(axis=-1, keepdims=True)


def binary_clips(situation: Situation) -> bool:
    """Whether a loss reads each output as a probability: it is level beyond 0 and 1, not between."""
    zero, one = (np.full(situation.predictions.shape, value) for value in (-1.0, 2.0))
    if not situation.predictions.size or not math.isfinite(situation.cost(one)):
        return False
    level = same(situation.cost(zero), situation.cost(5.0 * zero)) and same(
        situation.cost(one), situation.cost(5.0 * one)
    )
    return level and not same(situation.cost(zero / -4.0), situation.cost(one / 2.7))


def has_a_pole(situation: Situation) -> bool:
    """Whether a loss takes the logarithm of an output as it is: near 0 or 1 its price rises without end."""
    shape = situation.predictions.shape
    prices = [situation.cost(np.full(shape, value)) for value in (1e-6, 1e-3, 1.0 - 1e-3, 1.0 - 1e-6)]
    return max(prices[0] - prices[1], prices[3] - prices[2]) > POLE


def normalises(situation: Situation, seed: int = 0) -> bool:
    """Whether a loss divides the outputs by the sum of their row: ten times all of them cost the same."""
    values = decided(situation, seed)
    return same(situation.cost(values), situation.cost(10.0 * values)) and not same(
        situation.cost(values), situation.cost(values + _ramp(values))
    )


def shifts(situation: Situation, seed: int = 0) -> bool:
    """Whether a loss reads logits of several classes: adding 5 to all of a row costs the same."""
    values = 4.0 * decided(situation, seed)
    return same(situation.cost(values), situation.cost(values + 5.0)) and not same(
        situation.cost(values), situation.cost(values + _ramp(values))
    )


def reads_binary_logits(situation: Situation) -> bool:
    """Whether a loss reads each output as a logit: it still changes far beyond 0 and 1."""
    costs = [situation.cost(np.full(situation.predictions.shape, value)) for value in (-6.0, -2.0, 2.0, 6.0)]
    far = (costs[:2], costs[2:])
    return all(math.isfinite(each) for each in costs) and not any(same(*pair) for pair in far)


def levels(situation: Situation) -> list[float]:
    """The labels that occur, numbers only."""
    flat = np.asarray(situation.labels, "float64").ravel()
    return sorted(set(flat[np.isfinite(flat)].tolist()))


def costs_of(situation: Situation, level: float) -> Iterator[float]:
    """What a row of this label costs for each sure answer: each unit, or yes and no on a single one."""
    units = situation.predictions.shape[-1]
    labels = np.full_like(situation.labels[:1], level)
    answers = np.array([[0.01], [0.99]]) if units == 1 else np.eye(units) * 0.98 + 0.01 / units
    for answer in answers:
        yield situation.cost(answer[None], labels)


def has_a_unit(situation: Situation, level: float) -> bool:
    """Whether some unit of the output is the right answer for this label, or the loss leaves the label out.

    A label is left out where the loss is 0 whatever is predicted. Only a backend that raises for a label
    without a unit tells the two apart.
    """
    costs = list(costs_of(situation, level))
    if not all(math.isfinite(each) for each in costs):
        return False
    left_out = all(each == 0.0 for each in costs)
    return left_out or max(costs) - min(costs) > TELLS
