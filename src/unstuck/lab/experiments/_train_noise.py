"""How noisy a gradient is: the gradient noise scale, without bias."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.lab.experiments._train import Trainer
from unstuck.lab.recipe import Recipe

#: Gradients that are taken, each of so many rows: 32 of them know the noise to 1/sqrt(16) = a quarter
#: at worst, when all of it lies in one direction.
DRAWS, ROWS = 32, 8


@dataclass(frozen=True)
class Noise:
    """The noise of one row's gradient.

    `scale` is tr(S) / |G|^2 in rows (McCandlish et al. 2018, B_simple), infinite where |G|^2 is not
    above 0 by more than its own noise. `trace` is tr(S), the summed variance of one row's
    gradient; `squared` is |G|^2 of the mean gradient. Both are estimates.
    """

    scale: float
    trace: float
    squared: float


def plain(recipe: Recipe) -> Recipe:
    """The recipe with gradient descent at a rate of 1, whose steps are the gradients themselves."""
    optimizer = {
        "module": "keras.optimizers",
        "class_name": "SGD",
        "config": {"learning_rate": 1.0},
        "registered_name": None,
    }
    return recipe.with_compiled(optimizer=optimizer).with_optimizer(learning_rate=1.0)


def noise_scale(
    trainer: Trainer, clock: Clock, *, rows: int = ROWS, draws: int = DRAWS, seed: int = 0
) -> Noise | None:
    """Estimate the noise from the gradients of `draws` small batches; None where there was no time.

    Rows are drawn with replacement, so that the gradients g_i of batches of b rows are independent,
    each with the mean G and the covariance S/b, where S is that of a single row's gradient over
    the rows at hand. So E|g_i|^2 = |G|^2 + tr(S)/b, and for the mean of m of them, which is the
    gradient of their m b rows, E|g|^2 = |G|^2 + tr(S)/(m b). Two equations, two unknowns:

        tr(S) = b m/(m-1) (mean|g_i|^2 - |g|^2)      |G|^2 = (m |g|^2 - mean|g_i|^2) / (m - 1)

    Both are unbiased; their quotient is not quite, by about 1/m.

    Args:
        trainer: of a recipe that `plain` has made.
        clock: the time there is.
        rows: b, the rows of a small batch.
        draws: m, how many of them.
        seed: of the draws.
    """
    draw = np.random.default_rng(seed)
    total, squares, made = None, 0.0, 0
    for _ in range(draws):
        if not clock.left:
            break
        gradient = trainer.gradient(draw.integers(0, trainer.count, rows))
        if not np.isfinite(gradient).all():
            return None
        total = gradient if total is None else total + gradient
        squares += float(gradient @ gradient)
        made += 1
    if total is None or made < draws // 2:
        return None
    small, big = squares / made, float(total @ total) / made**2
    trace = rows * made / (made - 1) * (small - big)
    squared = (made * big - small) / (made - 1)
    if trace <= 0:
        return Noise(0.0, 0.0, max(squared, 0.0))
    # Of pure noise, the estimate of |G|^2 scatters about 0 by this much at most (one direction).
    scatter = math.sqrt(2.0) * trace / (rows * made)
    return Noise(trace / squared if squared > scatter else math.inf, trace, squared)
