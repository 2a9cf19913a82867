"""The rule noise-after-output."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Head, Input, Inputs, Layer, Loss, Model
from unstuck.evidence.kinds import ACTIVATION_LAYERS, NOISE
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.bounds import percent
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.objective._common import blocks_when_nan
from unstuck.rules.rule import cause

#: Layers whose every value comes from one value of the layer before.
_ONE_TO_ONE = frozenset(
    {"BatchNormalization", "Flatten", "Identity", "Permute", "Rescaling", "Reshape", "ActivityRegularization"}
)

#: Those that set values to 0; the others put noise on all of them.
ZEROING = frozenset(("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"))


@cause(
    "noise-after-output",
    certainty="proved",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        VALIDATION_APART,
        "training-mode-gap",
        "exploding-gradient",
        "nan-loss",
        "over-regularised",
        "saturated-divergence",
    ),
)
def noise_after_output(
    head: Head, loss: Loss, model: Model | None, inputs: Inputs | None, curve: Curve | None
) -> Finding | None:
    """Dropout, noise or batch normalisation stands after the output.

    Why it looks stuck: dropout after the last layer sets predictions to 0 at random, and no weight can undo
    that. Under cross-entropy each such row costs about 16, or gives NaN when a whole row of classes is 0;
    what is kept is scaled up beyond 1. Batch normalisation moves probabilities out of [0, 1].

    How it is proved: the layers after the output are read from the model.

    What to do: put the layer before the last Dense.

    What decides: Print the model's last layers; anything random behind the activation says yes.
    """
    dropped = _dropped_scores(model, head) if not loss.custom and loss.is_for_classes else None
    if dropped is not None:
        return _between(dropped, head)
    kinds = [kind for kind in _last_touched(head.after) if kind in NOISE or kind == "BatchNormalization"]
    probabilities = head.activation in ("sigmoid", "softmax")
    taken = probabilities and loss.is_for_classes and not loss.from_logits
    if not kinds or (kinds[-1] not in NOISE and not taken) or loss.custom:
        return None
    kind = next((each for each in reversed(kinds) if each in NOISE), kinds[-1])
    layer = _last(model, kind) if model and model.outputs == 1 else None  # else it may be another output's
    rate = layer.rate if layer else None
    nothing = head.activation == "log_softmax" and head.softmax_size == 1  # 0, however it is multiplied
    if rate == 0.0 or nothing or (kind == "BatchNormalization" and _leaves_alone(layer, head, inputs)):
        return None
    if kind == "BatchNormalization":
        what = "moves the probabilities out of [0, 1], by the mean and spread of each batch"
    elif rate is not None and kind in ZEROING:
        what = (
            f"sets {percent(rate)} of the predictions to 0 at random during training, which no weight can "
            "learn to undo"
        )
    else:
        what = "changes the predictions at random during training, which no weight can learn to undo"
    return Finding(
        says=f"A {kind} layer stands after the output: it {what}.",
        shows={"layer": kind, "rate": rate, "after": head.after},
        where=layer.place if layer else head.place,
        # Noise of a fixed size about a number may be meant, as a regulariser.
        certainty=Certainty.SUSPECTED if kind == "GaussianNoise" and not probabilities else None,
        impact=blocks_when_nan(curve),
        remedies=(propose("remove-layer", at=layer.place if layer else None),),
    )


def _dropped_scores(model: Model | None, head: Head) -> Layer | None:
    """The dropout between the scores of a model that is one chain and the activation that follows them."""
    if model is None or not is_chain(model) or len(model.layers) < 3 or head.activation == "linear":
        return None
    scores, noise, last = model.layers[-3:]
    alone = (
        last.kind in ACTIVATION_LAYERS
        and scores.activation in (None, "linear")
        and scores.units is not None
        and head.units in (0, scores.units)  # source may not tell the width behind the dropout
    )
    return noise if alone and noise.kind in ZEROING and noise.rate else None


def _between(noise: Layer, head: Head) -> Finding:
    """The finding on dropout between the scores and their activation."""
    rate = noise.rate or 0.0
    return Finding(
        says=f"{noise.kind} {noise.name} stands between the scores and the {head.activation}: in training "
        f"it sets {percent(rate)} of the scores to 0, which says nothing for or against a class, and "
        f"multiplies the others by {1 / (1 - rate):.3g}, so that what is learned of a row changes with each "
        "step.",
        shows={"layer": noise.kind, "rate": rate, "scale": 1 / (1 - rate)},
        where=noise.place,
        certainty=Certainty.SUSPECTED,
        remedies=(propose("remove-layer", at=noise.place),),
    )


def _last_touched(after: tuple[str, ...]) -> tuple[str, ...]:
    """The layers behind the last one that makes one answer of several, such as a pooling.

    What drops values before it drops some of many scores, as dropout does between any two layers.
    """
    mixing = [place for place, kind in enumerate(after) if kind not in NOISE and kind not in _ONE_TO_ONE]
    return after[mixing[-1] + 1 :] if mixing else after


def _leaves_alone(layer: Layer | None, head: Head, inputs: Inputs | None) -> bool:
    """Whether a batch normalisation is frozen, and uses no figures of the batch, or sees equal rows alone."""
    alike = head.softmax_size == 1 or (inputs is not None and inputs.rows_alike)
    return alike or (layer is not None and not layer.trainable)


def _last(model: Model | None, kind: str) -> Layer | None:
    """The last layer of this kind."""
    return next(reversed(model.of_kind(kind)), None) if model else None


@noise_after_output.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return "nothing random follows the output" if head.activation_is_last else ""


noise_after_output.fires(
    Head(activation="softmax", units=10, shape=(10,), activation_is_last=False, after=("Dropout",)),
    Loss(name="sparse_categorical_crossentropy"),
    Model(layers=(Layer(kind="Dense", activation="softmax", units=10), Layer(kind="Dropout", rate=0.5))),
)
noise_after_output.fires(
    Head(activation="sigmoid", units=1, activation_is_last=False, after=("BatchNormalization",)),
    Loss(name="binary_crossentropy"),
)
noise_after_output.quiet(  # the logarithm of a softmax over one unit is 0, which noise multiplies
    Head(activation="log_softmax", units=1, softmax_size=1, after=("GaussianDropout",)), Loss(name="hinge")
)
noise_after_output.quiet(  # a loss that reads logits takes values of any size
    Head(activation="sigmoid", units=1, activation_is_last=False, after=("BatchNormalization",)),
    Loss(name="binary_crossentropy", from_logits=True),
)
noise_after_output.quiet(  # equal rows have no spread
    Head(activation="sigmoid", units=1, activation_is_last=False, after=("BatchNormalization",)),
    Loss(name="binary_crossentropy"),
    Inputs(training=(Input(shape=(8,), count=100, std=0.0, distinct_rows=0.01),)),
)
noise_after_output.quiet(  # frozen: it uses what it has learned before, not the batch
    Head(activation="sigmoid", units=1, activation_is_last=False, after=("BatchNormalization",)),
    Loss(name="binary_crossentropy"),
    Model(layers=(Layer(activation="sigmoid", units=1), Layer(kind="BatchNormalization", trainable=False))),
)
noise_after_output.quiet(  # numbers may be normalised
    Head(activation="sigmoid", units=1, activation_is_last=False, after=("BatchNormalization",)), Loss()
)
noise_after_output.quiet(
    Head(activation="softmax", units=10, shape=(10,)),
    Loss(name="sparse_categorical_crossentropy"),
    Model(layers=(Layer(kind="Dropout", rate=0.5), Layer(kind="Dense", activation="softmax", units=10))),
)
noise_after_output.quiet(
    Head(activation="softmax", units=10, shape=(10,), activation_is_last=False, after=("Reshape",)),
    Loss(name="sparse_categorical_crossentropy"),
)
noise_after_output.quiet(
    Head(activation="softmax", units=10, shape=(10,), activation_is_last=False, after=("Dropout",)),
    Loss(name="sparse_categorical_crossentropy"),
    Model(layers=(Layer(kind="Dense", activation="softmax", units=10), Layer(kind="Dropout", rate=0.0))),
)
noise_after_output.quiet(  # one answer is the mean of many scores, some of which are dropped
    Head(units=1, activation_is_last=False, after=("Reshape", "Dropout", "GlobalAveragePooling1D")),
    Loss(name="binary_crossentropy", from_logits=True),
    Model(layers=(Layer(units=30), Layer(kind="Dropout", rate=0.2))),
)
_SCORES = (Layer(units=10), Layer(kind="Dropout", rate=0.5), Layer(kind="Activation", activation="softmax"))
noise_after_output.fires(
    Head(activation="softmax", units=10, shape=(10,)),
    Loss(name="categorical_crossentropy"),
    Model(layers=(Layer(units=64, activation="relu"), *_SCORES)),
)
noise_after_output.quiet(  # dropout of hidden units, whose activation is a layer of its own
    Head(activation="softmax", units=10, shape=(10,)),
    Loss(name="categorical_crossentropy"),
    Model(layers=(*_SCORES[:2], Layer(kind="Activation", activation="relu"), Layer(activation="softmax"))),
)
