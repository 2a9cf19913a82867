"""The shape of what a layer makes, from its arguments and the shape it reads."""

from __future__ import annotations

import math
from typing import Any

from unstuck.evidence.signatures import DEFAULTS, WITH_WIDTH
from unstuck.reading.values import UNSURE, Items, Made, plain

Shape = tuple[int | None, ...]

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
_SAME = (
    "Activation ReLU LeakyReLU PReLU ELU Softmax Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D "
    "AlphaDropout GaussianDropout GaussianNoise ActivityRegularization BatchNormalization LayerNormalization "
    "Normalization Rescaling Masking Identity UnitNormalization RandomFlip RandomRotation RandomZoom"
)
_SAME_SHAPE = frozenset(_SAME.split())


def shape_given(layer: Made) -> Shape | None:
    """The shape per row that a layer says it reads: `shape=`, `input_shape=`, `input_dim=` of a Dense."""
    for name in ("shape", "input_shape"):
        found = _sizes(layer.arguments.get(name)) or layer.get(name)
        if isinstance(found, (tuple, list)):
            return tuple(each if isinstance(each, int) else None for each in found)
        if isinstance(found, int) and not isinstance(found, bool):
            return (found,)
    batch = layer.get("batch_shape", layer.get("batch_input_shape"))
    if isinstance(batch, (tuple, list)):
        return tuple(each if isinstance(each, int) else None for each in batch[1:])
    width = layer.get("input_dim") if layer.kind not in ("Embedding",) else None
    return (width,) if isinstance(width, int) else None


def _sizes(given: Any) -> Shape | None:
    """The sizes that a tuple of the source names, None for each that the text does not tell."""
    if not isinstance(given, Items) or given.open:
        return None
    return tuple(whole(plain(each)) for each in given.members)


def ends_in_channels(layer: Made) -> bool:
    """Whether the last axis of what a layer gives is that of its units or filters, as far as it says."""
    return layer.get("data_format") in (None, "channels_last")


def shape_made(layer: Made, read: Shape | None) -> Shape | None:
    """The shape per row of a layer's output, None where it is not known."""
    kind = layer.kind
    if not ends_in_channels(layer) or layer.get("keepdims"):
        return None
    read = read if read is not None else shape_given(layer)
    if kind == "InputLayer" or kind in _SAME_SHAPE:
        return read
    if kind in WITH_WIDTH:
        return _of_width(layer, read)
    if kind == "Embedding":
        return None if read is None else (*read, whole(layer.get("output_dim")))
    if kind == "Flatten":
        known = read is not None and all(size is not None for size in read)
        return (
            (math.prod(size for size in read if size is not None),) if known and read is not None else (None,)
        )
    if kind.startswith("Global"):
        return (read[-1],) if read else (None,)
    if kind == "Reshape":
        target = layer.get("target_shape", layer.get(0))
        return tuple(each if each != -1 else None for each in target) if isinstance(target, tuple) else None
    if kind == "RepeatVector":
        return (whole(layer.get("n", layer.get(0))), read[-1] if read else None)
    if kind.endswith(("Pooling1D", "Pooling2D", "Pooling3D")) or kind.startswith(
        ("UpSampling", "ZeroPadding", "Cropping")
    ):
        return None if read is None else (*(None for _ in read[:-1]), read[-1])
    inner = inner_of(layer)
    if inner is not None:
        return _of_wrapper(layer, inner, read)
    return None


def _of_width(layer: Made, read: Shape | None) -> Shape | None:
    """Layers with `units` or `filters`."""
    width = width_of(layer)
    if layer.kind in _RECURRENT:
        sequences = layer.get("return_sequences", DEFAULTS["return_sequences"])
        if sequences is UNSURE:
            return None
        return ((read[0] if read else None), width) if sequences else (width,)
    if read is None:
        return None
    if layer.kind == "Dense":
        return (*read[:-1], width)
    return (*(None for _ in read[:-1]), width)


def _of_wrapper(layer: Made, inner: Made, read: Shape | None) -> Shape | None:
    if layer.kind == "TimeDistributed":
        made = shape_made(inner, read[1:] if read else None)
        return None if made is None else ((read[0] if read else None), *made)
    if layer.kind == "RNN":  # the cell makes one row; the wrapper says whether all steps are kept
        return None
    made = shape_made(inner, read)
    if made is None or layer.get("merge_mode", "concat") != "concat":
        return made
    return (*made[:-1], None if made[-1] is None else 2 * made[-1])


def width_of(layer: Made) -> int | None:
    """The number of units or filters, None where the text does not tell."""
    parameter = WITH_WIDTH.get(layer.kind)
    return whole(layer.get(parameter)) if parameter else None


def whole(value: Any) -> int | None:
    """A whole number, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def inner_of(layer: Made) -> Made | None:
    """The layer inside a wrapper such as Bidirectional or TimeDistributed."""
    if layer.kind not in ("Bidirectional", "TimeDistributed", "RNN"):
        return None
    inner = layer.arguments.get("layer", layer.arguments.get(0))
    return inner if isinstance(inner, Made) else None
