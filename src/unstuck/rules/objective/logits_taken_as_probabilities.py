"""The rule logits-taken-as-probabilities."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Head, Loss, Predictions
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, METRIC_LIES, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, blocks_when_nan, compares_one
from unstuck.rules.rule import cause

#: Rows of probabilities in float32 sum to one within this.
SUM_TOLERANCE = 1e-3

#: Activations whose values are no probabilities: below 0, above 1, or both.
_NO_PROBABILITIES = (
    "linear tanh elu selu celu gelu silu leaky_relu prelu softsign mish hard_tanh log_softmax log_sigmoid"
)
NO_PROBABILITIES = frozenset(_NO_PROBABILITIES.split())


@cause(
    "logits-taken-as-probabilities",
    certainty="proved",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        METRIC_LIES,
        DIVERGES,
        "exploding-gradient",
        "nan-loss",
        "saturated-divergence",
        "threshold-off-scale",
        "vanishing-gradient",
    ),
    blames=("activation",),
)
def logits_taken_as_probabilities(
    head: Head, loss: Loss, predictions: Predictions | None, curve: Curve | None
) -> Finding | None:
    """The loss takes the output for probabilities, but nothing makes it any.

    Why it looks stuck: cross-entropy without `from_logits=True` expects values between 0 and 1. Keras clips
    what is outside to 1e-7 and 1 - 1e-7, and a clipped value sends no gradient back: a row on the wrong side
    costs about 16 for ever.

    How it is proved: the output's activation and the loss are read from the model; the predictions outside
    [0, 1] are counted. A `compute_loss` of the model's own is asked for the loss of made-up answers.

    What to do: a sigmoid (two classes, or several labels a row) or a softmax (one of several classes) on the
    output; or `from_logits=True` in the loss, and then a decision threshold of 0 instead of 0.5.

    What decides: Print predict(x).min() and .max(); values outside 0 to 1 say yes.
    """
    if not loss.is_for_classes or loss.from_logits or head.activation not in NO_PROBABILITIES:
        return None
    if compares_one(head, loss):
        return None  # categorical cross-entropy on one unit is wrong with any activation
    if head.softmax_size == 1:
        return None  # the logarithm of a softmax over one unit is 0: softmax-over-one-unit says so
    outside = predictions.outside_unit if predictions else None
    sums_one = predictions is not None and (predictions.row_sum_minimum or 0.0) > 1.0 - SUM_TOLERANCE
    if outside == 0.0 and (loss.name in BINARY or sums_one):
        return None
    seen = ""
    if predictions is not None:
        # The focal factor of a binary loss still sees what its logarithm is kept from.
        clipped = " and are clipped, and a clipped value sends no gradient back"
        seen = (
            f" The predictions go from {predictions.minimum:.4g} to {predictions.maximum:.4g}; "
            f"{percent(predictions.outside_unit)} of them are no probabilities"
            f"{clipped if loss.name != 'binary_focal_crossentropy' else ''}."
        )
    end = "has no activation" if head.activation == "linear" else f"ends in {head.activation}"
    return Finding(
        says=f"{loss.name} here expects probabilities between 0 and 1, but the output {end}.{seen}",
        shows={"activation": head.activation, "from_logits": False, "share_outside": outside},
        where=head.place,
        # Averages of probabilities are probabilities.
        certainty=Certainty.SUSPECTED if head.made_by is not None and head.made_by.constrained else None,
        impact=blocks_when_nan(curve),
        remedies=_remedies(head, loss),
    )


def _remedies(head: Head, loss: Loss) -> tuple[Proposal, ...]:
    activation = "sigmoid" if loss.name in BINARY else "softmax"
    ends = propose("set-output-activation", at=head.place, activation=activation)
    reads = propose("set-loss", at=loss.place, loss=loss.name, from_logits=True)
    return (ends, reads) if head.activation == "linear" else (ends,)


@logits_taken_as_probabilities.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return f"the output is {head.activation}" if head.activation in ("sigmoid", "softmax") else ""


logits_taken_as_probabilities.fires(Head(activation="linear", units=1), Loss(name="binary_crossentropy"))
logits_taken_as_probabilities.fires(
    Head(activation="tanh", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy"),
    Predictions(rows=64, units=3, minimum=-0.99, maximum=0.98, outside_unit=0.48),
)
logits_taken_as_probabilities.quiet(
    Head(activation="linear", units=1), Loss(name="binary_crossentropy", from_logits=True)
)
logits_taken_as_probabilities.quiet(Head(activation="linear", units=1), Loss(name="mean_squared_error"))
logits_taken_as_probabilities.quiet(
    Head(activation="softmax", units=3, shape=(3,)), Loss(name="sparse_categorical_crossentropy")
)
logits_taken_as_probabilities.quiet(
    Head(activation="log_softmax", units=1, softmax_size=1), Loss(name="binary_crossentropy")
)
logits_taken_as_probabilities.quiet(  # compared along an axis of one: divided by itself, each is 1
    Head(activation="linear", units=3, shape=(1, 3)), Loss(name="categorical_crossentropy", axis=1)
)
logits_taken_as_probabilities.quiet(Head(activation="unknown", units=1), Loss(name="binary_crossentropy"))
