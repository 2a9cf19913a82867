"""The rule missing-nonlinearity."""

from __future__ import annotations

from unstuck.evidence.facts import Layer, Model
from unstuck.findings import Finding, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.objective._common import bundle
from unstuck.rules.rule import cause

#: Layers with weights that are linear maps of their input, but for their activation.
_LINEAR = (
    "Dense EinsumDense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose "
    "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D"
)
LINEAR = frozenset(_LINEAR.split())

#: Layers that are linear in inference, or do nothing to the values.
_PASSES = (
    "InputLayer Flatten Reshape Permute Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D "
    "GaussianNoise BatchNormalization Normalization Rescaling ZeroPadding1D ZeroPadding2D Cropping2D "
    "AveragePooling1D AveragePooling2D GlobalAveragePooling1D GlobalAveragePooling2D UpSampling1D "
    "UpSampling2D Activation"
)
PASSES = frozenset(_PASSES.split())


@cause(
    "missing-nonlinearity",
    certainty="suspected",
    impact="harms",
    explains=(
        "accuracy-stays-low",
        "accuracy-flat",
        "accuracy-at-constant-baseline",
        "loss-at-chance",
        "loss-does-not-fall",
        "learning-slow",
        "predictions-one-class",
        "validation-accuracy-pinned",
        "decisions-do-not-change",
        "model-too-small",
    ),
)
def missing_nonlinearity(model: Model) -> Finding | None:
    """The hidden layers have no activation.

    Why it looks stuck: linear layers in a row are together one linear map, so the depth adds nothing. What no
    straight line (or plane) can separate stays out of reach, XOR before all.

    How it is proved: a product of matrices is a matrix. Whether the data need more than that, training again
    with ReLU tells.

    What to do: `activation="relu"` on the hidden layers.
    """
    if model.kind == "subclassed" or not model.layers or not is_chain(model):
        return None
    if any(each.custom or each.kind not in LINEAR | PASSES for each in model.layers):
        return None
    places = [place for place, each in enumerate(model.layers) if each.kind in LINEAR]
    weights = [model.layers[place] for place in places]
    hidden = weights[:-1]
    before_last = model.layers[: places[-1]] if places else ()  # by place: layers of a loop are equal
    if not hidden or any(_bends(each) for each in before_last):
        return None
    who = (
        f"None of the {len(hidden)} hidden layers has"
        if len(hidden) > 1
        else "The hidden layer does not have"
    )
    written = dict.fromkeys(each.place for each in hidden)
    return Finding(
        says=f"{who} an activation: {len(weights)} linear layers in a row are together one linear map, so "
        "the model can separate only what a straight line can.",
        shows={"linear_layers": len(weights), "hidden": [each.name for each in hidden]},
        where=hidden[0].place,
        remedies=tuple(
            bundle([propose("set-hidden-activation", at=place, activation=name) for place in written])
            for name in ("relu", "leaky_relu", "silu")
        ),
    )


def _bends(layer: Layer) -> bool:
    """Whether a layer applies an activation."""
    return layer.activation not in (None, "linear")


missing_nonlinearity.fires(
    Model(
        layers=(
            Layer(activation="linear", units=8),
            Layer(activation="linear", units=8),
            Layer(activation="sigmoid", units=1),
        )
    )
)
missing_nonlinearity.fires(
    Model(
        layers=(Layer(kind="Conv2D", activation="linear"), Layer(kind="Flatten"), Layer(activation="softmax"))
    )
)
missing_nonlinearity.quiet(
    Model(layers=(Layer(activation="relu", units=8), Layer(activation="sigmoid", units=1)))
)
missing_nonlinearity.quiet(  # the activation is a layer of its own
    Model(
        layers=(
            Layer(activation="linear"),
            Layer(kind="Activation", activation="relu"),
            Layer(activation="linear"),
            Layer(),
        )
    )
)
missing_nonlinearity.quiet(
    Model(layers=(Layer(activation="softmax", units=10),))
)  # a regression, meant to be linear
missing_nonlinearity.quiet(
    Model(layers=(Layer(activation="linear"), Layer(kind="Lambda"), Layer(activation="sigmoid")))
)
missing_nonlinearity.quiet(  # one expression in a loop made both: they are equal, and both bend
    Model(layers=(Layer(activation="relu", units=8), Layer(activation="relu", units=8)))
)
