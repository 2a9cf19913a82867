"""What a model's own `train_step` does to the weights, beside differences of the loss that it reports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.evidence.sample import leaves, spaced
from unstuck.lab.build import build, fit_arrays
from unstuck.lab.experiments._same_slopes import Slope, slope_of
from unstuck.lab.recipe import Recipe, taken
from unstuck.watch.hook import aside

#: Directions of each variable: a wrong gradient is wrong along all of them.
DIRECTIONS = 2

#: Steps and slopes in one proportion this exactly are scaled (clipping, a weight), not wrong.
PROPORTION = 0.1

_SGD = {
    "module": "keras.optimizers",
    "class_name": "SGD",
    "config": {"learning_rate": 1.0},
    "registered_name": None,
}


@dataclass(frozen=True)
class StepCheck:
    """The slopes by variable path; `scale` is the common factor of step and slope, None without one."""

    slopes: dict[str, list[Slope]]
    scale: float | None
    reason: str = ""

    @property
    def wrong(self) -> dict[str, list[Slope]]:
        """The variables that the step moves otherwise than the loss asks."""
        if self.scale is not None:
            return {}
        judged = {path: [each for each in slopes if each.judged] for path, slopes in self.slopes.items()}
        return {path: each for path, each in judged.items() if each and all(one.wrong for one in each)}


def check_step(recipe: Recipe, clock: Clock, rows: int) -> StepCheck:
    """One step of plain SGD at rate 1 moves the weights by the gradient that `train_step` takes.

    The loss is the one that the step itself reports, at moved weights and a rate of 0.
    """
    import keras

    model = build(recipe.with_compiled(optimizer=_SGD), weights="trained" if recipe.trained else "initial")
    (x, y), _ = recipe.split()
    few = spaced(min(len(leaf) for leaf in leaves(x)), min(rows, recipe.training_rows))
    x, y = (fit_arrays(taken(part, few)) for part in (x, y))
    numpy, draw = keras.ops.convert_to_numpy, np.random.default_rng(0)
    variables = list(model.trainable_variables)
    kept = [(each, np.array(numpy(each.value))) for each in model.variables if "optimizer" not in each.path]
    start = [np.array(numpy(each.value)) for each in variables]

    def step(rate: float, moved: int | None = None, by: np.ndarray | None = None) -> float:
        for variable, value in kept:
            variable.assign(value)
        if moved is not None:
            variables[moved].assign(start[moved] + by)
        model.optimizer.learning_rate = rate
        with aside():
            history = model.fit(x, y, batch_size=len(few), shuffle=False, verbose=0).history
        return float(history.get("loss", [float("nan")])[-1])

    first = step(0.0)
    if not np.isfinite(first):
        return StepCheck({}, None, "it reports no loss")
    if step(0.0) != first:
        return StepCheck({}, None, "its loss is another each time, for the same weights")
    before = int(numpy(model.optimizer.iterations))
    step(1.0)
    gradients = [s - np.asarray(numpy(v.value), np.float64) for s, v in zip(start, variables, strict=True)]
    own = int(numpy(model.optimizer.iterations)) != before + 1
    if own and any(each.any() for each in gradients):
        return StepCheck({}, None, "it steps through an optimizer of its own")
    slopes: dict[str, list[Slope]] = {}
    for index, variable in enumerate(variables):
        for _ in range(DIRECTIONS):
            direction = draw.normal(size=start[index].shape) * _size_of(start[index])
            if not clock.left:
                return StepCheck(slopes, _scale(slopes), "the time was up")

            def loss(far: float, index: int = index, direction: np.ndarray = direction) -> float:
                return step(0.0, index, (far * direction).astype(start[index].dtype))

            analytic = float((gradients[index] * direction).sum())
            slopes.setdefault(variable.path, []).append(slope_of(loss, analytic))
    return StepCheck(slopes, _scale(slopes))


def _size_of(array: np.ndarray) -> float:
    """The root mean square, 1 for zeros."""
    return float(np.sqrt(np.mean(np.square(array, dtype=np.float64)))) or 1.0


def _scale(slopes: dict[str, list[Slope]]) -> float | None:
    """The factor between step and slope where it is the same everywhere, None where it is not."""
    judged = [each for group in slopes.values() for each in group if each.judged and each.numeric]
    factors = np.asarray([each.analytic / each.numeric for each in judged])
    if not len(factors) or not any(each.wrong for each in judged):
        return None
    middle = float(np.median(factors))
    same = middle > 0 and np.abs(factors - middle).max() <= PROPORTION * middle
    return middle if same and len(slopes) > 1 else None
