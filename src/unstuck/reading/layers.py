"""One layer as the source makes it, as the record that rules read."""

from __future__ import annotations

from typing import Any

from unstuck.evidence.facts import Layer
from unstuck.evidence.kinds import (
    ACTIVATION_LAYERS,
    ACTIVATIONS,
    ALIASES,
    AVERAGING,
    TRANSPARENT,
    relu_variant,
    snake_case,
)
from unstuck.evidence.signatures import DEFAULTS, WITH_ACTIVATION, default_activation
from unstuck.reading.shapes import Shape, ends_in_channels, inner_of, shape_made, whole, width_of
from unstuck.reading.values import UNSURE, Class, Function, Made, Named, plain

_RECURRENT_GATED = frozenset({"LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})


def layer_of(layer: Made, read: Shape | None = None) -> Layer:
    """One layer as a record."""
    inner = inner_of(layer) or layer
    rate, momentum = layer.get("rate"), layer.get("momentum", DEFAULTS["momentum"])
    normalises = layer.kind == "BatchNormalization"
    name = layer.get("name")
    made = shape_made(layer, read)
    width = made[-1] if made else None
    if width is None and inner is layer and ends_in_channels(layer):
        width = width_of(layer)
    return Layer(
        name=name if isinstance(name, str) else snake_case(layer.kind),
        kind=layer.kind,
        activation=activation_of(layer),
        units=width,
        input_shape=read,
        output_shape=made,
        trainable=not says_frozen(layer),
        rate=float(rate) if isinstance(rate, (int, float)) else None,
        momentum=float(momentum) if normalises and isinstance(momentum, (int, float)) else None,
        penalty=_penalty(layer),
        input_dim=whole(layer.get("input_dim")),
        mask_zero=_flag(layer, "mask_zero") if layer.kind == "Embedding" else None,
        return_sequences=_flag(inner, "return_sequences"),
        go_backwards=_flag(inner, "go_backwards"),
        stateful=_flag(inner, "stateful"),
        axis=whole(layer.get("axis", DEFAULTS["axis"])),
        scale=scale_of(layer),
        custom=layer.custom or not layer.path.startswith("keras.layers."),
        place=inner.place,
    )


def scale_of(layer: Made) -> float | None:
    """What a Rescaling multiplies by."""
    scale = layer.get("scale", layer.get(0)) if layer.kind == "Rescaling" else None
    return float(scale) if isinstance(scale, (int, float)) else None


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
    slope, top, floor = layer.get("negative_slope", 0), layer.get("max_value"), layer.get("threshold", 0)
    return "unknown" if UNSURE in (slope, top, floor) else relu_variant(slope, top, floor)


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


def applies(operation: Any) -> str | None:
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
        kept = layer.kind != "Bidirectional" or layer.get("merge_mode", "concat") in ("concat", "ave")
        return kept and produces(inner) and applies(inner) is None
    return layer.kind in WITH_ACTIVATION - {"Activation"} or layer.kind in ("Embedding", "MultiHeadAttention")


def says_frozen(thing: Any) -> bool:
    """Whether a layer or model was given `trainable = False`, when it was made or later."""
    given = thing.attributes.get("trainable")
    if given is None and isinstance(thing, Made):
        given = thing.arguments.get("trainable")
    return given is not None and plain(given) is False


#: Layers of Keras without weights; any other may have some.
WEIGHTLESS = (TRANSPARENT | ACTIVATION_LAYERS.keys() | AVERAGING) - {"BatchNormalization", "PReLU"} | {
    *("Add", "Subtract", "Multiply", "Dot", "Rescaling", "InputLayer", "Resizing", "CenterCrop")
}


def has_weights(layer: Made) -> bool:
    """Whether a layer may have weights."""
    foreign = layer.custom or not layer.path.startswith("keras.layers.")
    random = layer.kind.startswith(("Random", "ZeroPadding", "Global"))
    return foreign or not (random or layer.kind in WEIGHTLESS)
