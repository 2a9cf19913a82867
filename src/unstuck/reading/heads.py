"""How an output of a model ends, as far as the source shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from unstuck.evidence.facts import Head, Layer, Place
from unstuck.evidence.kinds import (
    AVERAGING,
    RESCALING,
    TRANSPARENT,
)
from unstuck.reading.graph import MOST_NODES, kind_of, opened
from unstuck.reading.layers import activation_of, applies, layer_of, produces
from unstuck.reading.shapes import Shape, inner_of, shape_made, width_of
from unstuck.reading.values import UNSURE, Made, Network, Tensor


@dataclass(frozen=True)
class _Ending:
    activation: str = "unknown"
    carrier: Tensor | None = None
    units: Tensor | None = None
    after: tuple[str, ...] = ()


def head_of(tensor: Tensor) -> Head | None:
    """How an output ends, None where the file does not show it. `units` is 0 where it does not tell."""
    ending = _ending(tensor, 0)
    width = ending.units
    if ending.activation == "unknown" and width is None:
        return None
    shape = shape_of(tensor)
    made = width.operation if width is not None and isinstance(width.operation, Made) else None
    carrier = ending.carrier
    # Where the shape is not known, a layer in between may have moved the columns elsewhere.
    direct = carrier is width or (
        carrier is not None and bool(carrier.inputs) and opened(carrier.inputs[0]) is width
    )
    units = width_of(inner_of(made) or made) if made is not None and direct and not ending.after else None
    units = shape[-1] if shape else units
    # The softmax runs over what its own layer gives, before anything behind it is given another shape.
    own = shape_of(carrier) if carrier is not None else None
    width_there = own[-1] if own else None if ending.after else units
    axis, size = _softmax(ending, width_there, own)
    record = _record(width)
    return Head(
        activation=ending.activation,
        units=units or 0,
        shape=shape or (units,),
        softmax_size=size,
        softmax_axis=axis,
        activation_is_last=not ending.after,
        after=ending.after,
        hidden=_hidden(width),
        layer=_record(carrier) or record,
        place=_place(carrier),
        units_place=_place(width),
    )


def _ending(tensor: Tensor, depth: int) -> _Ending:
    tensor = opened(tensor)
    operation, kind = tensor.operation, kind_of(tensor)
    if depth > MOST_NODES or operation is None or isinstance(operation, Network) or kind == "Unknown":
        return _Ending()
    feeder = tensor.inputs[0] if tensor.inputs else None
    name = applies(operation)
    if name is not None:
        if name != "linear":
            return _Ending(name, tensor, _width(tensor))
        return _ending(feeder, depth + 1) if feeder is not None else _Ending()
    if isinstance(operation, Made) and operation.custom:
        return _Ending()
    if isinstance(operation, Made) and produces(operation):
        return _Ending(activation_of(operation) or "linear", tensor, tensor)
    if len(tensor.inputs) > 1:
        return _merged(tensor, kind, depth)
    if feeder is not None and kind in TRANSPARENT:
        found = _ending(feeder, depth + 1)
        return replace(found, after=(*found.after, kind))
    if feeder is not None and kind in RESCALING:
        found = _ending(feeder, depth + 1)
        kept = found.activation if found.activation == "linear" else "unknown"
        return replace(found, activation=kept, after=(*found.after, kind))
    return _Ending()


def _merged(tensor: Tensor, kind: str, depth: int) -> _Ending:
    endings = [_ending(each, depth + MOST_NODES // 4) for each in tensor.inputs]
    names = {each.activation for each in endings}
    if kind in AVERAGING and len(names) == 1:
        return _Ending(names.pop(), after=(kind,))
    if kind in ("Add", "Subtract", *AVERAGING) and "linear" in names:
        return _Ending("linear", after=(kind,))
    return _Ending(after=(kind,))


def _width(tensor: Tensor | None) -> Tensor | None:
    """The tensor whose layer makes the values, at or behind this one."""
    for _ in range(MOST_NODES):
        if tensor is None:
            return None
        tensor = opened(tensor)
        operation = tensor.operation
        only = isinstance(operation, Made) and applies(operation) is None and produces(operation)
        if only:
            return tensor
        passes = kind_of(tensor) in TRANSPARENT | RESCALING or applies(operation) is not None
        tensor = tensor.inputs[0] if passes and len(tensor.inputs) == 1 else None
    return None


def _hidden(width: Tensor | None) -> Layer | None:
    """The layer that feeds the one which sets the width, with the activation between them."""
    if width is None or len(width.inputs) != 1:
        return None
    before = width.inputs[0]
    record = _record(_width(before))
    return None if record is None else replace(record, activation=_ending(before, 0).activation)


def _softmax(ending: _Ending, units: int | None, shape: Shape | None) -> tuple[int | None, int | None]:
    """The axis and the size of the output's softmax."""
    if ending.activation != "softmax" or ending.carrier is None:
        return None, None
    operation = ending.carrier.operation
    axis: Any = -1
    if isinstance(operation, Made) and operation.kind == "Softmax":
        axis = operation.get("axis", -1)
    if not isinstance(axis, int) or axis is UNSURE:
        return None, None
    if axis == -1 or shape is None:
        return axis, units if axis == -1 else None
    if axis == len(shape):
        return -1, units
    place = axis % (len(shape) + 1)
    return place, shape[place - 1] if place and place <= len(shape) else None


def _record(tensor: Tensor | None) -> Layer | None:
    if tensor is None or not isinstance(tensor.operation, Made):
        return None
    read = shape_of(tensor.inputs[0]) if tensor.inputs else None
    return layer_of(tensor.operation, read)


def _place(tensor: Tensor | None) -> Place | None:
    if tensor is None:
        return None
    if isinstance(tensor.operation, Made):
        return (inner_of(tensor.operation) or tensor.operation).place
    return tensor.place


def shape_of(tensor: Tensor, depth: int = 0) -> Shape | None:
    """The shape per row of a tensor, as far as it can be known."""
    tensor = opened(tensor)
    operation = tensor.operation
    if depth > 200 or operation is None or isinstance(operation, (str, Network)):
        same = isinstance(operation, str) and applies(operation) is not None and len(tensor.inputs) == 1
        return shape_of(tensor.inputs[0], depth + 1) if same and depth <= 200 else None
    if not isinstance(operation, Made) or operation.custom:
        return None
    read = shape_of(tensor.inputs[0], depth + 1) if len(tensor.inputs) == 1 else None
    return shape_made(operation, read)
