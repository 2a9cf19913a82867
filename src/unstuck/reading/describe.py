"""A model as the source builds it, as the records that rules read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from unstuck.evidence.facts import Head, Layer, Model, Place
from unstuck.evidence.kinds import (
    ACTIVATION_LAYERS,
    ACTIVATIONS,
    ALIASES,
    AVERAGING,
    RESCALING,
    TRANSPARENT,
    snake_case,
)
from unstuck.evidence.signatures import DEFAULTS, WITH_ACTIVATION, default_activation
from unstuck.reading.shapes import Shape, inner_of, shape_given, shape_made, whole, width_of
from unstuck.reading.values import UNSURE, Class, Function, Made, Named, Network, Tensor, plain

_RECURRENT_GATED = frozenset({"LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})

#: Nodes of a graph that are walked back at most: a network of a thousand layers is beyond any by hand.
_MOST_NODES = 2000

#: Models inside one another that are opened; a model inside itself would never end.
_MOST_NESTED = 50


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
    heads = {name: head_of(tensor) for name, tensor in outputs.items()}
    return Described(
        _model(network, outputs), {name: each for name, each in heads.items() if each}, _frozen(network)
    )


def chain(network: Network, start: Tensor | None) -> Tensor:
    """The layers of a Sequential one after the other, upon what it reads."""
    tensor = start if start is not None else Tensor(None)
    for layer in network.layers:
        if isinstance(layer, Tensor) or (isinstance(layer, Made) and layer.kind in ("InputLayer", "Input")):
            tensor = layer if isinstance(layer, Tensor) and start is None else tensor
            continue
        if isinstance(layer, (Made, Network)):
            tensor = Tensor(layer, (tensor,), layer.place)
        else:
            tensor = Tensor("Unknown", (tensor,))
    return tensor


def opened(tensor: Tensor) -> Tensor:
    """A tensor with the model that makes it opened up, as far as the file shows its layers."""
    for _ in range(_MOST_NESTED):
        network = tensor.operation
        if not isinstance(network, Network):
            break
        if network.kind == "Sequential" and network.whole and network.layers:
            tensor = chain(network, tensor.inputs[0] if tensor.inputs else None)
        elif network.kind in ("Functional", "subclassed") and len(network.outputs) == 1:
            tensor = next(iter(network.outputs.values()))
        else:
            break
    return tensor


# -- layers ----------------------------------------------------------------------------------------


def layer_of(layer: Made, read: Shape | None = None) -> Layer:
    """One layer as a record."""
    inner = inner_of(layer) or layer
    rate, momentum = layer.get("rate"), layer.get("momentum", DEFAULTS["momentum"])
    normalises = layer.kind == "BatchNormalization"
    name = layer.get("name")
    return Layer(
        name=name if isinstance(name, str) else snake_case(layer.kind),
        kind=layer.kind,
        activation=activation_of(layer),
        units=width_of(inner),
        input_shape=read,
        output_shape=shape_made(layer, read),
        trainable=not _says_frozen(layer),
        rate=float(rate) if isinstance(rate, (int, float)) else None,
        momentum=float(momentum) if normalises and isinstance(momentum, (int, float)) else None,
        penalty=_penalty(layer),
        input_dim=whole(layer.get("input_dim")),
        mask_zero=_flag(layer, "mask_zero") if layer.kind == "Embedding" else None,
        return_sequences=_flag(inner, "return_sequences"),
        go_backwards=_flag(inner, "go_backwards"),
        stateful=_flag(inner, "stateful"),
        axis=whole(layer.get("axis", DEFAULTS["axis"])),
        custom=layer.custom or not layer.path.startswith("keras.layers."),
        place=inner.place,
    )


def _flag(layer: Made, name: str) -> bool | None:
    found = layer.get(name, DEFAULTS.get(name))
    return found if isinstance(found, bool) else None


def _penalty(layer: Made) -> float:
    """The largest weight of an L1/L2 penalty that is written as a number."""
    given = layer.arguments.get("kernel_regularizer")
    if isinstance(given, Made):
        found = [plain(each) for each in given.arguments.values()]
        return max((float(each) for each in found if isinstance(each, (int, float))), default=0.01)
    return 0.01 if isinstance(plain(given) if given else None, str) else 0.0


def activation_of(layer: Made) -> str | None:
    """The activation a layer applies: Keras's name, "custom", "unknown", or None where it has none."""
    inner = inner_of(layer)
    if inner is not None:
        return activation_of(inner)
    if layer.custom:
        return "unknown"
    if layer.kind == "ReLU":
        return _relu_variant(layer)
    if layer.kind in ACTIVATION_LAYERS and layer.kind != "Activation":
        return ACTIVATION_LAYERS[layer.kind]
    if layer.kind not in WITH_ACTIVATION:
        return None
    given = layer.arguments.get("activation")
    if given is None:
        return "unknown" if layer.hidden else default_activation(layer.kind)
    name = activation_name(given)
    return "custom" if layer.kind in _RECURRENT_GATED and "softmax" in name else name


def _relu_variant(layer: Made) -> str:
    """Which function a ReLU layer with these arguments is."""
    if not layer.arguments and not layer.hidden:
        return "relu"
    if layer.get("max_value") in (6, 6.0):
        return "relu6"
    return "leaky_relu" if "negative_slope" in layer.arguments else "custom"


def activation_name(given: Any) -> str:
    """The Keras name of what was given as an activation."""
    written = plain(given)
    if written is None:
        return "linear"
    if isinstance(given, Made):
        return activation_of(given) or "custom"
    if isinstance(written, str):
        name = written
    elif isinstance(given, Named):
        name = given.last if given.path.startswith(("keras.", "tensorflow.", "jax.", "torch.")) else "custom"
    else:
        return "custom" if isinstance(given, (Function, Class)) else "unknown"
    name = ALIASES.get(name, name)
    return name if name in ACTIVATIONS else "custom"


# -- heads -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ending:
    activation: str = "unknown"
    carrier: Tensor | None = None
    units: Tensor | None = None
    after: tuple[str, ...] = ()


def kind_of(tensor: Tensor) -> str:
    """The class name of what makes a tensor."""
    operation = tensor.operation
    return operation if isinstance(operation, str) else getattr(operation, "kind", "InputLayer")


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
    axis, size = _softmax(ending, units, shape)
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
    if depth > _MOST_NODES or operation is None or isinstance(operation, Network) or kind == "Unknown":
        return _Ending()
    feeder = tensor.inputs[0] if tensor.inputs else None
    name = _applies(operation)
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


def _applies(operation: Any) -> str | None:
    """The activation of something that is nothing but one, None for anything else."""
    if isinstance(operation, str):
        name = snake_case(operation)
        name = ALIASES.get(name, name)
        return name if name in ACTIVATIONS else None
    if isinstance(operation, Made) and operation.kind in ACTIVATION_LAYERS and not operation.custom:
        return activation_of(operation) or "unknown"
    return None


def produces(layer: Made) -> bool:
    """Whether a layer makes new values from weights and applies its `activation` to them."""
    inner = inner_of(layer)
    if inner is not None:
        return layer.kind != "Bidirectional" or layer.get("merge_mode", "concat") in ("concat", "ave")
    return layer.kind in WITH_ACTIVATION - {"Activation"} or layer.kind in ("Embedding", "MultiHeadAttention")


def _merged(tensor: Tensor, kind: str, depth: int) -> _Ending:
    endings = [_ending(each, depth + _MOST_NODES // 4) for each in tensor.inputs]
    names = {each.activation for each in endings}
    if kind in AVERAGING and len(names) == 1:
        return _Ending(names.pop(), after=(kind,))
    if kind in ("Add", "Subtract", *AVERAGING) and "linear" in names:
        return _Ending("linear", after=(kind,))
    return _Ending(after=(kind,))


def _width(tensor: Tensor | None) -> Tensor | None:
    """The tensor whose layer makes the values, at or behind this one."""
    for _ in range(_MOST_NODES):
        if tensor is None:
            return None
        tensor = opened(tensor)
        operation = tensor.operation
        only = isinstance(operation, Made) and _applies(operation) is None and produces(operation)
        if only:
            return tensor
        passes = kind_of(tensor) in TRANSPARENT | RESCALING or _applies(operation) is not None
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
        same = isinstance(operation, str) and _applies(operation) is not None and len(tensor.inputs) == 1
        return shape_of(tensor.inputs[0], depth + 1) if same and depth <= 200 else None
    if not isinstance(operation, Made) or operation.custom:
        return None
    read = shape_of(tensor.inputs[0], depth + 1) if len(tensor.inputs) == 1 else None
    return shape_made(operation, read)


# -- the whole model -------------------------------------------------------------------------------


def _model(network: Network, outputs: dict[str, Tensor]) -> Model | None:
    """The architecture, None where a part of it is not shown by the file."""
    if not outputs or not network.whole:
        return None
    tensors: list[Tensor] = []
    for each in outputs.values():
        if not _collect(each, tensors):
            return None
    layers = []
    for tensor in tensors:
        operation = tensor.operation
        if isinstance(operation, Made):
            if operation.kind == "InputLayer":
                continue
            read = shape_of(tensor.inputs[0]) if len(tensor.inputs) == 1 else None
            layers.append(layer_of(operation, read if read is not None else shape_given(operation)))
        elif isinstance(operation, str):
            name = _applies(operation)
            layers.append(
                Layer(name=snake_case(operation), kind=operation, activation=name, place=tensor.place)
            )
    return Model(
        kind=network.kind,
        layers=tuple(layers),
        custom_train_step=network.trains_its_own_way,
        place=network.place,
    )


def _collect(tensor: Tensor, found: list[Tensor]) -> bool:
    """All tensors behind this one, inputs first; whether the file shows all of them."""
    stack: list[tuple[Tensor, bool]] = [(tensor, False)]
    seen = {id(each) for each in found}
    while stack:
        at, done = stack.pop()
        at = opened(at)
        if id(at) in seen:
            continue
        if done:
            seen.add(id(at))
            found.append(at)
            continue
        unknown = isinstance(at.operation, Network) or kind_of(at) == "Unknown"
        if unknown or len(found) + len(stack) > _MOST_NODES:
            return False
        stack.append((at, True))
        stack.extend((each, False) for each in reversed(at.inputs))
    return True


def weighted(network: Network) -> Iterator[Any]:
    """The layers and models that a model holds, those inside others too, each once."""
    waiting, seen = list(network.layers), {id(network)}
    while waiting:
        layer = waiting.pop(0)
        if id(layer) not in seen:
            seen.add(id(layer))
            yield layer
            if isinstance(layer, Network):
                waiting[:0] = layer.layers


def _frozen(network: Network) -> bool:
    """Whether nothing that the model holds is trainable; what the file does not show may be."""
    if _says_frozen(network):
        return True
    held = network.layers or _layers_of(network)
    if not network.whole or any(not isinstance(each, (Made, Network, Tensor)) for each in held):
        return False
    held = [each for each in held if isinstance(each, (Made, Network))]
    flags = [_says_frozen(each) for each in held if not isinstance(each, Made) or _has_weights(each)]
    return bool(flags) and all(flags)


def _layers_of(network: Network) -> list[Any]:
    found: list[Tensor] = []
    for each in network.outputs.values():
        _collect(each, found)
    return [each.operation for each in found if each.operation is not None]


def _says_frozen(thing: Any) -> bool:
    given = thing.attributes.get("trainable")
    if given is None and isinstance(thing, Made):
        given = thing.arguments.get("trainable")
    return given is not None and plain(given) is False


#: Layers of Keras without weights; any other may have some.
_WEIGHTLESS = (TRANSPARENT | ACTIVATION_LAYERS.keys() | AVERAGING) - {"BatchNormalization", "PReLU"} | {
    *("Add", "Subtract", "Multiply", "Dot", "Rescaling", "InputLayer", "Resizing", "CenterCrop")
}


def _has_weights(layer: Made) -> bool:
    """Whether a layer may have weights."""
    foreign = layer.custom or not layer.path.startswith("keras.layers.")
    random = layer.kind.startswith(("Random", "ZeroPadding", "Global"))
    return foreign or not (random or layer.kind in _WEIGHTLESS)
