"""Short trainings of one recipe, again and again from the same weights: one model, compiled once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.evidence.sample import leaves, spaced
from unstuck.lab.build import Start, build, fit_arrays
from unstuck.lab.configured import made_from
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe, taken
from unstuck.lab.record import NoRecipeError

#: Updates that tell what one costs, after the first one, which compiles.
PILOT = 3

#: Seconds that a single experiment takes at most, and its share of those that are left.
SECONDS, SHARE = 15.0, 0.8

#: How much longer than measured an update is reckoned to take, on a machine that has other work.
SLACK = 1.5

#: A loss this many times the first one will not come back within a short training.
GONE = 1e6


#: Seeds of what is compared in pairs: three tell luck from a difference, as in every trial.
SEEDS = (0, 1, 2)

#: Student's t with 2 degrees of freedom, one-sided 5 %: three paired differences.
DEVIATE = 2.92

#: A gain counts from this part of what is missing to a perfect score, and from this many points.
PART, POINTS = 0.25, 0.03


def allowance(clock: Clock, times: float = 1.0) -> Clock:
    """The seconds that an experiment allows itself; `times` the usual for one of many trainings."""
    return Clock(min(times * SECONDS, SHARE * clock.left))


def least_gain(score: float) -> float:
    """The least gain over a score that counts."""
    return max(POINTS, PART * (1.0 - score))


@dataclass(frozen=True)
class Gain:
    """How much more one arm scores than another: the mean paired difference over the seeds, and its
    noise, the half-width of the one-sided 95 % interval.
    """

    mean: float
    noise: float

    @classmethod
    def of(cls, before: Sequence[float], after: Sequence[float]) -> Gain:
        """Compare seed by seed."""
        gained = np.asarray(after) - np.asarray(before)
        return cls(float(gained.mean()), DEVIATE * float(gained.std(ddof=1)) / math.sqrt(len(gained)))

    def is_at_least(self, least: float) -> bool:
        """Whether it is as large as that, and beyond its noise."""
        return self.mean > self.noise and self.mean >= least

    def is_below(self, least: float) -> bool:
        """Whether it is surely less than that."""
        return self.mean + self.noise < least


def largest(steps: Sequence[int], most: float) -> int | None:
    """The largest of these numbers that is at most `most`; None for none."""
    return max((step for step in steps if step <= most), default=None)


def first_rate(recipe: Recipe) -> float:
    """The learning rate of the first update.

    Raises:
        UnaskableError: the optimizer has none.
    """
    if recipe.learning_rate is not None:
        return recipe.learning_rate
    import keras

    given = recipe.optimizer_arguments.get("learning_rate")
    if isinstance(given, (int, float)):
        return float(given)
    if isinstance(given, Mapping):
        schedule = made_from(given, recipe)
        return float(keras.ops.convert_to_numpy(schedule(0)))
    raise UnaskableError("the optimizer has no learning rate that is known")


def constant_rate(recipe: Recipe) -> Recipe:
    """The recipe with its first rate throughout, without metrics, which cost time and teach nothing."""
    plain = recipe.with_optimizer(learning_rate=first_rate(recipe))
    return plain.with_compiled(metrics=None, weighted_metrics=None)


def rows_of(recipe: Recipe, most: int) -> Recipe:
    """Only training rows, at most so many of them, evenly chosen in their order."""
    (x, _), _ = recipe.split()
    count = min((len(leaf) for leaf in leaves(x)), default=0)
    return recipe.with_rows(spaced(count, min(most, count)))


def stream(count: int, batch: int, updates: int, seed: int | None = 0) -> list[np.ndarray]:
    """Batches of row numbers, all of one length: epochs behind each other, cut into batches.

    Args:
        count: rows there are.
        batch: rows in a batch, at most `count`.
        updates: how many batches.
        seed: each epoch is shuffled anew; None keeps the rows in their order.
    """
    batch = min(batch, count)
    draw = np.random.default_rng(seed)
    epochs = -(-updates * batch // count)
    order = [np.arange(count) if seed is None else draw.permutation(count) for _ in range(epochs)]
    return list(np.concatenate(order)[: updates * batch].reshape(updates, batch)) if updates else []


class Trainer:
    """A compiled model of a recipe that is trained again and again, each time from the same start.

    It trains in the user's own way (loss, optimizer, train step, class and sample weights), with a
    constant rate, on batches of training rows that are given as row numbers. `seconds` is what one
    update takes, once `pilot` has measured it.
    """

    def __init__(self, recipe: Recipe, *, seed: int = 0, weights: Start = "initial") -> None:
        if recipe.y is None:
            raise UnaskableError("the rows have no targets")
        self.recipe = constant_rate(recipe)
        self.rate = first_rate(recipe)
        (x, y), _ = self.recipe.split()
        self.x, self.y = fit_arrays(x), fit_arrays(y)
        self.count = min((len(leaf) for leaf in leaves((self.x, self.y))), default=0)
        if self.count < 2:
            raise UnaskableError(f"{self.count} rows are too few to train on")
        self.weight = _weights(self.recipe, self.y, self.count)
        self.seconds = 0.0
        self._seed = seed
        with quiet():
            try:
                self.model = build(self.recipe, seed, weights)
            except NoRecipeError as error:
                raise UnaskableError(str(error)) from None
            self._optimizer = self.model.optimizer
            if not self._optimizer.built:
                self._optimizer.build(self.model.trainable_variables)
            self._start = [np.array(_numpy(each)) for each in self._variables()]

    def _variables(self) -> list[Any]:
        return [*self.model.variables, *self._optimizer.variables]

    def restart(self, rate: float | None = None) -> None:
        """Weights, optimizer and random streams as at the start; the rate as given."""
        import keras

        for variable, value in zip(self._variables(), self._start, strict=True):
            variable.assign(value)
        self._optimizer.learning_rate = self.rate if rate is None else rate
        keras.utils.set_random_seed(self._seed)

    def begin_with(self, other: Trainer) -> None:
        """Start from the weights of another trainer of the same model from now on, with its seed."""
        self._start, self._seed = other._start, other._seed

    def train(
        self,
        batches: Sequence[np.ndarray],
        *,
        until: float | None = None,
        each: Callable[[int], bool] | None = None,
    ) -> np.ndarray:
        """Go on training on these batches; the loss of each, before its update.

        It ends early when the loss is not finite (or beyond all measure), when `time.monotonic()`
        passes `until`, or when `each`, called with the number of updates made, returns true.

        Raises:
            UnaskableError: the model cannot be trained; the text says why.
        """
        losses: list[float] = []
        with quiet():
            for chosen in batches:
                losses.append(self._update(chosen))
                gone = not np.isfinite(losses[-1]) or abs(losses[-1]) > GONE * (abs(losses[0]) + 1.0)
                if gone or (until is not None and time.monotonic() > until):
                    break
                if each is not None and each(len(losses)):
                    break
        return np.asarray(losses, np.float64)

    def _update(self, chosen: np.ndarray) -> float:
        self.model.reset_metrics()
        weight = None if self.weight is None else self.weight[chosen]
        try:
            logs = self.model.train_on_batch(
                taken(self.x, chosen), taken(self.y, chosen), sample_weight=weight, return_dict=True
            )
        except Exception as error:  # whatever the user's loss or layer raises
            text = " ".join(f"{type(error).__name__}: {error}".split())[:160]
            raise UnaskableError(f"an update raises {text}") from None
        return float(np.mean(logs["loss"] if "loss" in logs else next(iter(logs.values()))))

    def pilot(self, batch: int) -> float:
        """The seconds that an update on a batch of this size takes, compiling not counted."""
        batches = stream(self.count, batch, PILOT + 1)
        self.restart()
        self.train(batches[:1])
        begun = time.monotonic()
        done = len(self.train(batches[1:]))
        self.seconds = max((time.monotonic() - begun) / max(done, 1), 1e-6)
        self.restart()
        return self.seconds

    def gradient(self, chosen: np.ndarray) -> np.ndarray:
        """The gradient of the loss on these rows, all weights in one vector, (parameters,).

        Only for a recipe whose optimizer is plain gradient descent at a rate of 1: there the
        gradient is the way that one update goes, to about 1e-7 of the weights in float32.
        """
        self.restart(1.0)
        before = [np.array(_numpy(each)) for each in self.model.trainable_variables]
        self.train([chosen])
        after = [_numpy(each) for each in self.model.trainable_variables]
        ways = [
            (np.float64(one) - np.float64(two)).reshape(-1) for one, two in zip(before, after, strict=True)
        ]
        return np.concatenate(ways) if ways else np.zeros(0)


def _numpy(variable: Any) -> np.ndarray:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(variable.value))


def _weights(recipe: Recipe, y: Any, count: int) -> np.ndarray | None:
    """Class weights and sample weights of the training rows as one array, (rows,), None without any."""
    given = recipe.sample_weight
    weight = None if given is None else np.asarray(given[:count], np.float32)
    targets = leaves(y)
    if not recipe.class_weight or len(targets) != 1:
        return weight
    target = targets[0]
    wide = target.ndim > 1 and target.shape[-1] > 1
    classes = np.argmax(target, axis=-1) if wide else np.round(target.reshape(len(target), -1)[:, 0])
    by_class = [recipe.class_weight.get(int(each), 1.0) for each in classes.reshape(len(target), -1)[:, 0]]
    return np.asarray(by_class, np.float32) * (1.0 if weight is None else weight)
