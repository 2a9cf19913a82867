"""What quantile a loss of the user's own asks for, by its value on either side of a target."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from unstuck.evidence.facts.reference import Quantile
from unstuck.evidence.meaning.asking import NoAnswerError
from unstuck.evidence.meaning.losses import mean_of

#: What users call the share of targets that is to lie below the answer.
_NAMES = frozenset({"alpha", "level", "percentile", "q", "quantile", "tau"})

#: Distances from the target at which the loss is asked, and how far from a straight line it may come.
_DISTANCES, _STRAIGHT = (0.25, 1.0, 2.5), 1e-3


def quantile_of(loss: Any, targets: np.ndarray, answers: np.ndarray) -> Quantile | None:
    """The quantile that the loss is given by name, the one whose answers cost least, and what is covered.

    A loss of two straight lines that costs `b` a unit below the target and `a` above it is least at
    the b / (a + b) quantile. None for any other loss, and where it is given no such number.

    Args:
        loss: the live loss.
        targets: (rows, 1) numbers.
        answers: the network's, in the same shape.
    """
    asked = next(iter(_given(loss)), None)
    if asked is None or targets.shape != answers.shape or targets.shape[1:] != (1,):
        return None
    try:
        above, below = _slope(loss, targets, 1.0), _slope(loss, targets, -1.0)
    except NoAnswerError:
        return None
    if above is None or below is None or above <= 0.0 or below <= 0.0:
        return None
    return Quantile(
        asked=asked,
        aims=below / (above + below),
        covered=float((targets <= answers).mean()),
        rows=len(targets),
        above=above,
        below=below,
    )


def _given(loss: Any) -> Iterator[float]:
    """Numbers between 0 and 1 under a name for a quantile: closure, default, argument, attribute."""
    function = getattr(loss, "fn", loss)
    held = dict(vars(loss)) if hasattr(loss, "__dict__") else {}
    if isinstance(function, functools.partial):
        held |= function.keywords
        function = function.func
    code = getattr(function, "__code__", None)
    if code is not None:
        cells = zip(code.co_freevars, function.__closure__ or (), strict=False)
        held |= {name: cell.cell_contents for name, cell in cells if name in _NAMES}
        defaults = function.__defaults__ or ()
        last = code.co_varnames[: code.co_argcount][code.co_argcount - len(defaults) :]
        held |= dict(zip(last, defaults, strict=True))
    for name, value in held.items():
        if name in _NAMES and isinstance(value, float) and 0.0 < value < 1.0:
            yield value


def _slope(loss: Any, targets: np.ndarray, side: float) -> float | None:
    """The loss of a unit's distance on one side of the targets; None where it is no straight line from 0."""
    values = [mean_of(loss, targets, targets + side * distance) / distance for distance in _DISTANCES]
    return values[0] if np.ptp(values) <= _STRAIGHT * abs(values[0]) else None
