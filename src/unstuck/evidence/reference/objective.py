"""What a loss of the user's own says of the answers: a quantile or a cost is not what R2 counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from unstuck.evidence.meaning.asking import NoAnswerError
from unstuck.evidence.meaning.losses import mean_of
from unstuck.evidence.reference.scores import PAIRED_ERRORS, STRETCHES, Target

#: Constants that are tried as answers: these percentiles of the training targets, one of which any loss that
#: grows with the error on each side comes close to.
_CONSTANTS = np.linspace(2.0, 98.0, 33)


def is_ahead(loss: Any, target: Target, network: np.ndarray, simple: Mapping[str, np.ndarray]) -> bool:
    """Whether the user's own loss ranks the network above every simple model, and well above every constant.

    Args:
        loss: the live loss.
        target: numbers.
        network: its answers as they are, (places, outputs).
        simple: the simple models' answers to the same places.

    Returns:
        True where its mean loss is the lowest, that of every constant is higher by more than chance (pairs of
        `STRETCHES` parts of the rows), and its answers rise with the targets: a loss with the wrong sign also
        ranks its network first, and one that cannot tell rows apart a constant.
    """
    parts = np.array_split(np.arange(len(target.values)), STRETCHES)
    if not simple or min(map(len, parts)) == 0 or not _rises(network, target.values):
        return False
    constants = np.percentile(target.taught, _CONSTANTS, axis=0)
    constant = [np.broadcast_to(each, target.values.shape) for each in constants]
    try:
        own = _by_part(loss, target.values, network, parts)
        lowest = all(
            own.mean() < _by_part(loss, target.values, each, parts).mean() for each in simple.values()
        )
        return lowest and all(_is_lower(own, _by_part(loss, target.values, each, parts)) for each in constant)
    except NoAnswerError:
        return False


def _by_part(loss: Any, targets: np.ndarray, answers: np.ndarray, parts: list[np.ndarray]) -> np.ndarray:
    return np.array([mean_of(loss, targets[part], answers[part]) for part in parts])


def _is_lower(own: np.ndarray, other: np.ndarray) -> bool:
    apart = own - other
    error = float(apart.std(ddof=1)) / np.sqrt(len(apart))
    return bool(np.isfinite(apart).all() and apart.mean() + PAIRED_ERRORS * error < 0.0)


def _rises(answers: np.ndarray, values: np.ndarray) -> bool:
    """Whether each output's answers rise with its targets, by more than the chance of unrelated numbers.

    The correlation of n unrelated pairs has a standard error of 1 / sqrt(n).
    """
    own, aim = answers - answers.mean(axis=0), values - values.mean(axis=0)
    power = np.sqrt((own**2).sum(axis=0) * (aim**2).sum(axis=0))
    if not (power > 0).all():
        return False
    return bool(((own * aim).sum(axis=0) / power > PAIRED_ERRORS / np.sqrt(len(values))).all())
