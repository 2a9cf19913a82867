"""How an output of a model ends: walk back from the output to its activation and its width."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from unstuck.evidence.facts import Head, Layer
from unstuck.evidence.graph import Call
from unstuck.evidence.kinds import AVERAGING, RESCALING, TRANSPARENT
from unstuck.evidence.layers import (
    PlaceOf,
    activation_of,
    inner_layer,
    is_activation,
    is_keras,
    is_layer,
    kind_of,
    per_row,
    read_layer,
    runs_as_keras,
    softmax_axis_of,
)

#: Activations that leave values above 0 as they are, those whose values are never below 0, and those whose
#: values go below 0 and beyond any bound above it, as far as the graph tells.
KEEPS_POSITIVE = frozenset(("relu", "leaky_relu", "elu", "celu", "prelu"))
NEVER_NEGATIVE = frozenset(("sigmoid", "hard_sigmoid", "softmax", "softplus", "exponential", "relu", "relu6"))
UNBOUNDED = frozenset(("linear", "elu", "selu", "celu", "gelu", "silu", "leaky_relu", "prelu", "mish"))


@dataclass(frozen=True)
class _Ending:
    """What the walk found: the activation, the call that applies it, the call that sets the width."""

    activation: str = "unknown"
    carrier: Call | None = None
    units: Call | None = None
    after: tuple[str, ...] = ()


def read_head(call: Call | None, shape: tuple[int | None, ...] | None, place_of: PlaceOf) -> Head:
    """Describe the output made by `call`, of this shape per row (None: as the last layer says).

    The activation is "unknown" where the graph does not tell: after a Lambda, a user's own layer, a
    product, or arithmetic that moves the range of an activation.
    """
    ending = _ending(call)
    width = ending.units
    record = _record(width, place_of)
    if shape is None:
        shape = record.output_shape if record and record.output_shape else (record.units if record else None,)
    units = shape[-1] if shape else None
    axis, size = _softmax(ending)
    carrier = ending.carrier
    return Head(
        activation=ending.activation,
        units=units if units is not None else 1,
        shape=shape,
        softmax_size=size,
        softmax_axis=axis,
        activation_is_last=not ending.after,
        after=ending.after,
        hidden=_hidden(width, place_of),
        layer=_record(carrier, place_of) or record,
        place=_place(carrier, place_of),
        units_place=_place(width, place_of),
    )


def _ending(call: Call | None) -> _Ending:
    """The activation that an output passes last, and what stands after it."""
    if call is None:
        return _Ending()
    operation, kind = call.operation, kind_of(call.operation)
    if not is_keras(type(operation)) and not (is_layer(operation) and runs_as_keras(operation)):
        return _Ending(units=None)
    if is_activation(operation):
        name = activation_of(operation)
        if name == "linear":
            return _ending(call.feeder)
        if name in KEEPS_POSITIVE:
            return _rectified(call, name)
        return _Ending(name or "unknown", call, _width(call))
    if _produces(operation):
        return _Ending(activation_of(operation) or "linear", call, call)
    if len(call.inputs) > 1:
        return _merged(call)
    if kind in TRANSPARENT:
        found = _ending(call.feeder)
        return replace(found, after=(*found.after, kind))
    if kind in RESCALING:
        found = _ending(call.feeder)
        kept = found.activation if found.activation == "linear" else "unknown"
        return replace(found, activation=kept, after=(*found.after, kind))
    return _Ending()


def _rectified(call: Call, name: str) -> _Ending:
    """The ending of a call that leaves what is positive as it is: of probabilities it changes nothing."""
    inner = _ending(call.feeder)
    if inner.activation in NEVER_NEGATIVE and not inner.after:
        return replace(inner, after=(kind_of(call.operation),))
    return _Ending(name if inner.activation in UNBOUNDED else "unknown", call, _width(call))


def _merged(call: Call) -> _Ending:
    """The ending of a call with several inputs: known where all branches end alike."""
    kind = kind_of(call.operation)
    endings = [_ending(branch) for branch in call.inputs]
    names = {ending.activation for ending in endings}
    if kind in AVERAGING and len(names) == 1:
        return _Ending(names.pop(), after=(kind,))
    if kind in ("Add", "Subtract", "Sum", *AVERAGING) and "linear" in names:
        return _Ending("linear", after=(kind,))
    return _Ending(after=(kind,))


def _produces(operation: Any) -> bool:
    """Whether an operation makes new values from weights and applies its `activation` to them."""
    if not is_layer(operation):
        return kind_of(operation) in ("Matmul", "Dot", "Einsum", "Tensordot")
    if inner_layer(operation) is not None:
        return kind_of(operation) != "Bidirectional" or getattr(operation, "merge_mode", "") in (
            "concat",
            "ave",
        )
    known = ("Embedding", "ReversibleEmbedding", "MultiHeadAttention", "GroupedQueryAttention")
    return hasattr(operation, "activation") or kind_of(operation) in known


def _width(call: Call | None) -> Call | None:
    """The call that makes the values, at or behind this one; None where that is not plain."""
    while call is not None:
        operation = call.operation
        if is_layer(operation) and not is_activation(operation) and _produces(operation):
            return call
        passes = kind_of(operation) in TRANSPARENT or is_activation(operation) or _rescales(call)
        call = call.feeder if passes and len(call.inputs) == 1 else None
    return None


def _rescales(call: Call) -> bool:
    return kind_of(call.operation) in RESCALING and len(call.inputs) == 1


def _hidden(width: Call | None, place_of: PlaceOf) -> Layer | None:
    """The layer that feeds the layer which sets the width, with the activation between them."""
    if width is None or len(width.inputs) != 1:
        return None
    before = width.feeder
    made = _width(before)
    record = _record(made, place_of)
    if record is None:
        return None
    return replace(record, activation=_ending(before).activation)


def _softmax(ending: _Ending) -> tuple[int | None, int | None]:
    """The axis (batch axis 0, -1 for the last) and the size of the output's softmax."""
    if ending.activation != "softmax" or ending.carrier is None:
        return None, None
    operation = ending.carrier.operation
    axis = softmax_axis_of(operation)
    shape = ending.carrier.output_shape
    if shape is None:
        record = _record(ending.units, lambda _: None)
        return axis, record.units if record and axis == -1 else None
    if axis is None:
        written = getattr(operation, "axis", ()) or ()
        sizes = [_size(shape, each) for each in written]
        return None, math.prod(size for size in sizes if size) if sizes and all(sizes) else None
    last = axis in (-1, len(shape))
    return -1 if last else axis % (len(shape) + 1), _size(shape, axis)


def _size(shape: tuple[int | None, ...], axis: int) -> int | None:
    """The size of an axis of a shape without the batch axis, None for the batch axis itself."""
    place = axis % (len(shape) + 1)
    return shape[place - 1] if place else None


def _record(call: Call | None, place_of: PlaceOf) -> Layer | None:
    if call is None:
        return None
    shape = call.output_shape
    if shape is None and call.operation is not None:
        shape = per_row(getattr(call.operation, "_output_shape", None))
    return read_layer(call.operation, place_of, call.input_shape, shape)


def _place(call: Call | None, place_of: PlaceOf) -> Any:
    """Where the operation stands in the user's code; for a wrapper, where the layer inside it does."""
    if call is None:
        return None
    inner = inner_layer(call.operation)
    return (place_of(inner) if inner is not None else None) or place_of(call.operation)
