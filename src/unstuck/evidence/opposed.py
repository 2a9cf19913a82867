"""Outputs that are not to learn: the gradient is turned round on its way to what they read."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.graph import Call
from unstuck.evidence.layers import is_keras, is_layer
from unstuck.watch.backend import backend

#: Rows and, where a shape leaves it open, steps of the numbers that a layer is tried on.
_ROWS, _STEPS = 2, 3

#: More operations than this are not gone through.
_MOST = 500


def is_opposed(call: Call | None) -> bool:
    """Whether an output reads through a layer of the user's that hands values on and turns gradients round.

    Args:
        call: the last call of the output, None where it is unknown.
    """
    waiting, seen = [call], set[int]()
    while waiting and len(seen) < _MOST:
        here = waiting.pop()
        if here is None or id(here.node) in seen:
            continue
        if here.node is not None:
            seen.add(id(here.node))
        if is_layer(here.operation) and _turns_round(here):
            return True
        waiting.extend(here.inputs)
    return False


def _turns_round(call: Call) -> bool:
    """Whether a layer without weights gives what it takes, and its gradient points the other way."""
    layer, shape = call.operation, call.input_shape
    own = not is_keras(type(layer)) or type(layer).__name__ == "Lambda"
    if not own or layer.weights or shape is None or shape != call.output_shape or len(call.inputs) != 1:
        return False
    import keras

    size = (_ROWS, *(each or _STEPS for each in shape))
    draw = np.random.default_rng(0)
    values, ways = (draw.normal(size=size).astype("float32") for _ in range(2))

    def along(tensors: Any) -> Any:
        made = layer(tensors[0])
        return keras.ops.sum(made * keras.ops.convert_to_tensor(ways)), made

    try:
        adapter = backend()
        given = keras.ops.convert_to_tensor(values)
        made = adapter.to_numpy(layer(given))
        _, gradients = adapter.gradient(along)([given])
        turned = np.asarray(adapter.to_numpy(gradients[0]), np.float64)
    except Exception:  # a layer that cannot be asked by itself
        return False
    return bool(np.allclose(made, values, atol=1e-4) and (turned * ways < 0).mean() == 1.0)
