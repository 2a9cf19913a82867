"""The names of layers, operations and optimizers of Keras, by what they do to values. Needs no Keras."""

from __future__ import annotations

import re
from functools import lru_cache


def words(text: str) -> frozenset[str]:
    """The names in a text that lists them with spaces between."""
    return frozenset(text.split())


#: The activations that Keras names; a function of another name is "custom".
ACTIVATIONS = words(
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear "
    "log_sigmoid log_softmax mish prelu relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign "
    "sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink threshold"
)

#: Other names of the same functions.
ALIASES = {"swish": "silu", "hard_swish": "hard_silu", "exp": "exponential", "identity": "linear"}

#: Layers that are nothing but an activation.
ACTIVATION_LAYERS = {
    "Activation": None,
    "ReLU": "relu",
    "Softmax": "softmax",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
}

#: Layers that set values to 0 at random during training, or add noise to them, and what says how much.
NOISE = dict.fromkeys(words("AlphaDropout Dropout GaussianDropout"), "rate") | {
    **dict.fromkeys(words("SpatialDropout1D SpatialDropout2D SpatialDropout3D"), "rate"),
    "GaussianNoise": "stddev",
}

#: Operations that keep every value within the range it came from: selecting, moving, averaging,
#: or (noise, batch normalisation) changing values without being an activation.
TRANSPARENT = words(
    "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise "
    "ActivityRegularization BatchNormalization Identity Masking Reshape Flatten Permute RepeatVector "
    "Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D "
    "MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
    "ExpandDims Squeeze Transpose Swapaxes Moveaxis GetItem Take Slice Ravel Cast StopGradient Copy Repeat "
    "Tile BroadcastTo Flip MaxPool AveragePool Mean Max Min Amax Amin ConvertToTensor"
)

#: Operations that move the range: harmless after a linear output, unknown after an activation.
RESCALING = words(
    "Rescaling Normalization LayerNormalization RMSNormalization GroupNormalization "
    "Add Subtract Multiply Divide TrueDivide Negative Sum Average"
)

#: Those of them whose values lie within a bound until a scale of their own stretches them.
NORMALISING = words("LayerNormalization RMSNormalization GroupNormalization")

#: Layers with several inputs whose result mixes the activations of the branches.
AVERAGING = frozenset({"Average", "Concatenate", "Maximum", "Minimum", "Stack"})


def relu_variant(slope: float | None, top: float | None, floor: float | None) -> str:
    """Which function a ReLU layer with this negative slope, maximum and threshold is."""
    if floor or top not in (None, 6):
        return "custom"
    if slope:
        return "leaky_relu" if top is None else "custom"
    return "relu" if top is None else "relu6"


@lru_cache(1024)
def snake_case(name: str) -> str:
    """A class name in Keras's own snake case: "BinaryCrossentropy" -> "binary_crossentropy"."""
    return re.sub("([a-z0-9])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


#: Keras's default learning rates, by optimizer class; others are judged by Adam's.
DEFAULT_RATES = {
    "SGD": 0.01,
    "Adam": 0.001,
    "AdamW": 0.001,
    "Nadam": 0.001,
    "Adamax": 0.001,
    "RMSprop": 0.001,
    "Adagrad": 0.001,
    "Adadelta": 0.001,
    "Adafactor": 0.001,
    "Ftrl": 0.001,
    "Lamb": 0.001,
    "Lion": 0.001,
    "Muon": 0.001,
}

#: Optimizers whose step length follows the gradient's; the others scale each weight's step to the
#: learning rate, so that the rate alone says how far a weight can move in one step.
GRADIENT_SIZED = frozenset({"SGD", "Adadelta"})


def default_rate(optimizer: str) -> float:
    """Keras's default learning rate of an optimizer class."""
    return DEFAULT_RATES.get(optimizer, DEFAULT_RATES["Adam"])
