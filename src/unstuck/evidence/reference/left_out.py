"""A target value that a loss of the user's own leaves out, as that of the border in a mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.meaning.asking import NoAnswerError
from unstuck.evidence.meaning.losses import mean_of

#: A value that marks places to leave out recurs, and most places are not left out: else the loss is at fault.
_LEAST, _MOST = 0.01, 0.5

#: Numbers with more recurring values than this are counts or measures, and each value is asked for.
_LEVELS = 20

#: Two answers that are inside of what any loss takes, probabilities too.
_ONE, _OTHER = 0.3, 0.7

#: Float32 sums the same terms to this part of their size.
_ROUNDING = 1e-6


def left_out_of(loss: Any, targets: np.ndarray) -> float | None:
    """The one recurring target where no answer to it changes the loss, and others do; None for none.

    A mask leaves out one value. A loss that leaves out several, or most places, is at fault itself.

    Args:
        loss: the live loss.
        targets: numbers, (places, outputs).
    """
    values, counts = np.unique(targets, return_counts=True)
    shares = counts / targets.size
    levels = values[shares >= _LEAST]
    if not 1 < len(levels) <= _LEVELS:
        return None
    try:
        out = [float(value) for value in levels if _is_left_out(loss, targets, targets == value)]
    except NoAnswerError:
        return None
    return out[0] if len(out) == 1 and float((targets == out[0]).mean()) <= _MOST else None


def _is_left_out(loss: Any, targets: np.ndarray, marked: np.ndarray) -> bool:
    """Whether the answers to the marked targets do not count, and those to the others do."""
    answers = np.full(targets.shape, _ONE)
    before = mean_of(loss, targets, answers)
    there = mean_of(loss, targets, np.where(marked, _OTHER, answers))
    elsewhere = mean_of(loss, targets, np.where(marked, answers, _OTHER))
    return bool(abs(there - before) <= _ROUNDING * abs(before) < abs(elsewhere - before))
