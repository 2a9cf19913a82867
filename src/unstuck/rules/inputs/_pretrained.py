"""What the models of keras.applications expect of their pixels, and what the source does to pixels."""

from __future__ import annotations

import math
from typing import Any

from unstuck.evidence.facts import Operation, WrittenInputs

#: Families that scale pixels of 0..255 themselves, as their sources in keras.applications say (their
#: preprocess_input does nothing): by Rescaling or Normalization layers at the bottom of the network.
SCALES_INSIDE = ("ConvNeXt", "EfficientNet", "MobileNetV3")

#: What the preprocess_input of the other families does, by the modes of keras.applications.
CAFFE, SIGNED, TORCH = "caffe", "tf", "torch"
EXPECTS = {
    **dict.fromkeys(("VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152"), CAFFE),
    **dict.fromkeys(("DenseNet121", "DenseNet169", "DenseNet201"), TORCH),
    **dict.fromkeys(("InceptionV3", "InceptionResNetV2", "Xception", "MobileNet", "MobileNetV2"), SIGNED),
    **dict.fromkeys(("NASNetLarge", "NASNetMobile"), SIGNED),
    **dict.fromkeys(("ResNet50V2", "ResNet101V2", "ResNet152V2"), SIGNED),
}

#: What pixels of 0..255 are divided by, to come to 0..1 or -1..1.
DIVISORS = (255.0, 256.0, 127.5, 128.0)

#: 255 and 256 are the same to a network, and so is .0039 for 1/255; 127.5 is not.
NEAR = 0.01

#: Steps that leave the values as they are.
_RESHAPED = ("take", "astype", "cast", "reshape", "expand_dims", "squeeze", "transpose", "resize", "copy")
_GATHERED = (
    "array",
    "asarray",
    "to_numpy",
    "concatenate",
    "stack",
    "vstack",
    "hstack",
    "train_test_split",
    "map",
)
_ORDERED = ("permutation", "shuffle", "batch", "unbatch", "prefetch", "cache", "repeat", "tile", "pad")
_SAME_VALUES = frozenset((*_RESHAPED, *_GATHERED, *_ORDERED))


def scales_inside(name: Any) -> bool:
    """Whether a model of this name scales its pixels itself."""
    return isinstance(name, str) and name.startswith(SCALES_INSIDE)


def is_pixel_factor(factor: Any) -> bool:
    """Whether a factor brings 0..255 to 0..1 or to a width of 2."""
    if not isinstance(factor, (int, float)) or factor <= 0:
        return False
    return any(math.isclose(factor * divisor, 1.0, rel_tol=NEAR) for divisor in DIVISORS)


def division(written: WrittenInputs | None) -> Operation | None:
    """The last step that scales, where all steps together divide by about 255 or 127.5; None otherwise.

    A step of unknown effect after it makes the factor unknown; so does one before it, as a model's pixels
    may come from any range.
    """
    factor, last = 1.0, None
    for step in written.operations if written is not None else ():
        value = step.value if isinstance(step.value, (int, float)) else None
        if step.kind in ("divide", "multiply"):
            if not value:
                return None
            factor, last = (factor / value if step.kind == "divide" else factor * value), step
        elif step.kind in ("add", "subtract"):
            if value is None:
                return None
        elif step.kind not in _SAME_VALUES:
            return None
    return last if is_pixel_factor(factor) else None
