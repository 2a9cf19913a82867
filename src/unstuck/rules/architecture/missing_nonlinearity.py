"""The rule missing-nonlinearity."""

from __future__ import annotations

from unstuck.evidence.facts import Layer, Model, Predictions, Reference, Versus
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.judgement.standing import rival_of
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
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

#: Scores of a network that is one line leave so little of their variance to its rounding: float32 keeps
#: seven digits, and the share is a square.
ONE_LINE = 1e-6

#: Simple models that are a straight line, and those that follow any shape.
STRAIGHT = ("logistic regression", "linear regression")
BENT = ("nearest neighbours", "boosted trees")


@cause(
    "missing-nonlinearity",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "decisions-do-not-change", "model-too-small"),
    but=("predictions-constant",),  # a linear answer depends on its inputs,
    blames=("activation",),
)
def missing_nonlinearity(
    model: Model, reference: Reference | None, predictions: Predictions | None
) -> Finding | None:
    """The hidden layers have no activation, or there are none.

    Why it looks stuck: linear layers in a row are together one linear map, so the depth adds nothing. What no
    straight line (or plane) can separate stays out of reach, XOR before all. That an output layer alone is
    too little is only said where simple models show it: those that are no straight line are far better on
    the same rows, the straight line is not.

    How it is proved: a product of matrices is a matrix. Whether the data need more than that, training again
    with ReLU tells. A network of any build is measured: a straight line is laid through its scores on half
    of the rows and held against the other half; where it leaves less than a millionth of their variance, the
    network is that line, and simple models that are none do far better.

    What to do: `activation="relu"` on the hidden layers.
    """
    measured = _measured(model, reference, predictions)
    if measured is not None:
        return measured
    if model.kind == "subclassed" or not model.layers or not is_chain(model):
        return None
    if any(each.custom or each.kind not in LINEAR | PASSES for each in model.layers):
        return None
    places = [place for place, each in enumerate(model.layers) if each.kind in LINEAR]
    weights = [model.layers[place] for place in places]
    hidden = weights[:-1]
    before_last = model.layers[: places[-1]] if places else ()  # by place: layers of a loop are equal
    if not hidden and len(weights) == 1 and reference is not None:
        return _without_hidden(weights[0], reference)
    if not hidden or any(_bends(each) for each in before_last):
        return None
    who = (
        f"None of the {len(hidden)} hidden layers has"
        if len(hidden) > 1
        else "The hidden layer does not have"
    )
    return Finding(
        says=f"{who} an activation: {len(weights)} linear layers in a row are together one linear map, so "
        "the model can separate only what a straight line can.",
        shows={"linear_layers": len(weights), "hidden": [each.name for each in hidden]},
        where=hidden[0].place,
        remedies=_activations(hidden),
    )


def _measured(model: Model, reference: Reference | None, predictions: Predictions | None) -> Finding | None:
    """A network of several layers whose answers are one straight line, where the rows need more."""
    weighty = [each for each in model.layers if each.parameters]
    off = predictions.off_line if predictions is not None else None
    if off is None or off > ONE_LINE or len(weighty) < 2 or reference is None:
        return None
    rival, scores = rival_of(reference), dict(reference.simple)
    straight = next((score for name, score in scores.items() if name in STRAIGHT), None)
    if rival is None or rival.name not in BENT or straight is None or reference.network is None:
        return None
    if straight > (rival.score + reference.network) / 2.0:
        return None
    return Finding(
        says=f"On {predictions.rows if predictions else 0:,} rows the scores of the whole network are one "
        f"straight line through its inputs (what is left of their variance: {off:.1e}), so its "
        f"{len(weighty)} layers with weights do what one would: its {reference.measure} is "
        f"{reference.network:.3f}, another straight line's {straight:.3f}, and {rival.name} "
        f"{'reach' if rival.name.endswith('s') else 'reaches'} {rival.score:.3f} on the same rows.",
        shows={"off_line": off, "bound": ONE_LINE, "straight": straight, rival.name: rival.score},
        where=weighty[0].place,
        certainty=Certainty.MEASURED,
        remedies=_activations(weighty[:-1]),
    )


def _activations(hidden: list[Layer]) -> tuple[Proposal, ...]:
    """An activation for each hidden layer of Keras's own that has none; advice where there is none."""
    written = dict.fromkeys(each.place for each in hidden if each.kind in LINEAR and not _bends(each))
    if not written:
        return (propose("advise", text='Give the hidden layers an activation: activation="relu".'),)
    return tuple(
        bundle([propose("set-hidden-activation", at=place, activation=name) for place in written])
        for name in ("relu", "leaky_relu", "silu")
    )


def _without_hidden(only: Layer, reference: Reference) -> Finding | None:
    """What simple models say of a network that is nothing but its output layer."""
    rival, scores = rival_of(reference), dict(reference.simple)
    straight = next((score for name, score in scores.items() if name in STRAIGHT), None)
    if rival is None or rival.name not in BENT or straight is None or reference.network is None:
        return None
    halfway = (rival.score + reference.network) / 2.0
    if straight > halfway:
        return None
    return Finding(
        says=f"The model is one linear map and separates only what a straight line can: its "
        f"{reference.measure} is {reference.network:.3f} and another straight line's {straight:.3f}, where "
        f"{rival.name} reaches {rival.score:.3f} on the same rows.",
        shows={"network": reference.network, "straight": straight, rival.name: rival.score},
        where=only.place,
        remedies=(
            propose("advise", text='Add a hidden layer before the output: Dense(32, activation="relu").'),
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


def _example(straight: float) -> Reference:
    """Simple models beside a network that reaches .51."""
    return Reference(
        network=0.51,
        trivial=(("always the most frequent class", 0.5),),
        simple=(("nearest neighbours", 1.0), ("logistic regression", straight)),
        versus_simple=Versus(difference=-0.49, low=-0.58, high=-0.4),
        judged=300,
        p_value=0.005,
    )


_ALONE = Model(layers=(Layer(activation="sigmoid", units=1),))
missing_nonlinearity.fires(_ALONE, _example(0.5))
missing_nonlinearity.quiet(_ALONE, _example(0.97))

_BLOCKS = Model(
    kind="subclassed",
    layers=(Layer(kind="Block", custom=True, parameters=96), Layer(activation="sigmoid", parameters=33)),
)
missing_nonlinearity.fires(_BLOCKS, _example(0.5), Predictions(rows=500, off_line=3e-11))
missing_nonlinearity.quiet(_BLOCKS, _example(0.5), Predictions(rows=500, off_line=0.004))
missing_nonlinearity.quiet(_BLOCKS, _example(0.97), Predictions(rows=500, off_line=3e-11))
missing_nonlinearity.quiet(_BLOCKS, _example(0.5), Predictions(rows=500))
