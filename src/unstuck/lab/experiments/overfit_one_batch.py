"""The experiment overfit-one-batch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.kinds import default_rate
from unstuck.evidence.modes import depends_on_mode
from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._train import SLACK, Trainer, allowance, largest
from unstuck.lab.experiments._train_score import Scored, Scorer, chosen_rows
from unstuck.lab.experiments._train_widths import hidden_widths, widened
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe, UntreatableError

#: Rows of the batch: few enough to learn by heart, enough that no luck gets them right.
ROWS = 32

#: Updates at the user's rate, as many as the time allows: a network that can learn these rows by
#: heart mostly needs tens to a few hundred; after less than fifty, failing says nothing.
UPDATES = (300, 200, 100, 50)

#: Other rates get half as many each, and the best of them twice as many where it has come half-way.
FEWER, MORE = 0.5, 2

#: All trainings together, in those of the user's rate: its own, six others, the best, the wider model.
ALL = 1 + 6 * FEWER + MORE + 1

#: Learned is 31 of 32 rows right, or .95 of the targets' variation; failed is less than half of the
#: way there from the best constant answer.
LEARNED, FAILED = 0.95, 0.5

#: The rates that are tried after the user's own, as multiples of it, and then of Keras's default for
#: the optimizer, where those are further away than a factor of three from all before.
OTHER_RATES, AROUND_DEFAULT, NEAR = (10.0, 0.1, 100.0, 0.01), (1.0, 10.0), 3.0

#: How many times wider the model is made to see whether its width is what is missing.
WIDER = 4.0

#: Updates below which a wider model that fails too refutes nothing.
ENOUGH = 100

#: "Many more" updates than the run had.
MANY_MORE = 2.0

#: What leaves a model without any gradient from its start on.
STILL = ("dead-relu", "vanishing-gradient", "saturated-activations")


@experiment(
    "overfit-one-batch",
    decides=(*STILL, "model-too-small", "too-few-updates", "learning-rate-too-low", "learning-rate-too-high"),
)
def overfit_one_batch(recipe: Recipe, clock: Clock) -> Answer:
    """Whether the model can learn 32 rows by heart.

    Asks: can this model, with this loss and this optimizer, learn at all?
    How: 32 training rows with distinct inputs, of every class alike or spread over the targets, are
    trained on as one batch from the weights of the user's run, for up to 300 updates: at the
    user's learning rate and, where that fails, at 10, 0.1, 100 and 0.01 times that and about
    Keras's default (half as many updates each, and twice as many for the best of them). Then,
    where it fails at every rate, once more with four times as many units in every hidden layer.
    The score is the share of right decisions, or the explained part of the targets' variation
    (R2), in inference mode or in training mode, whichever is better: batch statistics are slow
    to settle, and dropout blurs what was learned.
    Means: a model that learns the batch at the user's rate has gradients, so that it is not dead,
    saturated or without gradient from its start. When it took many more updates than the run
    had, those were too few or the rate too low. When only another rate learns it, the rate is to
    blame. When no rate does and the wider model does, or gets at least half of the whole way further,
    the model is too small; when that fails too, its width is not what is missing, and how it
    starts, its output, its loss and its targets are left.
    """
    time_here = allowance(clock)
    rows = chosen_rows(recipe, ROWS)
    few = recipe.with_rows(rows)
    batch = _Batch.of(_alone(few), time_here, runs=ALL)
    tries = _tries(batch, time_here)
    own, best = tries[0], max(tries, key=lambda each: each.reached)
    wide = _wider(_alone(few), best.rate, batch.updates, time_here) if best.reached < FAILED else None
    supports, refutes = _verdict(recipe, own, best, wide)
    return Answer(
        says=_says(recipe, tries, wide, len(rows)),
        shows={
            "rows": len(rows),
            "kind": best.score.kind,
            "baseline": best.score.baseline,
            "rates": [each.rate for each in tries],
            "scores": [each.score.value for each in tries],
            "updates": [each.updates for each in tries],
            "learned": best.learned,
            "users_rate": own.rate,
            "users_updates": recipe.updates,
            "wider_score": wide.score.value if wide else None,
        },
        supports=supports,
        refutes=refutes,
    )


def _tries(batch: _Batch, clock: Clock) -> list[_Try]:
    """The user's rate, others where it fails, and the best of them again for longer."""
    rate, updates = batch.trainer.rate, batch.updates
    tries = [batch.train(rate, updates, clock)]
    if tries[0].reached >= FAILED:
        return tries
    for other in _other_rates(batch):
        if not batch.affordable(clock) or tries[-1].learned:
            return tries
        tries.append(batch.train(other, round(FEWER * updates), clock))
    best = max(tries, key=lambda each: each.reached)
    if best.reached >= FAILED and not best.learned and clock.left > 0:
        tries.append(batch.train(best.rate, MORE * updates, clock))
    return tries


def _other_rates(batch: _Batch) -> list[float]:
    """The rates to try after the user's own."""
    users, found = batch.trainer.rate, list[float]()
    usual = default_rate(str((batch.trainer.recipe.compiled.get("optimizer") or {}).get("class_name", "")))
    for rate in [*(users * each for each in OTHER_RATES), *(usual * each for each in AROUND_DEFAULT)]:
        if rate > 0 and all(not 1 / NEAR < rate / each < NEAR for each in [users, *found] if each > 0):
            found.append(float(f"{rate:.6g}"))
    return found


def _alone(few: Recipe) -> Recipe:
    """The recipe with nothing held out: its rows are the batch."""
    return replace(few, validation_split=0.0, held_out=None, batch_size=ROWS)


@dataclass(frozen=True)
class _Try:
    """One training on the batch: `updates` were made until it was learned, or in vain."""

    rate: float
    score: Scored
    updates: int
    ended: bool

    @property
    def reached(self) -> float:
        """The part of the way from the best constant answer to all right, at most 1."""
        return (self.score.value - self.score.baseline) / max(1.0 - self.score.baseline, 1e-9)

    @property
    def learned(self) -> bool:
        """Whether all but a row at most is right."""
        return self.score.value >= LEARNED


@dataclass
class _Batch:
    """A trainer on the batch, with what scores it and how many updates there is time for."""

    trainer: Trainer
    scorer: Scorer
    modes: bool
    updates: int

    @classmethod
    def of(cls, few: Recipe, clock: Clock, runs: float, weights: Any = "initial") -> _Batch:
        """Build it and measure an update.

        Raises:
            UnaskableError: there is no time for enough updates.
        """
        trainer = Trainer(few, weights=weights)
        scorer = Scorer(trainer.model, trainer.x, trainer.y, ROWS)
        cost = trainer.pilot(trainer.count)
        updates = largest(UPDATES, clock.left / (SLACK * runs * cost))
        if updates is None:
            raise UnaskableError(f"an update takes {cost:.2g} s, too long to make {UPDATES[-1]} of them")
        return cls(trainer, scorer, depends_on_mode(trainer.model), updates)

    def affordable(self, clock: Clock) -> bool:
        """Whether there is time for one more training at another rate."""
        return clock.left > FEWER * self.updates * self.trainer.seconds

    def train(self, rate: float, updates: int, clock: Clock) -> _Try:
        """Train until the batch is learned, or the updates or the time are used up."""
        whole = np.arange(self.trainer.count)
        best: list[Scored] = []
        looks = set(_looks(updates))

        def learned(done: int) -> bool:
            if done in looks:
                best.append(self._score())
            return bool(best) and best[-1].value >= LEARNED

        self.trainer.restart(rate)
        losses = self.trainer.train([whole] * updates, until=time.monotonic() + clock.left, each=learned)
        best.append(self._score())
        top = max(best, key=lambda each: each.value if np.isfinite(each.value) else -np.inf)
        return _Try(rate, top, len(losses), len(losses) < updates)

    def _score(self) -> Scored:
        found = self.scorer()
        if found.value < LEARNED and self.modes:
            found = max(found, self.scorer.training(), key=lambda each: each.value)
        return found


def _looks(updates: int) -> Sequence[int]:
    """After which updates the score is looked at: every tenth, and the first few powers of two."""
    return [1, 2, 4, 8, *range(10, updates + 1, 10)]


def _wider(few: Recipe, rate: float, updates: int, clock: Clock) -> _Try | None:
    """The same with four times the width, None where that cannot be had or there is no time."""
    try:
        wide = widened(few, hidden_widths(few), WIDER)
        batch = _Batch.of(wide, clock, runs=1.0, weights="fresh")
    except (UntreatableError, UnaskableError):
        return None
    if batch.updates < updates:
        return None
    with quiet():
        found = batch.train(rate, updates, clock)
    return None if found.ended and not found.learned else found


def _lifts(best: _Try, wide: _Try) -> bool:
    """Whether the wider model gets where this one does not."""
    return wide.learned or wide.reached - best.reached >= FAILED


def _verdict(
    recipe: Recipe, own: _Try, best: _Try, wide: _Try | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The causes that it speaks for and against."""
    if own.learned:
        if own.updates >= MANY_MORE * recipe.updates:
            return ("too-few-updates", "learning-rate-too-low"), STILL
        return (), STILL
    if own.reached < FAILED and best.learned:
        rate = "learning-rate-too-low" if best.rate > own.rate else "learning-rate-too-high"
        other = "learning-rate-too-high" if best.rate > own.rate else "learning-rate-too-low"
        return (rate,), (other,)
    if best.reached < FAILED and wide is not None:
        if _lifts(best, wide):
            return ("model-too-small",), ()
        if wide.reached < FAILED and wide.updates >= ENOUGH:
            return (), ("model-too-small",)
    return (), ()


def _says(recipe: Recipe, tries: list[_Try], wide: _Try | None, rows: int) -> str:
    own, best = tries[0], max(tries, key=lambda each: each.reached)
    says = f"Trained on {rows} rows alone at its own learning rate, the model reaches {_score(own)}."
    if own.learned:
        made = recipe.updates
        says += " This model, loss and optimizer can learn."
        if own.updates >= MANY_MORE * made:
            says += f" It took {own.updates / made:.2g} times the {made:,} updates that the run had."
        return says
    if len(tries) > 1:
        rates = f"{min(each.rate for each in tries):.2g} to {max(each.rate for each in tries):.2g}"
        says += f" Of {len(tries)} rates from {rates}, {best.rate:.2g} comes furthest: {_score(best)}."
    if best.learned:
        return f"{says} It can learn, but not at {own.rate:.2g}."
    if best.reached >= FAILED:
        return f"{says} It learns a part of them, which decides nothing."
    if wide is None:
        return f"{says} It does not learn at all."
    if _lifts(best, wide):
        return f"{says} With {WIDER:g} times the hidden units it reaches {_score(wide)}: it is too small."
    if wide.reached >= FAILED:
        return (
            f"{says} With {WIDER:g} times the hidden units it reaches {_score(wide)}, which decides nothing."
        )
    return (
        f"{says} With {WIDER:g} times the hidden units it reaches {_score(wide)}: its width is not what is "
        "missing. How it starts, its output, its loss and its targets are left."
    )


def _score(each: _Try) -> str:
    """What was reached, in words."""
    value, updates = each.score.value, f"after {each.updates:,} updates"
    if each.score.kind == "r2":
        return f"an R2 of {value:.3g} (always the mean: 0) {updates}"
    constant = f"always the most frequent answer: {100 * each.score.baseline:.3g}%"
    return f"{100 * value:.3g}% right ({constant}) {updates}"
