"""The experiment capacity-ladder."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._train import SEEDS, SLACK, Gain, Trainer, allowance, largest, least_gain, stream
from unstuck.lab.experiments._train_score import Scorer
from unstuck.lab.experiments._train_widths import deepened, hidden_widths, widened
from unstuck.lab.recipe import Recipe, UntreatableError

#: The rungs: the width of all hidden layers, as a multiple of the user's, in the order of their worth.
WIDTHS = (4.0, 2.0, 0.5)

#: It may take this many times as long as others: it makes fifteen trainings or more.
LONGER = 1.7

#: Rates that each rung may choose from, as multiples of the user's: what suits one width need not
#: suit four times that (for gradient descent the largest stable rate falls about as the width grows).
RATES = (1.0, 3.0, 1.0 / 3.0)

#: Updates of each training, as many as the time allows.
UPDATES = (600, 400, 300, 200, 140, 100, 70)

#: Fewer updates than this and than the user's own refute nothing: a ceiling is reached late.
ENOUGH = 200

#: Larger models learn faster as well. A lift counts where it is at least this many times what the
#: model itself still gained over the second half of its updates: then it is no matter of time.
RISING = 2.0

#: Nearly perfect: there is nothing left to lift.
PERFECT = 0.97


@experiment("capacity-ladder", decides=("model-too-small",))
def capacity_ladder(recipe: Recipe, clock: Clock) -> Answer:
    """Whether more units, or one more layer, lift the score.

    Asks: is the model too small for its own training rows?
    How: models with 4, 2, 1 and half times the units in every hidden layer, and one with a hidden
    layer more, are trained for the same number of updates on the same batches, from newly drawn
    weights: first at the user's rate, at three times and at a third of it (at the user's alone where
    time is short), then at the best of these with two more seeds. The score is that on training
    rows, where a ceiling shows: the share of right decisions, or the explained part of the
    targets' variation (R2).
    Rungs are compared seed by seed; a difference counts when it is above its noise (Student's t
    over the seeds, one-sided, 1 in 20) and lifts the score by a quarter of what it lacks or more.
    Means: where a larger model gets further, by twice or more of what the user's still gained over
    the second half of its updates, the model is too small. Where none does, more units are no help
    at this length of training, which must be 200 updates or the user's own. A score that is
    perfect already leaves nothing to lift.
    """
    time_here = allowance(clock, LONGER)
    rungs = _rungs(recipe)
    base = _Rung("1", recipe)
    cost = base.pilot()
    updates, rates = _affordable(cost, len(rungs), time_here)
    base.climb(updates, rates, time_here)
    left_out = []
    if base.mean < PERFECT:
        for rung in rungs:
            if not rung.fits(time_here, updates, rates) or not rung.climb(updates, rates, time_here):
                left_out.append(rung.name)
    known = {rung.name: rung for rung in [base, *rungs] if rung.scores}
    lifts = {name: Gain.of(base.scores, rung.scores) for name, rung in known.items() if name != "1"}
    supports, refutes = _verdict(base, lifts)
    return Answer(
        says=_says(base, lifts, updates, left_out),
        shows={
            "rungs": list(known),
            "scores": [rung.mean for rung in known.values()],
            "rates": [rung.rate for rung in known.values()],
            "by_seed": [rung.scores for rung in known.values()],
            "lifts": {name: lift.mean for name, lift in lifts.items()},
            "noise": {name: lift.noise for name, lift in lifts.items()},
            "kind": base.kind,
            "still_rising": base.rise,
            "updates": updates,
            "left_out": left_out,
        },
        supports=supports,
        refutes=refutes,
    )


def _rungs(recipe: Recipe) -> list[_Rung]:
    """The models to compare with, those that can be made.

    Raises:
        UnaskableError: none can.
    """
    widths = hidden_widths(recipe)
    if not widths:
        raise UnaskableError("the model has no hidden layer whose units could be changed")
    makers: dict[str, Callable[[], Recipe]] = {
        f"{factor:g}": lambda factor=factor: widened(recipe, widths, factor)  # type: ignore[misc]
        for factor in WIDTHS
    }
    makers["deeper"] = lambda: deepened(recipe, widths)
    found = []
    for name, make in makers.items():
        if name == "0.5" and max(widths.values()) < 2:
            continue
        try:
            found.append(_Rung(name, make()))
        except UntreatableError:
            continue
    if not found:
        raise UnaskableError("the hidden layers cannot be given other widths")
    return found


def _affordable(cost: float, rungs: int, clock: Clock) -> tuple[int, int]:
    """Updates of each training, and how many rates; rungs are given up before rates.

    Raises:
        UnaskableError: too few updates to tell anything.
    """
    for rates, kept in ((len(RATES), rungs + 1), (len(RATES), 2), (1, 2)):
        trainings = kept * (rates + len(SEEDS) - 1)
        updates = largest(UPDATES, clock.left / (SLACK * cost * trainings))
        if updates is not None:
            return updates, rates
    raise UnaskableError(f"an update takes {cost:.2g} s, too long to train several models")


@dataclass
class _Rung:
    """One model of the ladder: its scores by seed, at its best rate."""

    name: str
    recipe: Recipe
    scores: list[float] = field(default_factory=list)
    rate: float = 0.0
    kind: str = "right"
    updates: int = 0
    halfway: list[float] = field(default_factory=list)
    trainer: Trainer | None = None
    _half: dict[float, float] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        """The mean score over the seeds."""
        return float(np.mean(self.scores)) if self.scores else -math.inf

    @property
    def rise(self) -> float:
        """The mean gain over the second half of the updates, with the seeds that were trained."""
        return max(0.0, self.mean - float(np.mean(self.halfway))) if self.halfway else 0.0

    def pilot(self) -> float:
        """The seconds an update takes.

        Raises:
            UnaskableError: the model cannot be built or trained.
        """
        self.trainer = self.trainer or Trainer(self.recipe, weights="fresh")
        return self.trainer.seconds or self.trainer.pilot(self.recipe.batch_size)

    def fits(self, clock: Clock, updates: int, rates: int) -> bool:
        """Whether there is time for it; false too where it cannot be built."""
        if not clock.left:
            return False
        try:
            cost = self.pilot()
        except UnaskableError:
            return False
        return clock.left > cost * updates * (rates + len(SEEDS) - 1)

    def climb(self, updates: int, rates: int, clock: Clock) -> bool:
        """Train at each rate, then at the best one with the other seeds; false where time ran out."""
        self.pilot()
        assert self.trainer is not None
        scorer = Scorer(self.trainer.model, self.trainer.x, self.trainer.y)
        first = {}
        for times in RATES[:rates]:
            rate = times * self.trainer.rate
            first[rate] = self._train(rate, SEEDS[0], updates, scorer)
            if not clock.left:
                break
        self.updates = updates
        self.rate = max(first, key=lambda rate: first[rate])
        scores, self.halfway = [first[self.rate]], [self._half[self.rate]]
        for seed in SEEDS[1:]:
            if not clock.left or scores[0] >= 1.0:
                break
            self.trainer.begin_with(Trainer(self.recipe, seed=seed, weights="fresh"))
            scores.append(self._train(self.rate, seed, updates, scorer))
            self.halfway.append(self._half[self.rate])
        self.scores = scores if len(scores) == len(SEEDS) else scores * len(SEEDS) if scores[0] >= 1.0 else []
        self.trainer = None  # a wide model is not kept longer than it is needed
        return bool(self.scores)

    def _train(self, rate: float, seed: int, updates: int, scorer: Scorer) -> float:
        """The score of one training, 0 where it broke down (what the mean answer gets as R2)."""
        trainer = self.trainer
        assert trainer is not None
        trainer.restart(rate)
        order = seed if self.recipe.shuffle else None
        half = updates // 2
        batches = stream(trainer.count, self.recipe.batch_size, updates, order)
        losses = trainer.train(batches[:half])
        self._half[rate] = max(scorer().value, 0.0)
        losses = np.concatenate([losses, trainer.train(batches[half:])])
        scored = scorer()
        self.kind = scored.kind
        broke = not np.isfinite(losses).all() or not math.isfinite(scored.value)
        return 0.0 if broke else max(scored.value, 0.0)


def _verdict(base: _Rung, lifts: dict[str, Gain]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if base.mean >= PERFECT:
        return (), ("model-too-small",)
    least = least_gain(base.mean)
    larger = {name: lift for name, lift in lifts.items() if name != "0.5"}
    if any(lift.is_at_least(max(least, RISING * base.rise)) for lift in larger.values()):
        return ("model-too-small",), ()
    enough = base.updates >= min(ENOUGH, base.recipe.updates)
    if enough and "4" in larger and all(lift.is_below(least) for lift in larger.values()):
        return (), ("model-too-small",)
    return (), ()


def _says(base: _Rung, lifts: dict[str, Gain], updates: int, left_out: list[str]) -> str:
    what = "R2" if base.kind == "r2" else "share of right answers"
    says = f"After {updates} updates at its best rate ({base.rate:.2g}), the {what} is {base.mean:.3f}"
    if not lifts:
        return says + (
            ": there is nothing to lift." if base.mean >= PERFECT else "; there was no time for others."
        )
    others = [
        f"{base.mean + lift.mean:.3f} with {_called(name)} (difference {lift.mean:+.3f} ± {lift.noise:.3f})"
        for name, lift in lifts.items()
    ]
    says += f" on rows it was trained on; {', '.join(others)}."
    if left_out:
        says += f" Left out: {', '.join(_called(name) for name in left_out)}."
    supports, refutes = _verdict(base, lifts)
    if supports:
        return f"{says} The model is too small."
    return f"{says} More units do not lift it." if refutes else f"{says} This decides nothing."


def _called(rung: str) -> str:
    names = {"deeper": "one more hidden layer", "0.5": "half the units"}
    return names.get(rung, f"{rung} times the units")
