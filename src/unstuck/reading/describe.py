"""A model as the source builds it, as the records that rules read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from unstuck.evidence.facts import Head, Layer, Model
from unstuck.evidence.kinds import (
    snake_case,
)
from unstuck.reading.graph import all_parts, called_models, chain, collect
from unstuck.reading.layers import applies, has_weights, layer_of, says_frozen
from unstuck.reading.shapes import shape_given
from unstuck.reading.steps import Shapes, head_of, shape_of
from unstuck.reading.values import Made, Network, Tensor


@dataclass(frozen=True)
class Described:
    """A model in records: the heads by output name, and the architecture where all of it is known."""

    model: Model | None
    heads: dict[str, Head]
    frozen: bool = False


def described(network: Network) -> Described:
    """The model as it stands now."""
    outputs = network.outputs
    if network.kind == "Sequential":
        outputs = {"": chain(network, None)} if network.whole else {}
    shapes: Shapes = {}
    heads = {name: head_of(tensor, shapes) for name, tensor in outputs.items()}
    model = _model(network, outputs, shapes)
    if model is None and network.trains_its_own_way:
        heads = {}  # no record says so then, and what compile was given may not be what is minimised
    return Described(model, {name: each for name, each in heads.items() if each}, _frozen(network))


def _model(network: Network, outputs: dict[str, Tensor], shapes: Shapes) -> Model | None:
    """The architecture, None where a part of it is not shown by the file."""
    if not outputs or not network.whole:
        return None
    tensors: list[Tensor] = []
    for each in outputs.values():
        if not collect(each, tensors):
            return None
    frozen = {id(part) for each in called_models(network) if says_frozen(each) for part in all_parts(each)}
    layers = []
    for tensor in tensors:
        operation = tensor.operation
        if isinstance(operation, Made):
            if operation.kind == "InputLayer":
                continue
            read = shape_of(tensor.inputs[0], shapes) if len(tensor.inputs) == 1 else None
            layer = layer_of(operation, read if read is not None else shape_given(operation))
            layers.append(replace(layer, trainable=False) if id(operation) in frozen else layer)
        elif isinstance(operation, str):
            name = applies(operation)
            layers.append(
                Layer(name=snake_case(operation), kind=operation, activation=name, place=tensor.place)
            )
    return Model(
        kind=network.kind,
        layers=tuple(layers),
        outputs=len(outputs),
        custom_train_step=network.trains_its_own_way,
        place=network.place,
    )


def _frozen(network: Network) -> bool:
    """Whether nothing that the model holds is trainable; what the file does not show may be."""
    if says_frozen(network):
        return True
    held = network.layers or _layers_of(network)
    if not network.whole or any(not isinstance(each, (Made, Network, Tensor)) for each in held):
        return False
    held = [each for each in held if isinstance(each, (Made, Network))]
    flags = [says_frozen(each) for each in held if not isinstance(each, Made) or has_weights(each)]
    return bool(flags) and all(flags)


def _layers_of(network: Network) -> list[Any]:
    found: list[Tensor] = []
    for each in network.outputs.values():
        collect(each, found)
    return [each.operation for each in found if each.operation is not None]
