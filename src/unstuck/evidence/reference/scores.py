"""Scores by row, their paired differences, and what chance reaches. Pure numpy.

A score of one row is such that the mean over rows is the measure, so that two answers to the same
rows compare row by row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from unstuck.evidence.facts.reference import Versus

TargetKind = Literal["classes", "labels", "numbers"]

#: How many standard errors of the paired differences count as more than chance.
PAIRED_ERRORS = 3.0

#: Times that the judged targets are dealt out anew: p = .01 can be reached, and it is only counting.
PERMUTATIONS = 199

#: Neighbouring rows of a series err alike; the means of this many stretches are nearly independent.
STRETCHES = 20


@dataclass(frozen=True)
class Target:
    """What is right on the judged places, and what training rows say of it.

    `values` are class codes (places,), 0/1 (places, labels) or numbers (places, outputs). `taught` are
    the same of the training rows. `groups` numbers the draw that each place belongs to. `balanced` asks for
    each class to count alike, `absolute` for absolute errors in place of squared ones. With `pooled` the
    columns are one quantity (pixels), so that their errors add up; else each column counts alike.
    """

    kind: TargetKind
    values: np.ndarray
    taught: np.ndarray
    groups: np.ndarray
    classes: int | None = None
    balanced: bool = False
    absolute: bool = False
    pooled: bool = False
    series: bool = False

    @property
    def measure(self) -> str:
        """What the scores are called."""
        if self.kind == "numbers":
            return "error saved" if self.absolute else "R2"
        return "balanced accuracy" if self.balanced else "accuracy"

    def scores(self, answers: np.ndarray) -> np.ndarray:
        """One score a place: of decisions (codes, or 0/1 by label), or of numbers."""
        if self.kind == "numbers":
            return self._of_numbers(answers)
        hits = np.asarray(answers == self.values).astype(np.float64)
        if not self.balanced:
            return hits if hits.ndim == 1 else np.asarray(hits.mean(axis=1))
        columns = hits.reshape(len(hits), -1) * self._weights
        return np.asarray(columns.mean(axis=1))

    @property
    def _weights(self) -> np.ndarray:
        """Of each place and column: places / (classes seen there x places of its class)."""
        values = self.values.reshape(len(self.values), -1)
        weights = np.empty(values.shape, np.float64)
        for column in range(values.shape[1]):
            _, codes, counts = np.unique(values[:, column], return_inverse=True, return_counts=True)
            weights[:, column] = len(values) / (len(counts) * counts[codes.reshape(-1)])
        return weights

    def _of_numbers(self, answers: np.ndarray) -> np.ndarray:
        """1 - error / the mean error of the training rows' constant answer, a mean over outputs."""
        constant = self.constant
        off, usual = answers - self.values, constant - self.values
        errors, known = (np.abs(off), np.abs(usual)) if self.absolute else (off**2, usual**2)
        if self.pooled:
            errors, known = errors.mean(axis=1, keepdims=True), known.mean(axis=1, keepdims=True)
        scale = known.mean(axis=0)
        varies = scale > 0
        if not varies.any():
            return np.zeros(len(errors))
        return np.asarray(1.0 - (errors[:, varies] / scale[varies]).mean(axis=1))

    @property
    def constant(self) -> np.ndarray:
        """The training rows' best constant: the mean, for absolute errors the median."""
        return np.asarray(np.median(self.taught, axis=0) if self.absolute else self.taught.mean(axis=0))

    @property
    def shares(self) -> np.ndarray:
        """The share of each class among the training rows, or of yes for each label; never 0."""
        if self.kind == "labels":
            return np.asarray(np.clip(self.taught.mean(axis=0), 1.0 / len(self.taught), 1.0))
        counts = np.bincount(self.taught, minlength=self.classes or 0)
        return np.maximum(counts, 1.0) / max(len(self.taught), 1)


def versus(target: Target, network: np.ndarray, other: np.ndarray) -> Versus:
    """The network's scores against others', paired."""
    apart = network - other
    draws = _means(apart, target.groups)
    if target.series and len(draws) >= 2 * STRETCHES:
        draws = np.array([part.mean() for part in np.array_split(draws, STRETCHES)])
    error = float(draws.std(ddof=1)) / math.sqrt(len(draws)) if len(draws) > 1 else math.inf
    mean = float(apart.mean())
    reach = PAIRED_ERRORS * error
    return Versus(difference=mean, low=mean - reach, high=mean + reach)


def _means(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The mean of each group."""
    _, codes = np.unique(groups, return_inverse=True)
    codes = codes.reshape(-1)
    return np.asarray(np.bincount(codes, weights=values) / np.bincount(codes))


def chance(target: Target, answers: Mapping[str, np.ndarray], best: float) -> tuple[float, int]:
    """(p value, permutations) of the best simple model: how often dealt-out targets do as well."""
    draw, places, as_good = np.random.default_rng(0), len(target.values), 0
    for _ in range(PERMUTATIONS):
        order = _order(target, draw, places)
        dealt = Target(**{**vars(target), "values": target.values[order]})
        as_good += max(float(dealt.scores(each).mean()) for each in answers.values()) >= best
    return (1 + as_good) / (1 + PERMUTATIONS), PERMUTATIONS


def _order(target: Target, draw: np.random.Generator, places: int) -> np.ndarray:
    """Places in another order; those of a series moved along it, so that neighbours stay alike."""
    if not target.series:
        return draw.permutation(places)
    tenth = max(1, places // 10)
    return np.roll(np.arange(places), int(draw.integers(tenth, max(tenth + 1, places - tenth))))


def best_reading(readings: list[np.ndarray], score: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The scores of the reading of an answer that scores best."""
    return max((score(reading) for reading in readings), key=lambda scores: float(scores.mean()))
