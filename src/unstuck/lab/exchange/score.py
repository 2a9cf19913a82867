"""One figure for how well answers fit their targets, the same reading for every training that is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from unstuck.evidence.decisions import SUM_TOLERANCE, as_units
from unstuck.evidence.reference.problem import LOPSIDED
from unstuck.evidence.reference.readings import straightened

#: Thresholds tried where one unit decides between two classes: percentiles of its answers.
_PERCENTILES = np.linspace(0.0, 100.0, 101)

ProblemForm = Literal["classes", "two classes", "labels", "numbers"]

#: How the answers of an output are spread: what its last activation must be.
Range = Literal["softmax", "sigmoid", "linear"]


@dataclass(frozen=True)
class Judge:
    """How answers are scored: 1.0 is perfect, 0.0 or `floor` what the best constant answer gets.

    `form` says what the targets are. `is_open`: the loss leaves open how answers are
    meant, so numbers may be on another scale, and of two classes either may be the upper one. `cut` is the
    answer above which a unit says yes, None for the one that serves best.
    `targets` are those of the judged rows, (places,) of classes or (places, units).
    """

    form: ProblemForm
    targets: np.ndarray
    balanced: bool = False
    is_open: bool = False
    cut: float | None = None

    @property
    def measure(self) -> str:
        """The name of the figure."""
        if self.form == "numbers":
            return "R2"
        name = "balanced accuracy" if self.balanced or self.form == "labels" else "accuracy"
        return name if self.cut is None else f"{name} at a threshold of {self.cut:g}"

    @property
    def cuts(self) -> bool:
        """Whether a threshold decides."""
        return self.form in ("two classes", "labels")

    @property
    def floor(self) -> float:
        """What the best constant answer gets."""
        if self.form == "numbers":
            return 0.0
        if self.form == "labels":
            return 0.5
        _, counts = np.unique(self.targets, return_counts=True)
        return 1.0 / len(counts) if self.balanced else float(counts.max() / counts.sum())

    def __call__(self, answers: np.ndarray) -> float:
        """The score of answers to the judged rows; the floor where they are no numbers."""
        units = as_units(np.asarray(answers, np.float64))
        scores = units.reshape(-1, units.shape[-1])
        if scores.shape[0] != len(self.targets) or not np.isfinite(scores).all():
            return self.floor if self.form != "numbers" else 0.0
        if self.form == "numbers":
            return _explained(scores, self.targets, self.is_open)
        if self.form == "classes":
            return self._share(scores.argmax(axis=1))
        if self.form == "two classes":
            return self._best_cut(scores[:, 0], self.targets)
        each = [self._best_cut(s, t) for s, t in zip(scores.T, self.targets.T, strict=True)]
        return float(np.mean(each))

    def _share(self, decided: np.ndarray) -> float:
        right = decided == self.targets
        if not self.balanced:
            return float(right.mean())
        return float(np.mean([right[self.targets == level].mean() for level in np.unique(self.targets)]))

    def _best_cut(self, scores: np.ndarray, right: np.ndarray) -> float:
        """The share of right decisions at the threshold, above meaning yes where it must."""
        yes = right == right.max()
        if yes.all():
            return 1.0
        cuts = np.append(np.unique(np.percentile(scores, _PERCENTILES)), -np.inf)
        above = scores[None, :] > (cuts if self.cut is None else np.array([self.cut]))[:, None]
        found, spared = above[:, yes].mean(axis=1), 1.0 - above[:, ~yes].mean(axis=1)
        share = 0.5 if self.balanced or self.form == "labels" else float(yes.mean())
        best = float((share * found + (1.0 - share) * spared).max())
        turned = float((share * (1.0 - found) + (1.0 - share) * (1.0 - spared)).max())
        return max(best, turned) if self.is_open and self.cut is None else best


def _explained(scores: np.ndarray, targets: np.ndarray, is_open: bool) -> float:
    """R2, a mean over the units, at least 0: worse than the mean is no better than it."""
    centred = targets - targets.mean(axis=0)
    spread = (centred**2).sum(axis=0)
    if is_open:
        scores = straightened(scores, targets)
    errors = ((targets - scores) ** 2).sum(axis=0)
    varies = spread > 0
    if not varies.any():
        return 0.0
    return float(np.clip(1.0 - errors[varies] / spread[varies], 0.0, 1.0).mean())


def judge_of(targets: np.ndarray, answers: np.ndarray, *, is_open: bool) -> Judge | None:
    """How answers of this shape are scored on these targets; None where they do not compare.

    Args:
        targets: of the judged rows, (rows, ...) classes or (rows, ..., units).
        answers: (rows, ..., units) of an untrained model, for their shape.
        is_open: whether the loss leaves open how answers are meant.
    """
    answers = as_units(answers)
    targets = np.asarray(targets)
    if targets.dtype.kind not in "biuf" or not np.isfinite(targets).all():
        return None
    units, places = answers.shape[-1], int(np.prod(answers.shape[:-1]))
    whole = bool((targets == np.round(targets)).all())
    same = targets.size == places * units
    if not same and targets.size == places and whole and units > 1:
        # Classes without a unit of their own: the answers are an embedding, say, and no scores of classes.
        scored = targets.min() >= 0 and targets.max() < units
        return _of_classes(targets.reshape(-1).astype(np.int64)) if scored else None
    if not same:
        return None
    values = targets.reshape(places, units).astype(np.float64)
    levels = np.unique(values)
    if units == 1 and len(levels) == 2 and whole:
        judge = _of_classes(values[:, 0].astype(np.int64))
        return Judge("two classes", judge.targets, judge.balanced, is_open)
    if units > 1 and len(levels) == 2 and set(levels) == {0.0, 1.0}:
        if (np.abs(values.sum(axis=1) - 1.0) <= SUM_TOLERANCE).all():
            return _of_classes(values.argmax(axis=1))
        return Judge("labels", values.astype(np.int64), is_open=is_open)
    return Judge("numbers", values, is_open=is_open)


def _of_classes(classes: np.ndarray) -> Judge:
    _, counts = np.unique(classes, return_counts=True)
    return Judge("classes", classes, bool(counts.max() / counts.sum() > LOPSIDED / len(counts)))


def range_of(answers: np.ndarray) -> Range:
    """How the answers of an untrained model are spread over their last axis."""
    units = as_units(np.asarray(answers, np.float64))
    if not np.isfinite(units).all() or (units < 0).any() or (units > 1).any():
        return "linear"
    if units.shape[-1] > 1 and (np.abs(units.sum(axis=-1) - 1.0) <= SUM_TOLERANCE).all():
        return "softmax"
    # Values inside (0, 1) of a linear output are chance on a few rows; on many distinct ones they are not.
    return "sigmoid" if len(np.unique(units)) > 1 and (units > 0).all() and (units < 1).all() else "linear"
