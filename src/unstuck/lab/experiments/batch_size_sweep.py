"""The experiment batch-size-sweep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._train import SLACK, Trainer, allowance, largest, stream
from unstuck.lab.experiments._train_noise import Noise, noise_scale, plain
from unstuck.lab.experiments._train_score import Scored, Scorer
from unstuck.lab.recipe import Recipe
from unstuck.rules.bounds import FEW_UPDATES

#: The smallest size tried, and how far the sizes go beyond the user's own.
SMALLEST, BEYOND = 8, 4

#: Sizes tried at most, evenly spaced in powers of two: each is compiled anew on some backends.
SIZES = 5

#: Updates of a training at equal updates; at equal epochs they are as many as follow, but no more than
#: MOST, since a run that has had so many does not lack them.
UPDATES, MOST = (100, 70, 50, 35, 25, 16), 2 * FEW_UPDATES

#: A loss falls markedly further when it falls twice as far.
FURTHER = 2.0

#: A fall within this of another's is as good.
AS_GOOD = 0.8

#: A batch this many times the noise scale: gradients are then all but free of noise (1 part in 10 of
#: their squared length), so that larger batches only make steps fewer (McCandlish et al. 2018).
NOISELESS = 10.0

#: The part of the rows passed, at the end, whose losses are taken together.
LAST = 4

#: The share of the time that the gradients take at most.
NOISE_SHARE = 0.2


@experiment("batch-size-sweep", decides=("batch-size-too-large", "too-few-updates"))
def batch_size_sweep(recipe: Recipe, clock: Clock) -> Answer:
    """What other batch sizes reach, at equal epochs and at equal updates.

    Asks: is the batch too large, and if so, for want of updates or of noise?
    How: the model is trained from the weights of the user's run at the user's learning rate, with
    sizes that are powers of two up to four times the user's. At equal epochs, all sizes see as
    many rows, and the smaller make more updates; at equal updates, the larger see more rows. The
    loss is that over the last quarter of the rows passed.
    Beside that stands the gradient noise scale tr(S)/|G|^2 of McCandlish et al. (2018, "An empirical
    model of large-batch training"): the batch at which the noise of a gradient is as large as the
    gradient. One update on B rows gets 1/(1 + noise scale/B) of what a noiseless one would; so
    far below it, twice the batch is worth twice the updates, and far above it, nothing. It is
    estimated at the initial weights and, where they are known, at the trained ones.
    Means: where a smaller batch brings the loss down twice as far in the same epochs, and the user's
    does as well as that one when it gets as many updates, the batch is too large for these epochs:
    updates are what is missing. Where no smaller batch does better, it is not.
    """
    time_here = allowance(clock)
    users = min(recipe.batch_size, recipe.training_rows)
    trainer = Trainer(recipe)
    sizes = _sizes(users, trainer.count)
    if len(sizes) < 2:
        raise UnaskableError(f"{trainer.count} rows leave no choice of batch sizes")
    costs = {size: trainer.pilot(size) for size in sizes}
    noise = _noise(recipe, Clock(NOISE_SHARE * time_here.left))
    plan = _plan(recipe, trainer.count, costs, time_here.left)
    scorer = Scorer(trainer.model, trainer.x, trainer.y)
    sweep = _SizeSweep(trainer, scorer, recipe.shuffle, time_here, costs)
    equal_epochs = sweep.run(plan.equal_epochs)
    equal_updates = sweep.run(dict.fromkeys(sizes, plan.updates))
    longer = _as_many(sweep, equal_epochs, users)
    whole = plan.epochs >= recipe.epochs
    return _answer(recipe, _Found(users, equal_epochs, equal_updates, longer, noise, whole), plan, len(sizes))


def _sizes(users: int, rows: int) -> list[int]:
    """The user's size and powers of two around it, at most half of the rows but for the user's own."""
    most = max(min(BEYOND * users, rows // 2), users)
    powers = [2**k for k in range(16) if SMALLEST <= 2**k <= most and 2**k != users]
    below = [size for size in powers if size < users]
    above = [size for size in powers if size > users][-1:]
    room = SIZES - 1 - len(above)
    if len(below) > room:
        below = [below[k] for k in np.unique(np.linspace(0, len(below) - 1, room).round().astype(int))]
    return sorted([*below, users, *above])


def _plan(recipe: Recipe, rows: int, costs: dict[int, float], left: float) -> _Plan:
    """What there is time for: a third of it each for equal epochs, equal updates, and longer.

    The smallest sizes are left out of equal epochs before the epochs are cut.

    Raises:
        UnaskableError: too few updates to tell anything.
    """
    share, users = left / (3 * SLACK), min(recipe.batch_size, recipe.training_rows)
    updates = largest(UPDATES, share / sum(costs.values()))
    if updates is None:
        raise UnaskableError(
            f"an update takes {max(costs.values()):.2g} s, too long to try {len(costs)} sizes"
        )
    epochs = float(recipe.epochs)
    while True:
        counts = {size: max(2, math.ceil(epochs * rows / size)) for size in sorted(costs, reverse=True)}
        kept: dict[int, int] = {users: counts[users]}
        for size, count in counts.items():
            spent = sum(kept[each] * costs[each] for each in kept if each != size) + count * costs[size]
            if count <= MOST and spent <= share:
                kept[size] = count
        if any(size < users for size in kept) or counts[min(counts)] <= UPDATES[-1]:
            return _Plan(epochs, kept, updates)
        epochs /= 2.0


@dataclass(frozen=True)
class _Plan:
    """The epochs, the updates by size that these are, and the updates that all sizes make alike."""

    epochs: float
    equal_epochs: dict[int, int]
    updates: int


@dataclass(frozen=True)
class _SizedRun:
    """One training: how far the loss fell from its first value, and what it then was."""

    size: int
    updates: int
    loss: float
    fall: float
    score: Scored


@dataclass
class _SizeSweep:
    """Trainings with several batch sizes from the same weights."""

    trainer: Trainer
    scorer: Scorer
    shuffle: bool
    clock: Clock
    costs: dict[int, float]
    start: float | None = None

    def run(self, updates: dict[int, int]) -> dict[int, _SizedRun]:
        """Train with each size for so many updates, while there is time."""
        found = {}
        for size, count in updates.items():
            done = self.train(size, count)
            if done is not None:
                found[size] = done
        return found

    def train(self, size: int, updates: int) -> _SizedRun | None:
        """Train with one size; None where there is no time."""
        if self.clock.left < updates * self.costs[size]:
            return None
        seed = 0 if self.shuffle else None
        self.trainer.restart()
        losses = self.trainer.train(stream(self.trainer.count, size, updates, seed))
        score = self.scorer()
        if len(losses) < updates or not np.isfinite(losses).all():
            return _SizedRun(size, updates, math.inf, -math.inf, score)
        if self.start is None:
            self.start = self._first()
        loss = float(losses[-max(1, -(-updates // LAST)) :].mean())
        return _SizedRun(size, updates, loss, self.start - loss, score)

    def _first(self) -> float:
        """The loss of the initial weights over a thousand rows or so, in training mode."""
        size = min(self.costs)
        self.trainer.restart(0.0)
        batches = stream(self.trainer.count, size, max(1, min(1024, self.trainer.count) // size))
        return float(self.trainer.train(batches).mean())


def _as_many(sweep: _SizeSweep, runs: dict[int, _SizedRun], users: int) -> _SizedRun | None:
    """The user's size with as many updates as the best smaller one had at equal epochs."""
    smaller = [run for size, run in runs.items() if size < users]
    best = max(smaller, key=lambda each: each.fall, default=None)
    return sweep.train(users, best.updates) if best is not None and users in runs else None


def _noise(recipe: Recipe, clock: Clock) -> dict[str, Noise]:
    """The noise scale at the initial and at the trained weights, as far as there is time."""
    found = {}
    for start in ("initial", "trained"):
        try:
            trainer = Trainer(plain(recipe), weights=start)
            noise = noise_scale(trainer, Clock(clock.left / 2 if start == "initial" else clock.left))
        except UnaskableError:
            continue
        if noise is not None:
            found[start] = noise
    return found


@dataclass(frozen=True)
class _Found:
    """Everything that was measured; `longer` is the user's size with the best smaller one's updates.

    `whole` says that equal epochs are as many as the user's: over fewer, smaller batches are ahead
    whatever the size.
    """

    users: int
    epochs: dict[int, _SizedRun]
    updates: dict[int, _SizedRun]
    longer: _SizedRun | None
    noise: dict[str, Noise]
    whole: bool = True

    @property
    def own(self) -> _SizedRun | None:
        """The user's size at equal epochs."""
        return self.epochs.get(self.users)

    @property
    def best(self) -> _SizedRun | None:
        """The best smaller size at equal epochs."""
        smaller = [run for size, run in self.epochs.items() if size < self.users]
        return max(smaller, key=lambda each: each.fall, default=None)

    @property
    def helps(self) -> bool:
        """Whether a smaller batch brings the loss markedly further down in the same epochs."""
        own, best = self.own, self.best
        if own is None or best is None or not self.whole:
            return False
        return best.fall > max(0.0, FURTHER * own.fall)

    @property
    def updates_are_missing(self) -> bool:
        """Whether the user's size does as well when it gets as many updates."""
        best = self.best
        return best is not None and self.longer is not None and self.longer.fall >= AS_GOOD * best.fall

    @property
    def scale(self) -> float | None:
        """The largest noise scale: it grows as the loss falls."""
        return max((each.scale for each in self.noise.values()), default=None)


def _verdict(found: _Found) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own, best = found.own, found.best
    if own is None or best is None:
        return (), ()
    if found.helps:
        supports = ["batch-size-too-large"]
        if found.updates_are_missing:
            supports.append("too-few-updates")
        return tuple(supports), ()
    if math.isfinite(own.fall) and own.fall > 0 and own.fall >= AS_GOOD * best.fall:
        return (), ("batch-size-too-large",)
    return (), ()


def _answer(recipe: Recipe, found: _Found, plan: _Plan, tried: int) -> Answer:
    supports, refutes = _verdict(found)

    def shown(runs: dict[int, _SizedRun]) -> dict[str, Any]:
        known = sorted(runs)
        return {
            "sizes": known,
            "updates": [runs[size].updates for size in known],
            "losses": [runs[size].loss if math.isfinite(runs[size].loss) else None for size in known],
            "scores": [runs[size].score.value for size in known],
        }

    return Answer(
        says=_says(found, plan, tried),
        shows={
            "users_size": found.users,
            "users_epochs": recipe.epochs,
            "epochs": plan.epochs,
            "equal_epochs": shown(found.epochs),
            "equal_updates": shown(found.updates),
            "users_size_for_longer": found.longer.loss if found.longer else None,
            "noise_scale": {name: _finite(each.scale) for name, each in found.noise.items()},
        },
        supports=supports,
        refutes=refutes,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _says(found: _Found, plan: _Plan, tried: int) -> str:
    own, best = found.own, found.best
    if own is None or best is None:
        says = f"There was no time to train with a batch smaller than {found.users} rows."
        return f"{says} {_noise_says(found)}".strip()
    says = (
        f"In {plan.epochs:g} epochs, batches of {best.size} rows ({best.updates:,} updates) bring the loss "
        f"to {best.loss:.4g}, those of {own.size} ({own.updates:,} updates) to {own.loss:.4g}."
    )
    if len(found.epochs) < tried:
        says += f" Other sizes ({tried - len(found.epochs)}) were left out here, as they would take too long."
    if found.longer is not None:
        says += (
            f" With {found.longer.updates:,} updates, those of {own.size} come to {found.longer.loss:.4g}."
        )
    even = [found.updates[size] for size in (best.size, own.size) if size in found.updates]
    if len(even) == 2:
        says += f" After {plan.updates} updates each it is {even[0].loss:.4g} and {even[1].loss:.4g}."
    if found.helps:
        says += " The batch is too large"
        says += ": updates are what is missing." if found.updates_are_missing else "."
    elif "batch-size-too-large" in _verdict(found)[1]:
        says += " The batch is not too large."
    return f"{says} {_noise_says(found)}".strip()


def _noise_says(found: _Found) -> str:
    scale = found.scale
    if scale is None or not math.isfinite(scale):
        return ""
    says = f"The gradient noise scale is {scale:.3g} rows"
    if found.users > NOISELESS * scale:
        return f"{says}: so large a batch gives gradients hardly better than a tenth of it would."
    return f"{says}: up to about that size, larger batches give better gradients."
