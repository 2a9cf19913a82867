"""Which parameter a positional argument fills, for the Keras calls that source is read and edited at.

Written down rather than inspected, so that reading source needs no Keras. Parameters are listed as
far as anyone passes them by position.
"""

from __future__ import annotations

_DENSE = "units activation use_bias kernel_initializer bias_initializer kernel_regularizer"
_RECURRENT = "units activation recurrent_activation use_bias"
_RATE = "rate noise_shape seed"


def _convolution(strides: str) -> str:
    return f"filters kernel_size {strides} activation use_bias"


_CONV = _convolution("strides padding data_format dilation_rate groups")
_CONV_LSTM = _convolution("strides padding data_format dilation_rate")

_PARAMETERS = {
    "Activation": "activation",
    "AlphaDropout": _RATE,
    "BatchNormalization": "axis momentum epsilon center scale",
    "Bidirectional": "layer merge_mode weights backward_layer",
    "Conv1D": _CONV,
    "Conv2D": _CONV,
    "Conv3D": _CONV,
    "Conv1DTranspose": _convolution("strides padding output_padding data_format dilation_rate"),
    "Conv2DTranspose": _convolution("strides padding output_padding data_format dilation_rate"),
    "Conv3DTranspose": _convolution("strides padding data_format output_padding dilation_rate"),
    "ConvLSTM1D": _CONV_LSTM,
    "ConvLSTM2D": _CONV_LSTM,
    "ConvLSTM3D": _CONV_LSTM,
    "Dense": _DENSE,
    "DepthwiseConv1D": "kernel_size strides padding depth_multiplier data_format dilation_rate activation",
    "DepthwiseConv2D": "kernel_size strides padding depth_multiplier data_format dilation_rate activation",
    "Dropout": _RATE,
    "EinsumDense": "equation output_shape activation bias_axes",
    "Embedding": "input_dim output_dim embeddings_initializer embeddings_regularizer "
    "embeddings_constraint mask_zero",
    "GRU": _RECURRENT,
    "GaussianDropout": "rate seed",
    "GaussianNoise": "stddev seed",
    "LSTM": _RECURRENT,
    "LeakyReLU": "negative_slope",
    "ReLU": "max_value negative_slope threshold",
    "SeparableConv1D": _convolution("strides padding data_format dilation_rate depth_multiplier"),
    "SeparableConv2D": _convolution("strides padding data_format dilation_rate depth_multiplier"),
    "SimpleRNN": "units activation use_bias",
    "Softmax": "axis",
    "SpatialDropout1D": "rate seed",
    "SpatialDropout2D": "rate data_format seed",
    "SpatialDropout3D": "rate data_format seed",
    "compile": "optimizer loss loss_weights metrics weighted_metrics run_eagerly steps_per_execution",
    "EarlyStopping": "monitor min_delta patience verbose mode baseline restore_best_weights start_from_epoch",
    "ModelCheckpoint": "filepath monitor verbose save_best_only save_weights_only mode save_freq",
    "ReduceLROnPlateau": "monitor factor patience verbose mode min_delta cooldown min_lr",
    "set_dtype_policy": "policy",
    "set_global_policy": "policy",
    "train_on_batch": "x y sample_weight class_weight",
    "fit": "x y batch_size epochs verbose callbacks validation_split validation_data shuffle class_weight "
    "sample_weight initial_epoch steps_per_epoch validation_steps validation_batch_size validation_freq",
}

OPTIMIZERS = (
    *("Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Muon", "Nadam"),
    *("RMSprop", "SGD", "ScheduleFreeAdamW"),
)
"""The optimizers' classes. A string names one in any case ("adam", "RMSProp")."""

SCHEDULES = ["CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "PolynomialDecay"]
"""Learning rate schedules that start from `initial_learning_rate`."""

_PARAMETERS |= dict.fromkeys(OPTIMIZERS, "learning_rate")
_PARAMETERS |= dict.fromkeys(SCHEDULES, "initial_learning_rate decay_steps")
_PARAMETERS |= dict.fromkeys(
    ("BinaryCrossentropy", "BinaryFocalCrossentropy"), "from_logits label_smoothing axis"
)
_PARAMETERS |= {
    "CategoricalCrossentropy": "from_logits label_smoothing axis",
    "SparseCategoricalCrossentropy": "from_logits ignore_class reduction axis",
}
for _old, _new in (("Convolution", "Conv"), ("SeparableConvolution", "SeparableConv")):
    for _axes in ("1D", "2D", "3D"):
        if _new + _axes in _PARAMETERS:
            _PARAMETERS[_old + _axes] = _PARAMETERS[_new + _axes]

PARAMETERS = {callee: tuple(names.split()) for callee, names in _PARAMETERS.items()}
"""Parameter names in positional order, by the callee's class or method name."""

SYNONYMS = {"learning_rate": ("lr",), "negative_slope": ("alpha",)}
"""Older spellings of a parameter, still met in scripts."""

DEFAULTS = {
    "axis": -1,
    "dilation_rate": 1,
    "go_backwards": False,
    "groups": 1,
    "mask_zero": False,
    "momentum": 0.99,
    "padding": "valid",
    "return_sequences": False,
    "return_state": False,
    "stateful": False,
    "strides": 1,
    "use_bias": True,
}
"""What a parameter of a layer is when it is left out; None for those not listed."""

WITH_ACTIVATION = frozenset(name for name, parameters in PARAMETERS.items() if "activation" in parameters)
"""Layers that take an `activation` argument."""

BARE_ACTIVATIONS = frozenset(("ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"))
"""Layers that are an activation by themselves."""

WITH_WIDTH = {name: PARAMETERS[name][0] for name in PARAMETERS if PARAMETERS[name][0] in ("units", "filters")}
"""The parameter that sets a layer's width, by the layer's class."""


def default_activation(callee: str) -> str:
    """The activation that a layer has when none is given."""
    recurrent = callee in ("GRU", "LSTM", "SimpleRNN") or callee.startswith("ConvLSTM")
    return "tanh" if recurrent else "linear"
