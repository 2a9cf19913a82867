"""The experiment cross-validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.evidence.reference.folds import Fold, folds_of, is_series
from unstuck.evidence.sample import leaves
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._arms import figure, judged_by, measure_of, trained
from unstuck.lab.experiments._rows import targets_of
from unstuck.lab.recipe import Recipe
from unstuck.lab.resize import Size
from unstuck.lab.sizing import affordable
from unstuck.lab.verdicts import student

#: How many parts of the rows judge in turn, and how many of them it takes to say something.
FOLDS, FEWEST_FOLDS = 5, 3

#: The share of the time left that it may use.
SHARE = 0.8

#: Ten points between training and held-out rows are more than a sound model has to show.
GAP = 0.1


_ONE_SIDED = "one-sided-validation-split"


@dataclass(frozen=True)
class _Scores:
    """Held-out and training scores by fold, and those of the user's own split (None without one).

    `whole` says that the trainings were as long as the user's.
    """

    measure: str
    held: np.ndarray
    taught: np.ndarray
    own: float | None
    own_rows: int
    series: bool
    rows: int
    epochs: int
    whole: bool

    @property
    def mean(self) -> float:
        return float(self.held.mean())

    @property
    def deviation(self) -> float:
        return float(self.held.std(ddof=1))

    @property
    def student(self) -> float:
        return student(len(self.held))

    @property
    def half(self) -> float:
        """Half of the 95 % interval of the mean; the folds share training rows, so it is approximate."""
        return self.student * self.deviation / math.sqrt(len(self.held))

    @property
    def gap(self) -> float:
        """How much better the training rows are answered than the held-out ones."""
        return float((self.taught - self.held).mean())

    @property
    def range(self) -> tuple[float, float]:
        """Between which scores another split's lies; an accuracy within 0 and 1."""
        low, high = self.mean - self.spread, self.mean + self.spread
        return (max(0.0, low), min(1.0, high)) if self.measure == "accuracy" else (low, min(1.0, high))

    @property
    def spread(self) -> float:
        """How far another split's score may lie from the mean: 95 % of them lie within it.

        Its own rows add the noise of their count, where they are fewer than a fold's.
        """
        share = min(max(self.mean, 0.0), 1.0)
        count = share * (1.0 - share) / max(self.own_rows, 1) if self.measure == "accuracy" else 0.0
        one = max(self.deviation, math.sqrt(count))
        return self.student * math.sqrt(one**2 + self.deviation**2 / len(self.held))


@experiment("cross-validation", decides=("overfitting", _ONE_SIDED), trains=True)
def cross_validation(recipe: Recipe, clock: Clock) -> Answer:
    """What the network scores on each part of the rows in turn.

    Asks: is it the network that does not generalise, or the validation rows that are unlike the rest?
    How: the rows are cut into five parts with the same mix of classes (a series: into stretches, each
    judged by what came before). The network is trained five times, each time judged by another part,
    and once on the user's own split, all for the same number of epochs.
    Means: where the user's own split lies outside the range of other splits, that split misleads.
    Where it lies inside and every part scores clearly below the training rows, the network does not
    carry over what it learns.
    """
    folds, series = _folds(recipe)
    begun = clock.spent
    size = affordable(recipe, SHARE * clock.left, 1, len(folds) + 1)
    own, own_rows = None, 0
    (_, _), judging = recipe.split()
    rows = epochs = 0
    if judging is not None:
        arm = trained(recipe, 0, size, clock.left)
        own = figure(arm, "val_right")
        own_rows = min(len(leaf) for leaf in leaves(judging[0])) * arm.rows // max(recipe.training_rows, 1)
    held, taught, longest = list[float](), list[float](), clock.spent - begun
    for number, fold in enumerate(folds):
        if len(held) >= FEWEST_FOLDS and clock.left < longest:
            break
        started = clock.spent
        try:
            # Newly drawn weights each time: what the user's run began with is one start of many.
            arm = trained(judged_by(recipe, *fold), 1 + number, size, clock.left)
        except UnaskableError:
            if len(held) < FEWEST_FOLDS:
                raise
            break
        held.append(figure(arm, "val_right"))
        taught.append(figure(arm, "right"))
        rows, epochs = arm.rows, arm.epochs
        longest = max(longest, clock.spent - started)
    taken_whole = size == Size()
    scores = _Scores(
        measure_of(recipe), np.array(held), np.array(taught), own, own_rows, series, rows, epochs, taken_whole
    )
    return _answer(scores)


def _folds(recipe: Recipe) -> tuple[Sequence[Fold], bool]:
    """The parts of the rows, and whether they are those of a series.

    Raises:
        UnaskableError: too few rows.
    """
    if recipe.rows < 4 * FOLDS:
        raise UnaskableError(f"{recipe.rows} rows are too few to hold some of them out")
    try:
        targets, classes = targets_of(recipe)
    except UnaskableError:
        targets, classes = np.zeros(recipe.rows), None  # several targets a row: parts at random
    series = is_series(recipe.x, targets, classes=classes is not None)
    return folds_of(targets, classes=classes is not None, series=series, count=FOLDS), series


def _answer(scores: _Scores) -> Answer:
    """What the scores speak for."""
    off = scores.own is not None and abs(scores.own - scores.mean) > scores.spread
    gap_error = (
        scores.student * float((scores.taught - scores.held).std(ddof=1)) / math.sqrt(len(scores.held))
    )
    apart = scores.gap - gap_error > 0.0 and scores.gap >= GAP
    alike = scores.gap + gap_error < GAP
    unlike = off and not scores.series  # the latest rows of a series are unlike the rest by themselves
    supports = [name for name, holds in ((_ONE_SIDED, unlike), ("overfitting", apart)) if holds]
    return Answer(
        says=_says(scores, off, apart),
        shows={
            "measure": scores.measure,
            "held_out": scores.held.tolist(),
            "training": scores.taught.tolist(),
            "mean": scores.mean,
            "low": scores.mean - scores.half,
            "high": scores.mean + scores.half,
            "own_split": scores.own,
            "range": list(scores.range),
            "gap": scores.gap,
            "in_time_order": scores.series,
            "rows": scores.rows,
            "epochs": scores.epochs,
        },
        supports=tuple(supports),
        refutes=("overfitting",) if alike and off and scores.whole else (),
    )


def _says(scores: _Scores, off: bool, apart: bool) -> str:
    """What was done, what came out, what it means."""
    low, high = scores.mean - scores.half, scores.mean + scores.half
    high = min(high, 1.0)
    parts = "stretches, each judged by what came before," if scores.series else "parts of the rows in turn"
    says = (
        f"Judged by {len(scores.held)} {parts} (trained on {scores.rows:,} rows, epochs: {scores.epochs}), "
        f"the network's held-out {scores.measure} is {scores.mean:.3f} on average (95% interval {low:.3f} to "
        f"{high:.3f}) and {scores.taught.mean():.3f} in training."
    )
    if scores.own is not None:
        lies = "outside" if off else "inside"
        says += (
            f" Your own validation rows give {scores.own:.3f}, {lies} the {scores.range[0]:.3f} to "
            f"{scores.range[1]:.3f} where another split's score lies."
        )
    if off:
        unlike = "harder" if scores.own is not None and scores.own < scores.mean else "easier"
        misleads = "the series changes" if scores.series else "their score misleads"
        says += f" Those rows are {unlike} than the rest: {misleads}."
    if apart:
        says += " What it learns of its training rows does not carry over to others."
    elif scores.own is not None and not off:
        says += " The validation score is what any split gives."
    if len(scores.held) < FOLDS:
        says += f" The time was enough for {len(scores.held)} of {FOLDS} parts."
    return says
