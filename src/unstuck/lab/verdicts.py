"""From paired trainings to a verdict: the paired difference, its interval, and what follows from it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from unstuck.case.proofs import Verdict

#: Pairs of trainings below which no verdict is given: an interval of two pairs spans half the scale.
FEWEST_PAIRS = 3

#: Two-sided 95 % points of Student's t by degrees of freedom (any table of it; 1.96 in the limit).
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)

#: A difference of scores below one point of a hundred is nobody's cure, however sure.
SMALLEST_GAIN = 0.01

#: An interval that reaches so far has not shown that nothing changes: a tenth of the scale is a cure.
WORTH_HAVING = 0.1


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The mean of treated minus control over the pairs, and its 95 % interval (Student's t)."""

    mean: float
    low: float
    high: float
    pairs: int

    @property
    def better(self) -> bool:
        """Whether the interval lies above zero, by a gain worth having."""
        return self.low > 0.0 and self.mean >= SMALLEST_GAIN

    @property
    def worse(self) -> bool:
        """Whether the interval lies below zero, by a loss worth naming."""
        return self.high < 0.0 and self.mean <= -SMALLEST_GAIN


def student(values: int) -> float:
    """The two-sided 95 % point of Student's t for the mean of so many values, at least 2."""
    return _T95[values - 2] if values - 2 < len(_T95) else 1.96


def paired_difference(control: Sequence[float | None], treated: Sequence[float | None]) -> Difference | None:
    """The difference over the pairs of which both have a value; None for fewer than two."""
    gains = [
        after - before
        for before, after in zip(control, treated, strict=True)
        if before is not None and after is not None
    ]
    if len(gains) < 2:
        return None
    mean, pairs = statistics.fmean(gains), len(gains)
    half = student(pairs) * statistics.stdev(gains) / math.sqrt(pairs)
    return Difference(mean=mean, low=mean - half, high=mean + half, pairs=pairs)


def verdict_of(difference: Difference | None, healed: bool) -> tuple[Verdict, str]:
    """The verdict and, where nothing is proven, why not.

    Args:
        difference: of the pairs, None where there were too few.
        healed: whether the symptoms that the cause explains are gone in most treated trainings.
    """
    if difference is None or difference.pairs < FEWEST_PAIRS:
        return "not proven", f"fewer than {FEWEST_PAIRS} pairs of trainings came to an end"
    if difference.worse:
        return "worse", "the symptom is gone, but so is part of the score" if healed else ""
    if healed:
        if difference.better:
            return "confirmed", ""
        return "not proven", "the symptom is gone, but the difference may be chance"
    if difference.better:
        return "helped", ""
    if difference.high >= WORTH_HAVING:
        return "not proven", "the pairs scatter too much to tell"
    return "no effect", ""
