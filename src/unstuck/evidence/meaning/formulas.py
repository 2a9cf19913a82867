"""The losses that the rules' arithmetic rests on, as formulas over numpy arrays.

Each takes targets and answers of one shape (for `sparse` targets one axis less) and gives one number,
the mean over all rows: the definitions of keras.losses, on probabilities well inside 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Formula = Callable[[np.ndarray, np.ndarray], float]

#: The exponent and the balance that Keras gives focal losses by default.
_GAMMA, _ALPHA = 2.0, 0.25


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Probabilities of single decisions."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def _binary(y: np.ndarray, p: np.ndarray) -> float:
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


def _binary_focal(y: np.ndarray, p: np.ndarray) -> float:
    right = y * p + (1 - y) * (1 - p)
    return float((-((1 - right) ** _GAMMA) * np.log(right)).mean())


def _categorical(y: np.ndarray, p: np.ndarray) -> float:
    return float(-(y * np.log(p / p.sum(axis=-1, keepdims=True))).sum(axis=-1).mean())


def _categorical_focal(y: np.ndarray, p: np.ndarray) -> float:
    p = p / p.sum(axis=-1, keepdims=True)
    return float((-_ALPHA * (1 - p) ** _GAMMA * y * np.log(p)).sum(axis=-1).mean())


def _sparse(y: np.ndarray, p: np.ndarray) -> float:
    chosen = np.take_along_axis(p, y[..., None].astype(int), axis=-1)[..., 0]
    return float(-np.log(chosen / p.sum(axis=-1)).mean())


def _huber(y: np.ndarray, p: np.ndarray) -> float:
    error = np.abs(y - p)
    return float(np.where(error <= 1, 0.5 * error**2, error - 0.5).mean())


def _logarithmic(y: np.ndarray, p: np.ndarray) -> float:
    return float(((np.log1p(y) - np.log1p(p)) ** 2).mean())


#: For targets of the answers' own shape, on probabilities.
OF_PROBABILITIES: dict[str, Formula] = {
    "binary_crossentropy": _binary,
    "categorical_crossentropy": _categorical,
    "binary_focal_crossentropy": _binary_focal,
    "categorical_focal_crossentropy": _categorical_focal,
}

#: Those that judge each unit by itself; the others share a sum of one among the units.
OF_DECISIONS = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})

#: For class numbers, on probabilities.
OF_CLASS_NUMBERS: dict[str, Formula] = {"sparse_categorical_crossentropy": _sparse}

#: For numbers, on any answers.
OF_NUMBERS: dict[str, Formula] = {
    "mean_squared_error": lambda y, p: float(((y - p) ** 2).mean()),
    "mean_absolute_error": lambda y, p: float(np.abs(y - p).mean()),
    "huber": _huber,
    "log_cosh": lambda y, p: float(np.log(np.cosh(y - p)).mean()),
    "mean_squared_logarithmic_error": _logarithmic,
}
