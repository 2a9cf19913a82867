"""The rule softmax-over-wrong-axis."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Predictions
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Rows of probabilities in float32 sum to one within this.
SUM_TOLERANCE = 1e-3


@cause(
    "softmax-over-wrong-axis",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        VALIDATION_APART,
        "accuracy-contradicts-predictions",
        "training-mode-gap",
    ),
)
def softmax_over_wrong_axis(head: Head, loss: Loss, predictions: Predictions | None) -> Finding | None:
    """The softmax runs over another axis than the classes.

    Why it looks stuck: the loss and the accuracy compare classes along the last axis. A softmax along time
    or channels makes the steps of a row compete instead of its classes; along the batch it makes rows
    compete, so that a prediction depends on its neighbours.

    How it is proved: the predictions are summed along each axis: the one that gives 1 is the one the softmax
    runs over.

    What to do: `axis=-1`, the default.
    """
    batch = head.softmax_axis == 0
    other = predictions.other_axis_sums_one if predictions else None
    axis = other if other is not None else head.softmax_axis
    if (
        head.activation != "softmax"
        or not loss.is_for_classes
        or axis in (None, -1)
        or axis == loss.axis % (len(head.shape) + 1)
        or head.softmax_size == 1
    ):
        return None
    if predictions is not None and not batch and other is None:
        return None
    low = predictions.row_sum_minimum if predictions else None
    high = predictions.row_sum_maximum if predictions else None
    if low is not None and high is not None and max(abs(low - 1), abs(high - 1)) <= SUM_TOLERANCE:
        return None
    over = (
        "the batch: each row's prediction depends on the other rows"
        if batch
        else f"axis {axis} of the output"
    )
    sums = (
        ""
        if low is None
        else f" Summed over the {head.units} classes, rows give {low:.3g} to {high:.3g} instead of 1."
    )
    return Finding(
        says=f"The softmax runs over {over}, not over the {head.units} classes on the last axis.{sums}",
        shows={"axis": axis, "row_sums": (low, high), "expected_axis": -1},
        where=head.place,
        certainty=Certainty.PROVED if batch else Certainty.MEASURED if predictions else Certainty.SUSPECTED,
        remedies=(propose("set-output-activation", at=head.place, activation="softmax"),),
    )


softmax_over_wrong_axis.fires(
    Head(activation="softmax", units=4, shape=(10, 4), softmax_axis=1, softmax_size=10),
    Loss(name="sparse_categorical_crossentropy"),
    Predictions(rows=64, units=4, row_sum_minimum=0.2, row_sum_maximum=0.9, other_axis_sums_one=1),
)
softmax_over_wrong_axis.fires(
    Head(activation="softmax", units=4, shape=(4,), softmax_axis=0), Loss(name="categorical_crossentropy")
)
softmax_over_wrong_axis.quiet(
    Head(activation="softmax", units=4, shape=(10, 4), softmax_axis=-1, softmax_size=4),
    Loss(name="sparse_categorical_crossentropy"),
)
softmax_over_wrong_axis.quiet(  # channels first: softmax and loss both read axis 1
    Head(activation="softmax", units=6, shape=(2, 6, 6), softmax_axis=1, softmax_size=2),
    Loss(name="categorical_crossentropy", axis=1),
    Predictions(rows=64, units=6, row_sum_minimum=0.2, row_sum_maximum=4.9, other_axis_sums_one=1),
)
softmax_over_wrong_axis.quiet(  # attention weights are no class probabilities
    Head(activation="softmax", units=4, shape=(10, 4), softmax_axis=1, softmax_size=10), Loss()
)
