"""How large the weights were drawn with which a training began, and which frozen layers are as drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from unstuck.evidence.facts import Drawn
from unstuck.evidence.layers import is_keras

#: Fewer numbers do not tell how they were drawn.
_FEWEST = 64

#: The deviation of so many drawn numbers strays from its expectation by less.
_NEARLY = 0.25


def read_drawn(model: Any, initial: Sequence[np.ndarray] | None) -> tuple[Drawn, ...]:
    """The kernels of Keras's own layers as the training began, in the order of the layers.

    Args:
        model: the model, after the fit.
        initial: the values of its weights before the fit, None where they are unknown.
    """
    if initial is None or len(initial) != len(model.weights):
        return ()
    began = {id(weight): values for weight, values in zip(model.weights, initial, strict=True)}
    found = []
    for layer in model._flatten_layers(include_self=False):
        kernel = getattr(layer, "kernel", None)
        values = began.get(id(kernel))
        if values is None or not is_keras(type(layer)) or values.ndim < 2 or values.size < _FEWEST:
            continue
        if not np.isfinite(values).all():
            continue
        glorot = _glorot(values.shape)
        scale = float(values.std()) / glorot
        bias = began.get(id(getattr(layer, "bias", None)))
        found.append(
            Drawn(
                layer=layer.name,
                kind=type(layer).__name__,
                trainable=bool(kernel is not None and kernel.trainable and layer.trainable),
                size=int(values.size),
                scale=scale,
                new=bias is not None
                and not bias.any()
                and abs(scale - 1.0) < _NEARLY
                and float(np.abs(values).max()) <= math.sqrt(3.0) * glorot * (1.0 + 1e-6),
            )
        )
    return tuple(found)


def _glorot(shape: tuple[int, ...]) -> float:
    """The standard deviation of Glorot's uniform draw, Keras's default: sqrt(2 / (inputs + outputs))."""
    positions = math.prod(shape[:-2])
    return math.sqrt(2.0 / (positions * (shape[-2] + shape[-1])))
