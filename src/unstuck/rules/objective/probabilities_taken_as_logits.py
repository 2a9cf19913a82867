"""The rule probabilities-taken-as-logits."""

from __future__ import annotations

from math import e, log

from unstuck.evidence.facts import Curve, Environment, Fit, Head, Labels, Loss, Predictions
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, CATEGORICAL, SPARSE, compares_one, reported
from unstuck.rules.rule import cause

#: Rows of probabilities in float32 sum to one within this.
SUM_TOLERANCE = 1e-3


@cause(
    "probabilities-taken-as-logits",
    certainty="proved",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "learning-rate-too-low", "vanishing-gradient"),
    blames=("from_logits", "loss.from_logits", "loss"),
)
def probabilities_taken_as_logits(
    head: Head,
    loss: Loss,
    environment: Environment,
    labels: Labels | None,
    curve: Curve | None,
    predictions: Predictions | None,
    fit: Fit | None,
) -> Finding | None:
    """The loss applies a softmax or sigmoid to what has been through one already.

    Why it looks stuck: `from_logits=True` tells the loss to apply the activation itself. On values between 0
    and 1 it gets at most e : 1 : ... : 1 out of them, so the loss ends on a floor far above 0 and its
    gradient is small.

    How it is proved: the activation and `from_logits` are read from the model. The floor of the loss is
    ln(e + K - 1) - 1 for K classes, and for one sigmoid .3133 a row of label 1 and .6931 a row of label 0.
    A loss of your own is asked, on made-up rows, whether right answers beyond 1 cost ever less.
    On TensorFlow, where the activation comes last, the loss takes the numbers before it, and no harm is done.

    What to do: leave out `from_logits=True`, or the activation.

    What decides: Look at the loss for from_logits=True and at the last layer for an activation; both together
    say yes.
    """
    if not loss.from_logits or (head.shape and compares_one(head, loss)):
        return None  # a softmax over one value reads nothing
    static = head.activation in ("sigmoid", "softmax") and not head.stretched
    if static and environment.backend == "tensorflow" and head.activation_is_last:
        return None
    if not static and not (head.activation == "unknown" and _rows_sum_to_one(predictions)):
        return None
    if not loss.is_for_classes:
        return _of_own_loss(head, loss) if static else None
    weighted = fit is not None and (fit.class_weight or fit.sample_weight)
    floor = None if weighted or loss.label_smoothing else _floor(head, loss, labels)
    last = curve.loss[-1] if curve and curve.loss else None
    bound = "" if floor is None else f" The loss cannot fall below {floor:.4f}{reported(last)}."
    what = f"has been through {head.activation}" if static else "is probabilities already (its rows sum to 1)"
    return Finding(
        says=f"{loss.name} has from_logits=True and applies the activation itself, but the output "
        f"{what}.{bound}",
        shows={"activation": head.activation, "from_logits": True, "lowest_loss": floor, "loss": last},
        where=loss.place,
        certainty=Certainty.PROVED if static else Certainty.MEASURED,
        remedies=(propose("set-loss", at=loss.place, loss=loss.name, from_logits=False),),
    )


def _of_own_loss(head: Head, loss: Loss) -> Finding:
    """The same of a loss whose formula is not known, only that it wants more than a probability can be."""
    return Finding(
        says=f"{loss.written} is made for logits, values of any size: on made-up rows it costs less and less "
        f"as right answers grow from 1 to 9. But the output has been through {head.activation} and ends at "
        "1, where that loss still asks for more.",
        shows={"activation": head.activation, "from_logits": True},
        where=loss.defined or loss.place,
        certainty=Certainty.MEASURED,
        remedies=(
            propose(
                "advise",
                text=f"Make {loss.written} take probabilities (from_logits=False inside it), or leave out "
                f"the {head.activation} of the output.",
            ),
        ),
    )


def _floor(head: Head, loss: Loss, labels: Labels | None) -> float | None:
    """What the right answer for every row costs, None where that depends on more than the classes."""
    if loss.name == BINARY[0]:
        single = labels is not None and labels.form == "binary" and not labels.nonfinite and head.units == 1
        return labels.mean * log(1 + 1 / e) + (1 - labels.mean) * log(2) if labels and single else None
    several = loss.name in (CATEGORICAL[0], SPARSE[0]) and loss.ignore_class is None and head.units > 1
    return log(e + head.units - 1) - 1 if several and _is_one_class_a_row(loss, labels, head.units) else None


def _is_one_class_a_row(loss: Loss, labels: Labels | None, units: int) -> bool:
    """Whether each row asks for one of the units, as far as the labels are known."""
    if labels is None:  # columns may hold anything, a class number is one class
        return loss.name == SPARSE[0]
    if loss.name == CATEGORICAL[0]:
        return labels.form == "one-hot" and labels.shape[-1] == units
    whole = labels.form in ("binary", "integers") and not labels.nonfinite
    return whole and labels.minimum >= 0 and labels.maximum < units


def _rows_sum_to_one(predictions: Predictions | None) -> bool:
    if predictions is None or predictions.units == 1 or predictions.outside_unit > 0:
        return False
    low, high = predictions.row_sum_minimum, predictions.row_sum_maximum
    return low is not None and high is not None and max(abs(low - 1), abs(high - 1)) <= SUM_TOLERANCE


@probabilities_taken_as_logits.ruled_out
def _ruled_out(loss: Loss) -> str:
    """What in a script speaks against it."""
    return "" if loss.from_logits else "the loss has no from_logits=True"


probabilities_taken_as_logits.fires(
    Head(activation="softmax", units=10, shape=(10,), softmax_size=10),
    Loss(name="sparse_categorical_crossentropy", from_logits=True),
    Environment(backend="jax"),
)
probabilities_taken_as_logits.fires(
    Head(activation="sigmoid", units=1),
    Loss(name="binary_crossentropy", from_logits=True),
    Environment(backend="torch"),
    Labels.of([0, 1] * 50),
    Curve.of(loss=[0.62, 0.5032]),
)
probabilities_taken_as_logits.fires(
    Head(activation="softmax", units=10, shape=(10,), softmax_size=10),
    Loss(name="focal", written="focal", custom=True, from_logits=True),
    Environment(backend="jax"),
)
probabilities_taken_as_logits.quiet(
    Head(activation="linear", units=10, shape=(10,)),
    Loss(name="focal", written="focal", custom=True, from_logits=True),
    Environment(backend="jax"),
)
probabilities_taken_as_logits.quiet(
    Head(activation="softmax", units=10, shape=(10,), softmax_size=10),
    Loss(name="sparse_categorical_crossentropy", from_logits=True),
    Environment(backend="tensorflow"),
)
probabilities_taken_as_logits.quiet(  # a batch normalisation makes logits of any size of them
    Head(activation="softmax", units=10, shape=(10,), after=("BatchNormalization",)),
    Loss(name="sparse_categorical_crossentropy", from_logits=True),
    Environment(backend="jax"),
)
probabilities_taken_as_logits.quiet(
    Head(activation="linear", units=10, shape=(10,)),
    Loss(name="sparse_categorical_crossentropy", from_logits=True),
    Environment(backend="jax"),
)
