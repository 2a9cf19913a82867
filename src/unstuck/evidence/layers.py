"""One Keras layer or operation as a Layer record: its kind, its activation, its sizes."""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from unstuck.evidence.facts import Layer, Place
from unstuck.evidence.kinds import ACTIVATION_LAYERS, ACTIVATIONS, ALIASES, relu_variant, snake_case

PlaceOf = Callable[[object], Place | None]


#: A function of these packages means what its name says.
_FRAMEWORKS = frozenset({"keras", "tensorflow", "jax", "jaxlib", "torch"})

#: Functions are decorated no deeper than this.
_DEEPEST = 8

_RECURRENT = frozenset({"LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})


def is_keras(thing: object) -> bool:
    """Whether an object's class, or a function, stands in Keras itself, whatever name it bears."""
    return _packages(thing) == {"keras"}


def _packages(thing: Any, depth: int = 0) -> set[str]:
    """The packages in which the code of a function, with its decorators, or an object's class stands.

    `functools.wraps` gives a function the name and the module of another one: they tell nothing.
    """
    if isinstance(thing, types.MethodType):
        return _packages(thing.__func__, depth)
    found = set()
    if isinstance(thing, types.FunctionType):
        found.add(str(thing.__globals__.get("__name__")).partition(".")[0])
    elif isinstance(thing, type):
        found.add(thing.__module__.partition(".")[0] if _stands_where_it_says(thing) else "")
    elif isinstance(thing, types.BuiltinFunctionType):
        found.add(str(thing.__module__).partition(".")[0])
    elif not hasattr(type(thing), "__wrapped__"):
        found |= _packages(type(thing))
    decorated = getattr(thing, "__wrapped__", None)
    return found | (_packages(decorated, depth + 1) if decorated is not None and depth < _DEEPEST else set())


def _stands_where_it_says(cls: type) -> bool:
    """Whether the module that a class names holds it under its name: a class can name any."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def runs_as_keras(layer: Any) -> bool:
    """Whether a layer, model or loss computes what Keras's class does: a subclass may leave `call` alone."""
    names = ("call", "__call__")
    return "call" not in vars(layer) and all(is_keras(getattr(type(layer), name, None)) for name in names)


def is_layer(operation: Any) -> bool:
    """Whether an operation of the graph is a layer, not a bare function such as `ops.relu`."""
    return hasattr(operation, "trainable_weights")


def kind_of(operation: Any) -> str:
    """The class name, that of the cell's wrapper for wrapped layers."""
    return type(operation).__name__


def function_name(function: Any) -> str:
    """The Keras name of an activation function; "custom" when it is not one that Keras names."""
    if function is None:
        return "linear"
    if is_layer(function):
        return (activation_of(function) if runs_as_keras(function) else None) or "custom"
    name = getattr(function, "__name__", type(function).__name__)
    name = ALIASES.get(name, name)
    return name if name in ACTIVATIONS and _packages(function) <= _FRAMEWORKS else "custom"


def activation_of(operation: Any) -> str | None:
    """The name of the activation an operation applies, None when it has none.

    Reads through wrappers (TimeDistributed, Bidirectional, RNN over one cell). A gated recurrent
    layer with a softmax inside gives "custom": the gates break the sum of one.
    """
    kind = kind_of(operation)
    if not is_layer(operation):
        name = ALIASES.get(snake_case(kind), snake_case(kind))
        return name if is_keras(type(operation)) and name in ACTIVATIONS else None
    if kind == "ReLU" and is_keras(type(operation)):
        return relu_variant(operation.negative_slope, operation.max_value, operation.threshold)
    if kind in ACTIVATION_LAYERS and kind != "Activation":
        return ACTIVATION_LAYERS[kind]
    inner = inner_layer(operation)
    if inner is not None:
        return activation_of(inner)
    if not hasattr(operation, "activation"):
        return None
    name = function_name(operation.activation)
    return "custom" if kind in _RECURRENT and "softmax" in name else name


def is_activation(operation: Any) -> bool:
    """Whether an operation is nothing but an activation."""
    if is_layer(operation):
        return kind_of(operation) in ACTIVATION_LAYERS and runs_as_keras(operation)
    return activation_of(operation) is not None


def inner_layer(layer: Any) -> Any:
    """The layer or cell whose numbers count for a wrapper, None for an ordinary layer."""
    if not is_keras(type(layer)):
        return None
    if kind_of(layer) == "Bidirectional":
        return layer.forward_layer
    if kind_of(layer) in ("TimeDistributed", "SpectralNormalization"):
        return layer.layer
    if kind_of(layer) == "RNN":
        cells = getattr(layer.cell, "cells", None)
        return cells[-1] if cells else layer.cell
    return None


def softmax_axes_of(operation: Any) -> tuple[int, ...] | None:
    """The axes of the operation's softmax as written (-1 for a function), None where they are no numbers."""
    function = getattr(operation, "activation", None)
    inner = inner_layer(operation)
    if inner is not None:
        return softmax_axes_of(inner)
    holder = function if is_layer(function) else operation
    if kind_of(holder) not in ("Softmax", "LogSoftmax"):
        return (-1,)
    axis = getattr(holder, "axis", -1)
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    return axes if axes and all(isinstance(each, int) for each in axes) else None


def per_row(shape: Any) -> tuple[int | None, ...] | None:
    """A shape without its batch axis, None when it is no plain shape."""
    if not isinstance(shape, (list, tuple)) or not shape:
        return None
    if not all(size is None or isinstance(size, int) for size in shape):
        return None
    return tuple(shape[1:])


def read_layer(
    operation: Any,
    place_of: PlaceOf,
    input_shape: tuple[int | None, ...] | None = None,
    output_shape: tuple[int | None, ...] | None = None,
) -> Layer:
    """Describe one leaf layer or bare operation. Shapes are per row, None where unknown."""
    inner = inner_layer(operation)
    inner = operation if inner is None else inner
    units = output_shape[-1] if output_shape else None
    if units is None:
        units = next((value for name in ("units", "filters") if (value := _whole(inner, name))), None)
    axis = getattr(operation, "axis", None)
    return Layer(
        name=str(getattr(operation, "name", "")),
        kind=kind_of(operation),
        activation=activation_of(operation),
        units=units,
        input_shape=input_shape,
        output_shape=output_shape,
        parameters=count(getattr(operation, "weights", ())),
        trainable_parameters=count(getattr(operation, "trainable_weights", ())),
        trainable=bool(getattr(operation, "trainable", True)),
        rate=_number(operation, "rate"),
        momentum=_number(operation, "momentum"),
        penalty=_penalty(inner),
        input_dim=_whole(inner, "input_dim"),
        mask_zero=_flag(inner, "mask_zero"),
        return_sequences=_flag(operation, "return_sequences"),
        go_backwards=_flag(operation, "go_backwards"),
        stateful=_flag(operation, "stateful"),
        axis=axis if isinstance(axis, int) else None,
        adapted=_adapted(operation),
        scale=_number(operation, "scale") if kind_of(operation) == "Rescaling" else None,
        use_bias=_flag(inner, "use_bias"),
        constrained=getattr(inner, "kernel_constraint", None) is not None,
        custom=not is_keras(type(operation)),
        place=place_of(operation),
    )


def _adapted(layer: Any) -> bool | None:
    """Whether a Normalization layer knows its statistics: given, adapted, or loaded as weights.

    A layer that was only built holds mean 0 and variance 1 and hands its input on unchanged.
    """
    if kind_of(layer) != "Normalization" or not is_keras(type(layer)):
        return None
    held = (getattr(layer, "adapt_mean", None), getattr(layer, "adapt_variance", None))
    if getattr(layer, "input_mean", None) is not None or None in held:
        return getattr(layer, "input_mean", None) is not None
    mean, variance = (_values(each) for each in held)
    return bool(np.any(mean != 0) or np.any(variance != 1))


def _values(variable: Any) -> np.ndarray:
    """A variable or tensor as numpy."""
    value = getattr(variable, "value", variable)
    return value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)


def number(tensor: Any) -> float:
    """A variable, tensor or plain number as a float: the shortest decimal of its own precision."""
    return float(str(_values(tensor).reshape(-1)[0]))


def count(variables: Any) -> int:
    """How many numbers a list of variables holds."""
    return sum(math.prod(variable.shape) for variable in variables)


def _number(layer: Any, name: str) -> float | None:
    value = getattr(layer, name, None)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _whole(layer: Any, name: str) -> int | None:
    value = getattr(layer, name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _flag(layer: Any, name: str) -> bool | None:
    value = getattr(layer, name, None)
    return value if isinstance(value, bool) else None


def _penalty(layer: Any) -> float:
    """The largest weight of any L1 or L2 regulariser of a layer, 0.0 without one."""
    largest = 0.0
    for name in dir(layer):
        if not name.endswith("_regularizer"):
            continue
        regulariser = getattr(layer, name, None)
        for weight in ("l1", "l2", "factor"):
            value = getattr(regulariser, weight, None)
            if value is not None:
                largest = max(largest, float(value))
    return largest
