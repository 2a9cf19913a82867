"""Whether training mode and inference mode of a model can differ."""

from __future__ import annotations

from typing import Any

from unstuck.evidence.layers import is_keras


def depends_on_mode(model: Any) -> bool:
    """Whether training mode and inference mode can differ: a layer with dropout, noise or batch statistics.

    Layers that are not Keras's own are taken to differ when their `call` asks for the mode.
    """
    import keras

    for layer in model._flatten_layers():
        if isinstance(layer, (keras.Model, keras.layers.RNN)) and is_keras(type(layer)):
            if getattr(layer, "dropout", 0) or getattr(layer, "recurrent_dropout", 0):
                return True
            continue
        if not getattr(layer, "_call_has_training_arg", False):
            continue
        if not is_keras(type(layer)):
            return True
        if type(layer).__name__ in _SAME_IN_BOTH_MODES and not getattr(layer, "dropout", 0):
            continue
        if getattr(layer, "rate", None) != 0:
            return True
    return False


#: Layers of Keras that take the mode only to hand it to what they hold, or for their own dropout.
_SAME_IN_BOTH_MODES = frozenset(
    {
        "Dense",
        "EinsumDense",
        "Bidirectional",
        "TimeDistributed",
        "LSTMCell",
        "GRUCell",
        "SimpleRNNCell",
        "StackedRNNCells",
        "MultiHeadAttention",
        "GroupedQueryAttention",
        "Attention",
        "AdditiveAttention",
    }
)
