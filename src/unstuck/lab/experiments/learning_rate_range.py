"""The experiment learning-rate-range."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from unstuck.evidence.kinds import default_rate
from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._train import SLACK, Trainer, allowance, largest, stream
from unstuck.lab.recipe import Recipe
from unstuck.rules.bounds import FEW_UPDATES

#: How far the rates reach around Keras's default, and around the user's own: five decades at least.
BELOW_DEFAULT, ABOVE_DEFAULT, AROUND_USER = 3, 2, 1

#: How many decades further the rates go where the best is still the outermost one.
FURTHER = 3

#: A rate works where the loss falls at least this part of the furthest fall: it then needs a few times
#: the updates at most, which no bad choice of another kind is explained by.
WORKS = 0.5

#: A rate is too low when even a tenfold one would still fall short.
TENFOLD = 10.0

#: Updates of each training: as many of these as the time allows, so that the same are made whether the
#: machine is a little faster or slower. At most those after which a small network has begun to learn;
#: with fewer than a handful of losses in the last quarter, rates cannot be told apart.
UPDATES = (FEW_UPDATES, 200, 140, 100, 70, 50, 35, 25, 20)

#: Trainings beside those at whole decades: at a rate of 0, and at half decades about the best and the edges.
BESIDE = 5

#: Standard errors that the furthest fall must be above: of 15 rates none goes there by chance (2 %).
SURE = 3.0

#: The part of the updates at the end of a training whose losses are taken together.
LAST = 4

#: The updates were too few where the loss falls at least twice as far by the end as by the end of the
#: user's; they were enough where they bring four fifths of it.
FURTHER_FALL, NEARLY_ALL = 2.0, 0.8


@experiment(
    "learning-rate-range",
    decides=("learning-rate-too-high", "learning-rate-too-low", "too-few-updates", "saturated-divergence"),
)
def learning_rate_range(recipe: Recipe, clock: Clock) -> Answer:
    """At which learning rates the loss falls, and where the user's own lies.

    Asks: is the learning rate to blame?
    How: the model is trained from the weights of the user's run, with the same optimizer and the
    same batches in the same order, once at each rate: every decade over five or more, then half
    decades about the best one and the edges; up to 300 updates each. The fall of a rate is the
    loss over the last quarter of the batches at a rate of 0, minus that at this rate: the same
    batches, so their noise drops out of the comparison.
    Smith (2017, "Cyclical learning rates") raises the rate within one training instead; there a
    rate is judged by weights that lower ones have made, and by one noisy loss a step. Several short
    trainings cost more and say plainly what each rate does from the user's own start.
    Means: a rate works when its loss falls half as far as the best one's, and diverges when its loss
    is not finite or ends above where it began (for plain gradient descent on a quadratic that is
    above 2 / its largest curvature). The way that weights go is about rate times updates, so where
    the user trained longer than here, their rate counts as that many times higher at the lower
    end. Below a tenth of the lowest rate that works it is too low; above the highest, too high;
    between the two it is neither. Where it is neither and the user trained for fewer updates than
    here, the same training tells whether those were too few: by how far its loss had fallen by
    then, and by the end.
    """
    time_here = allowance(clock)
    trainer = Trainer(recipe)
    cost = trainer.pilot(recipe.batch_size)
    rates = _rates(trainer.rate, recipe)
    affordable = time_here.left / (SLACK * cost)
    updates = largest(UPDATES, affordable / (len(rates) + BESIDE)) or largest(
        UPDATES, affordable / (len(rates) + 1)
    )
    if updates is None:
        raise UnaskableError(f"an update takes {cost:.2g} s, too long to try {len(rates)} learning rates")
    sweep = _RateSweep(trainer, recipe, updates, time_here)
    sweep.still()
    for rate in rates:
        sweep.run(rate)
    if trainer.rate not in sweep.falls or len(sweep.falls) <= len(rates) // 2:
        raise UnaskableError("the time was up before enough learning rates were tried")
    sweep.reach_out()
    sweep.refine()
    return _answer(sweep, _range_of(sweep))


def _rates(users: float, recipe: Recipe) -> list[float]:
    """The rates to try, whole decades from the user's own first, so that a cut leaves an even grid."""
    if not (math.isfinite(users) and users >= 0):
        raise UnaskableError(f"the learning rate is {users}")
    usual = default_rate(str((recipe.compiled.get("optimizer") or {}).get("class_name", "")))
    anchor = users or usual
    away = math.log10(usual / anchor)
    low = math.floor(min(-AROUND_USER, away - BELOW_DEFAULT))
    high = math.ceil(max(AROUND_USER, away + ABOVE_DEFAULT))
    decades = sorted(range(low, high + 1), key=abs)
    return ([0.0] if users == 0.0 else []) + [_at(anchor, decade) for decade in decades]


def _at(anchor: float, decades: float) -> float:
    return anchor if decades == 0 else float(f"{anchor * 10.0**decades:.6g}")


@dataclass
class _RateSweep:
    """Trainings at several rates, each of `updates`.

    `base` are the batch losses at a rate of 0; `falls` is how far each rate's loss fell, -inf where
    it diverged, `errors` the standard error of that, `early` the fall by the end of as many
    updates as the user made. `skipped` counts rates for which there was no time.
    """

    trainer: Trainer
    recipe: Recipe
    updates: int
    clock: Clock
    base: np.ndarray = field(default_factory=lambda: np.zeros(0))
    falls: dict[float, float] = field(default_factory=dict)
    errors: dict[float, float] = field(default_factory=dict)
    early: dict[float, float] = field(default_factory=dict)
    skipped: int = 0

    @property
    def start(self) -> float:
        """The loss of the last batches without any training."""
        return float(self.base[_last(self.updates)].mean())

    def still(self) -> None:
        """What the batches cost at a rate of 0."""
        self.base = self._losses(0.0)
        if len(self.base) < self.updates or not np.isfinite(self.base).all():
            raise UnaskableError("the loss of the initial weights is not finite, so no rate can lower it")

    def run(self, rate: float) -> bool:
        """Train at one rate; false where the time is up."""
        if rate in self.falls:
            return True
        if self.clock.left < self.updates * self.trainer.seconds:
            self.skipped += 1
            return False
        losses = self._losses(rate)
        self.falls[rate], self.errors[rate], self.early[rate] = -math.inf, 0.0, -math.inf
        if len(losses) == self.updates and np.isfinite(losses).all():
            gained = self.base - losses
            late = gained[_last(self.updates)]
            self.falls[rate] = float(late.mean())
            self.errors[rate] = float(late.std(ddof=1)) / math.sqrt(len(late))
            self.early[rate] = float(gained[_last(min(self.updates, self.recipe.updates))].mean())
        return True

    def _losses(self, rate: float) -> np.ndarray:
        self.trainer.restart(rate)
        seed = 0 if self.recipe.shuffle else None
        return self.trainer.train(stream(self.trainer.count, self.recipe.batch_size, self.updates, seed))

    def reach_out(self) -> None:
        """Go on to either side while the outermost rate is the best of all."""
        for _ in range(FURTHER):
            known, best = self._positive, self.best
            if best not in (known[0], known[-1]) or self.falls[best] <= SURE * self.errors[best]:
                return
            if not self.run(_at(best, 1 if best == known[-1] else -1)):
                return

    def refine(self) -> None:
        """Half decades about the best rate, and just outside the rates that work."""
        if self.falls[self.best] <= SURE * self.errors[self.best]:
            return
        working = [rate for rate in self._positive if self.falls[rate] >= WORKS * self.falls[self.best]]
        best = self.best
        for rate, half in ((best, 0.5), (best, -0.5), (max(working), 0.5), (min(working), -0.5)):
            if not any(abs(math.log10(each / rate) - half) < 0.01 for each in self._positive):
                self.run(_at(rate, half))

    @property
    def _positive(self) -> list[float]:
        return sorted(rate for rate in self.falls if rate > 0)

    @property
    def best(self) -> float:
        """The rate whose loss fell furthest."""
        return max(self.falls, key=lambda rate: self.falls[rate])


def _last(updates: int) -> slice:
    """The last quarter of so many updates, two at least."""
    return slice(max(0, updates - max(2, -(-updates // LAST))), updates)


@dataclass(frozen=True)
class _Range:
    """Where the loss falls: from `low` to `high`, furthest at `best`; it diverges from `diverges` on.

    `clear` says that the furthest fall is beyond noise; `effective` is the user's rate, times how
    much longer they trained. `within` is true where the user's rate works. `longer` is the fall
    at the user's rate over five times their updates.
    """

    best: float
    low: float
    high: float
    diverges: float | None
    users: float
    effective: float
    clear: bool

    @property
    def within(self) -> bool:
        """Whether the user's rate works."""
        return self.clear and self.low <= self.effective * (1 + 1e-6) and self.users <= self.high * (1 + 1e-6)

    @property
    def too_low(self) -> bool:
        """Whether even ten times the user's rate does not work."""
        return self.clear and self.effective * TENFOLD <= self.low * (1 + 1e-6)

    @property
    def too_high(self) -> bool:
        """Whether the user's rate is above all that work."""
        return self.clear and self.users > self.high * (1 + 1e-6)


def _range_of(sweep: _RateSweep) -> _Range:
    falls, best = sweep.falls, sweep.best
    rates, furthest = sorted(falls), falls[best]
    at = rates.index(best)
    low, high = at, at
    while low > 0 and falls[rates[low - 1]] >= WORKS * furthest:
        low -= 1
    while high + 1 < len(rates) and falls[rates[high + 1]] >= WORKS * furthest:
        high += 1
    beyond = [rate for rate in rates if rate > best and falls[rate] < -SURE * sweep.errors[rate]]
    users = sweep.trainer.rate
    return _Range(
        best=best,
        low=rates[low],
        high=rates[high],
        diverges=min(beyond, default=None),
        users=users,
        effective=users * max(1.0, sweep.recipe.updates / sweep.updates),
        clear=math.isfinite(furthest) and furthest > SURE * sweep.errors[best] and furthest > 0,
    )


def _answer(sweep: _RateSweep, found: _Range) -> Answer:
    supports, refutes = _verdict(sweep, found)
    rates, start = sorted(sweep.falls), sweep.start
    return Answer(
        says=_says(sweep, found, supports, refutes),
        shows={
            "rates": rates,
            "losses": [_loss(start, sweep.falls[rate]) for rate in rates],
            "start": start,
            "updates": sweep.updates,
            "users_updates": sweep.recipe.updates,
            "loss_at_users_updates": _loss(start, sweep.early[found.users]),
            "users_rate": found.users,
            "best_rate": found.best if found.clear else None,
            "low": found.low if found.clear else None,
            "high": found.high if found.clear else None,
            "diverges": found.diverges,
            "rates_left_out": sweep.skipped,
        },
        supports=supports,
        refutes=refutes,
    )


def _loss(start: float, fall: float) -> float | None:
    return start - fall if math.isfinite(fall) else None


def _verdict(sweep: _RateSweep, found: _Range) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The causes that it speaks for and against."""
    supports: list[str] = []
    refutes: list[str] = []
    if not found.clear:
        return (), ()
    own, early = sweep.falls[found.users], sweep.early[found.users]
    shorter = sweep.recipe.updates < sweep.updates
    if found.too_high:
        supports += ["learning-rate-too-high"]
        refutes += ["learning-rate-too-low"]
        if own <= 0:
            supports += ["saturated-divergence"]
    elif found.too_low:
        supports += ["learning-rate-too-low"]
        refutes += ["learning-rate-too-high"]
    elif shorter and own > SURE * sweep.errors[found.users] and own >= FURTHER_FALL * max(early, 0.0):
        supports += ["too-few-updates"]
    if found.within:
        refutes += ["learning-rate-too-high", "learning-rate-too-low"]
        if sweep.updates >= sweep.recipe.updates:  # a longer run may still break down later on
            refutes += ["saturated-divergence"]
        if sweep.recipe.updates >= FEW_UPDATES or (shorter and early >= NEARLY_ALL * own):
            refutes += ["too-few-updates"]
    elif "too-few-updates" not in supports and sweep.early[found.best] >= sweep.start / 2 > 0:
        refutes += ["too-few-updates"]  # another rate halves the loss in no more updates
    return tuple(supports), tuple(refutes)


def _says(sweep: _RateSweep, found: _Range, supports: tuple[str, ...], refutes: tuple[str, ...]) -> str:
    rates, start = sorted(sweep.falls), sweep.start
    says = (
        f"From the same weights, {len(rates)} learning rates from {rates[0]:.2g} to {rates[-1]:.2g} were "
        f"tried for {sweep.updates} updates each"
    )
    says += f" ({sweep.skipped} more were left out for want of time)" if sweep.skipped else ""
    if not found.clear:
        return f"{says}: the loss, {start:.4g} at first, falls at none of them by more than its noise."
    own = _loss(start, sweep.falls[found.users])
    users = f"{own:.4g}" if own is not None else "no finite loss"
    lowest = f"to {start - sweep.falls[found.best]:.4g} at {found.best:.2g}"
    says += (
        f": the loss goes from {start:.4g} {lowest}, and to {users} at {found.users:.2g}, the rate of this "
        f"training. It falls at least half as far as at best from {found.low:.2g} to {found.high:.2g}"
    )
    says += f" and rises from {found.diverges:.2g} on." if found.diverges is not None else "."
    return f"{says} {_meaning(sweep, found, supports, refutes)}"


def _meaning(sweep: _RateSweep, found: _Range, supports: tuple[str, ...], refutes: tuple[str, ...]) -> str:
    made = sweep.recipe.updates
    if found.too_high:
        return "The rate is too high."
    if found.too_low:
        longer = f", even counting that it was kept for {made:,} updates" if made > sweep.updates else ""
        return f"The rate is too low{longer}."
    rate = (
        "The rate is not to blame." if found.within else "The rate is on the edge of what works: no verdict."
    )
    if "too-few-updates" in supports:
        loss = _loss(sweep.start, sweep.early[found.users])
        return (
            f"{rate} After the {made:,} updates that the run had, the loss is {loss:.4g}: they were too few."
        )
    few = "too-few-updates" in refutes and made < sweep.updates
    return f"{rate} More updates would not help much." if few else rate
