"""The rule batchnorm-inference-gap."""

from __future__ import annotations

from unstuck.evidence.facts import Dynamics, Fit, Layer, Model, Predictions, Variable
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.families import NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.objective._common import bundle
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import no_layer

#: In inference the loss on the same rows is twice that in training: no noise of a sample does that ...
TWICE = 2.0

#: ... unless both are tiny. A twentieth of a nat is far under what any constant answer costs.
TINY = 0.05

#: Fifteen points of accuracy that the same rows lose in inference, with the same weights.
POINTS = 0.15

#: A running mean forgets its start after 5/(1 - momentum) steps: e^-5 = .7% of it is left then.
TIMES = 5.0

#: Keras's default, the lowest that still averages over a few batches, and the usual quicker one.
DEFAULT, LOWEST, QUICKER = 0.99, 0.5, 0.9


@cause(
    "batchnorm-inference-gap",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        VALIDATION_APART,
        "loss-falls-accuracy-does-not",
        "accuracy-contradicts-predictions",
        "training-mode-gap",
        "overfitting",
        "saturated-divergence",
    ),
    blames=("momentum",),
)
def batchnorm_inference_gap(
    model: Model, predictions: Predictions, fit: Fit | None, dynamics: Dynamics | None
) -> Finding | None:
    """Batch normalisation behaves differently in training and in inference.

    Why it looks stuck: in training each batch is normalised by its own mean and variance, in inference by
    running averages. With Keras's momentum of .99 these need about 500 steps to forget where they started;
    with small or odd batches they never fit. Training looks well while validation and predict are wrong.

    How it is proved: the loss of the same rows is computed in both modes.

    What to do: a lower momentum, larger batches, or more steps.

    What decides: model.evaluate on the training rows themselves: far worse than fit reported for them says
    yes. Of a frozen base: call it with training=False and compare once more.
    """
    layers = model.of_kind("BatchNormalization")
    training, inference = predictions.training_loss, predictions.loss
    if not layers or training is None or inference is None:
        return None
    right, taught = predictions.accuracy, predictions.training_accuracy
    lost = right is not None and taught is not None and taught - right > POINTS
    if not lost and (inference <= TWICE * training or inference - training <= TINY):
        return None
    slowest = max(layer.momentum or DEFAULT for layer in layers)
    needed = TIMES / (1.0 - slowest) if slowest < 1.0 else float("inf")
    updates = fit.updates if fit else 0
    kept = _is_kept(layers, dynamics)
    few = _KEPT if kept else ""
    if 0 < updates < needed:
        few += (
            f" With momentum {slowest:g} the running averages need about {needed:,.0f} steps to forget "
            f"their start; there were {updates:,}."
        )
    return Finding(
        says=f"On the same {predictions.rows:,} rows the loss is {training:.4g} with the batch's own "
        f"statistics (training) and {inference:.4g} with the running averages (inference) of its batch "
        f"normalisation.{few}",
        shows={
            "training_loss": training,
            "inference_loss": inference,
            "bound": TWICE,
            "training_accuracy": taught,
            "inference_accuracy": right,
            "updates": updates,
            "needed": needed,
        },
        where=layers[0].place,
        remedies=(*((_AS_KEPT,) if kept else ()), *_remedies(layers, updates, needed)),
    )


#: Of normalisation in a part of the network that this fit leaves as it is.
_KEPT = (
    " Its own scale and offset did not move in this fit, while other weights did: it stands in a part that "
    "is kept as it is, and yet normalises by each batch."
)
_AS_KEPT = propose(
    "advise",
    text="Call the part that is kept with training=False in the training as well, so that the rest learns "
    "from what that part gives at inference. Where the rows are of another kind than those it was trained "
    "on, and the statistics of the batches are what is wanted, let its running averages settle instead.",
)


def _is_kept(layers: tuple[Layer, ...], dynamics: Dynamics | None) -> bool:
    """Whether no scale and no offset of these layers moved by a bit, and other weights did."""
    names = {layer.name for layer in layers}
    moved = [each for each in dynamics.variables if each.moved is not None] if dynamics is not None else []
    own = [each for each in moved if each.layer in names and each.path.endswith(("gamma", "beta"))]
    others = [each for each in moved if each.layer not in names and each.trainable]
    return bool(own) and not any(each.moved for each in own) and any(each.moved for each in others)


def _remedies(layers: tuple[Layer, ...], updates: int, needed: float) -> tuple[Proposal, ...]:
    """A momentum that forgets its start within the steps there are; with enough steps, other batches."""
    momentum = min(QUICKER, max(LOWEST, 1.0 - TIMES / updates)) if updates else QUICKER
    places = dict.fromkeys(layer.place for layer in layers)
    quicker = bundle(
        [propose("set-batchnorm-momentum", at=place, momentum=round(momentum, 2)) for place in places]
    )
    larger = propose(
        "advise",
        text="Take batches of 16 rows or more, drawn at random; batch statistics of few or similar rows "
        "fit no others.",
    )
    return (quicker, larger) if updates < needed else (larger, quicker)


@batchnorm_inference_gap.ruled_out
def _ruled_out(model: Model) -> str:
    """What in a script speaks against it."""
    return no_layer(model, "BatchNormalization")


batchnorm_inference_gap.fires(
    Model(layers=(Layer(kind="BatchNormalization", momentum=0.99), Layer())),
    Predictions(rows=512, training_loss=0.86, loss=1.37, training_accuracy=0.79, accuracy=0.57),
    Fit(updates=32),
)
batchnorm_inference_gap.fires(
    Model(layers=(Layer(kind="BatchNormalization", momentum=0.99), Layer())),
    Predictions(rows=256, training_loss=0.379, loss=7.99),
    Fit(updates=60),
)
batchnorm_inference_gap.fires(  # a part that is kept, called in training mode
    Model(layers=(Layer(kind="BatchNormalization", name="bn", momentum=0.99), Layer())),
    Predictions(rows=600, training_loss=0.186, loss=0.461, training_accuracy=0.965, accuracy=0.853),
    Fit(updates=114),
    Dynamics(
        variables=(
            Variable(path="bn/gamma", layer="bn", moved=0.0),
            Variable(path="head/kernel", layer="head", moved=0.2),
        )
    ),
)
batchnorm_inference_gap.quiet(
    Model(layers=(Layer(kind="BatchNormalization", momentum=0.99), Layer())),
    Predictions(rows=256, training_loss=0.379, loss=0.41),
    Fit(updates=60),
)
batchnorm_inference_gap.quiet(Model(layers=(Layer(),)), Predictions(rows=256, training_loss=0.379, loss=7.99))
