"""The rule noise-after-output."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Head, Layer, Loss, Model
from unstuck.findings import Certainty, Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.objective._common import NO_DECISION, blocks_when_nan
from unstuck.rules.rule import cause

#: Layers that set values to 0 at random during training, or add noise to them.
NOISE = frozenset(
    (
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    )
)

#: Layers whose every value comes from one value of the layer before.
_ONE_TO_ONE = frozenset(
    {"BatchNormalization", "Flatten", "Identity", "Permute", "Rescaling", "Reshape", "ActivityRegularization"}
)


@cause(
    "noise-after-output",
    certainty="proved",
    impact="harms",
    explains=(
        *NO_DECISION,
        "learning-slow",
        "loss-explodes",
        "loss-nan",
        "train-validation-gap",
        "training-mode-gap",
        "exploding-gradient",
        "nan-loss",
        "over-regularised",
        "saturated-divergence",
    ),
)
def noise_after_output(head: Head, loss: Loss, model: Model | None, curve: Curve | None) -> Finding | None:
    """Dropout, noise or batch normalisation stands after the output.

    Why it looks stuck: dropout after the last layer sets predictions to 0 at random, and no weight can undo
    that. Under cross-entropy each such row costs about 16, or gives NaN when a whole row of classes is 0;
    what is kept is scaled up beyond 1. Batch normalisation moves probabilities out of [0, 1].

    How it is proved: the layers after the output are read from the model.

    What to do: put the layer before the last Dense.
    """
    kinds = [kind for kind in _last_touched(head.after) if kind in NOISE or kind == "BatchNormalization"]
    probabilities = head.activation in ("sigmoid", "softmax")
    if not kinds or (kinds[-1] not in NOISE and not probabilities) or loss.custom:
        return None
    kind = next((each for each in reversed(kinds) if each in NOISE), kinds[-1])
    layer = _last(model, kind)
    rate = layer.rate if layer else None
    if rate == 0.0:
        return None
    if kind == "BatchNormalization":
        what = "moves the probabilities out of [0, 1], by the mean and spread of each batch"
    elif rate is not None and kind != "GaussianNoise":
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


def _last_touched(after: tuple[str, ...]) -> tuple[str, ...]:
    """The layers behind the last one that makes one answer of several, such as a pooling.

    What drops values before it drops some of many scores, as dropout does between any two layers.
    """
    mixing = [place for place, kind in enumerate(after) if kind not in NOISE and kind not in _ONE_TO_ONE]
    return after[mixing[-1] + 1 :] if mixing else after


def _last(model: Model | None, kind: str) -> Layer | None:
    """The last layer of this kind."""
    return next(reversed(model.of_kind(kind)), None) if model else None


noise_after_output.fires(
    Head(activation="softmax", units=10, shape=(10,), activation_is_last=False, after=("Dropout",)),
    Loss(name="sparse_categorical_crossentropy"),
    Model(layers=(Layer(kind="Dense", activation="softmax", units=10), Layer(kind="Dropout", rate=0.5))),
)
noise_after_output.fires(
    Head(activation="sigmoid", units=1, activation_is_last=False, after=("BatchNormalization",)),
    Loss(name="binary_crossentropy"),
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
