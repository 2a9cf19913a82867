"""Slopes of a loss along single directions: by autodiff, and by differences, each with its error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

#: Steps tried, relative to the size of what is moved, each half the one before: from 1/8 to 6e-5. The
#: best of a central difference lies near the cube root of float32's rounding unit, 5e-3, where one
#: begins; smooth and rough functions have it on either side.
LARGEST = 2.0**-3
HALVINGS = 11
LIKELY = 5

#: A function that moves in jumps is looked at a whole size away: steps may lie far apart.
FAR = 1.0

#: A jump is this many rounding units high: none comes of rounding.
JUMP = 1e3

#: The order in which the steps are tried, the likeliest first.
_ORDER = sorted(range(HALVINGS), key=lambda power: abs(power - LIKELY))

#: A difference this sure of itself needs no other step.
CLEAR = 1e-3

#: The rounding unit. Keras averages in float32 on every backend, whatever a model computes in.
UNIT = float(np.finfo(np.float32).eps)

#: A value of the loss is off by some rounding units: sums over rows and layers round again and again.
ROUNDINGS = 8.0

#: Slopes that differ by less than a twentieth are the same: a gradient that is wrong is off by a
#: sign, a factor or a term, and one that is only 5% off trains as well.
RELATIVE = 0.05

#: A difference tells nothing where its own error is more than this share of it.
BLURRED = 0.25


@dataclass(frozen=True)
class Slope:
    """One directional derivative.

    `analytic` is what autodiff gives, `numeric` the central difference, `bound` how far the two may
    lie apart by rounding, curvature and kinks. `judged` is false where the difference tells nothing
    (a kink, or too flat to see). `flat` says that autodiff gives exactly 0 while the loss moves
    further off: it may move in jumps, and whoever asks has to see that the slope is 0 there too.
    """

    analytic: float
    numeric: float
    bound: float
    judged: bool
    flat: bool = False

    @property
    def wrong(self) -> bool:
        """Whether the two differ beyond the bound."""
        return self.judged and abs(self.analytic - self.numeric) > self.bound

    @property
    def error(self) -> float:
        """How far apart they are, relative to the larger."""
        large = max(abs(self.analytic), abs(self.numeric))
        return abs(self.analytic - self.numeric) / large if large else 0.0


def slope_of(loss: Callable[[float], float], analytic: float) -> Slope:
    """Compare a slope at 0 with central differences.

    Of the steps h tried, the one is taken at which D(h) and D(h/2) agree best; D(h) =
    (L(h) - L(-h)) / 2h errs by h^2 L'''/6, of which |D(h) - D(h/2)| holds three quarters, and by
    rounding of eps |L| / h (Press et al., Numerical Recipes, 5.7). At a kink the true slope lies
    between those of the two sides, so that the bound includes their distance.

    Args:
        loss: the loss as a function of the distance moved.
        analytic: its slope at 0 by autodiff.
    """
    start = loss(0.0)
    best: tuple[float, float, float] | None = None  # (error, numeric, distance of the two sides)
    values: dict[int, tuple[float, float]] = {}

    def at(power: int) -> tuple[float, float]:
        if power not in values:
            step = LARGEST / 2.0**power
            values[power] = (loss(step), loss(-step))
        return values[power]

    for power in _ORDER:
        (ahead, behind), (near, before) = at(power), at(power + 1)
        step = LARGEST / 2.0 ** (power + 1)
        size = max(abs(start), abs(ahead), abs(behind))
        if not np.isfinite(size):
            continue
        wide, narrow = (ahead - behind) / (4 * step), (near - before) / (2 * step)
        error = abs(wide - narrow) + ROUNDINGS * UNIT * size / step
        sides = abs((near - start) - (start - before)) / step
        if best is None or error < best[0]:
            best = (error, narrow, sides)
        if error + sides / 2 <= CLEAR * abs(narrow):
            break
    if best is None:
        return Slope(analytic, float("nan"), float("inf"), judged=False)
    error, numeric, sides = best
    bound = error + sides / 2 + RELATIVE * max(abs(analytic), abs(numeric))
    large = max(abs(analytic), abs(numeric))
    visible = np.isfinite(analytic) and error + sides / 2 <= BLURRED * large
    still = all(each == start for each in at(HALVINGS))
    moves = (analytic == 0.0 or still) and _moves_far(start, at(0), loss)
    judged = bool(visible) and not (still and moves)
    return Slope(analytic, numeric, bound, judged=judged, flat=moves and not judged and analytic == 0.0)


def _moves_far(start: float, nearer: tuple[float, float], loss: Callable[[float], float]) -> bool:
    """Whether the loss is another further off, by more than rounding."""
    return any(abs(each - start) > JUMP * UNIT * abs(start) for each in (*nearer, loss(FAR), loss(-FAR)))


def verdict(slopes: Sequence[Slope]) -> Slope | None:
    """The worst slope where all that can be judged are wrong; None where one is right or none can be."""
    judged = [each for each in slopes if each.judged]
    if judged:
        return max(judged, key=lambda each: each.error) if all(each.wrong for each in judged) else None
    flat = [each for each in slopes if each.flat]
    return flat[0] if flat and all(each.analytic == 0.0 for each in slopes) else None
