"""The rule categorical-crossentropy-on-one-unit."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Fit, Head, Labels, Loss
from unstuck.judgement.findings import Finding, Predicted
from unstuck.rules.families import DOES_NOT_FIT, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import CATEGORICAL, SPARSE, refit, reported
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import many_units


@cause(
    "categorical-crossentropy-on-one-unit",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DOES_NOT_FIT,
        "accuracy-contradicts-loss",
        "frozen-layers",
        "labels-not-zero-based",
        "logits-taken-as-probabilities",
        "vanishing-gradient",
    ),
    blames=("loss", "units"),
)
def categorical_crossentropy_on_one_unit(
    head: Head, loss: Loss, labels: Labels | None, curve: Curve | None, fit: Fit | None
) -> Finding | None:
    """Categorical cross-entropy compares classes, but there is one unit.

    Why it looks stuck: the loss divides each output by the row's sum. With one unit that is 1 for every row:
    the loss is 0 from the first step on, there is no gradient, and accuracy never moves.

    How it is proved: the output has one unit; ln 1 = 0.

    What to do: a sigmoid with binary cross-entropy, or one unit a class with a softmax.

    What decides: Print model.output_shape. (None, 1) under categorical cross-entropy says yes.
    """
    if head.units != 1 or loss.name not in (*CATEGORICAL, *SPARSE):
        return None
    if loss.axis not in (-1, len(head.shape)):
        return None  # the classes stand on another axis
    if labels is not None and len(head.shape) > 1 and labels.shape in (head.shape[:-1], ()):
        return (
            None  # for labels of one axis less, a last one of size 1 counted, Keras drops the one unit's axis
        )
    last = curve.loss[-1] if curve and curve.loss else None
    return Finding(
        says=f"{loss.name} divides each output by the sum of its row. The output has one unit, so that is 1 "
        f"for every row, the loss is -ln 1 = 0{reported(last)}, and there is no gradient: nothing is "
        "learned.",
        shows={"units": 1, "predicted_loss": 0.0, "loss": last},
        where=loss.place,
        predicts=(Predicted(key="loss", at_most=0.0),),
        remedies=(refit(labels, head, loss, fit),),
    )


@categorical_crossentropy_on_one_unit.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return many_units(head)


categorical_crossentropy_on_one_unit.fires(
    Head(activation="sigmoid", units=1), Loss(name="categorical_crossentropy"), Labels.of([0, 1] * 50)
)
categorical_crossentropy_on_one_unit.fires(
    Head(activation="softmax", units=1, softmax_size=1), Loss(name="sparse_categorical_crossentropy")
)
categorical_crossentropy_on_one_unit.quiet(
    Head(activation="sigmoid", units=1), Loss(name="binary_crossentropy")
)
categorical_crossentropy_on_one_unit.quiet(
    Head(activation="softmax", units=3, shape=(3,)), Loss(name="categorical_crossentropy")
)
categorical_crossentropy_on_one_unit.quiet(  # three classes, of which each stands in a row of its own
    Head(activation="softmax", units=1, shape=(3, 1), softmax_size=3),
    Loss(name="categorical_crossentropy"),
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * 20),
)
categorical_crossentropy_on_one_unit.quiet(  # labels of shape (rows, 1): the classes are the five steps
    Head(activation="sigmoid", units=1, shape=(5, 1)),
    Loss(name="sparse_categorical_crossentropy"),
    Labels.of([[0], [1]] * 20),
)
categorical_crossentropy_on_one_unit.quiet(
    Head(activation="softmax", units=1, shape=(3, 1)), Loss(name="categorical_crossentropy", axis=1)
)
