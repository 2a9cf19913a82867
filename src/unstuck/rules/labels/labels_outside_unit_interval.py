"""The rule labels-outside-unit-interval."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Fit, Head, Labels, Loss, Model, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import DIVERGES, DOES_NOT_FIT, LEARNS_LITTLE, METRIC_LIES, NOTHING_LEARNED
from unstuck.rules.objective._common import (
    BINARY,
    FEW_ROWS,
    MOST_LEVELS,
    bundle,
    refit,
    unless_left_out,
    weighted_values,
)
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import no_binary_loss

#: A label scaled to end at 1 may end at 1.0000001.
ROUNDING = 1e-6


@cause(
    "labels-outside-unit-interval",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        METRIC_LIES,
        DIVERGES,
        DOES_NOT_FIT,
        "loss-negative",
        "accuracy-on-signed-labels",
        "exploding-gradient",
        "learning-rate-too-high",
        "logits-taken-as-probabilities",
        "nan-loss",
        "saturated-activations",
        "saturated-divergence",
        "target-not-scaled",
        "vanishing-gradient",
    ),
    blames=("fit.y",),
)
def labels_outside_unit_interval(
    labels: Labels,
    loss: Loss,
    head: Head | None,
    curve: Curve | None,
    fit: Fit | None,
    model: Model | None,
) -> Finding | None:
    """Binary cross-entropy gets labels below 0 or above 1.

    Why it looks stuck: binary cross-entropy reads the label as a probability. For a label above 1 the loss
    falls without end as the output rises, below 0 and beyond, so the output is driven to its bound for
    every row. Accuracy counts labels of exactly 0 or 1 alone.

    How it is proved: the labels are counted. A loss under 0 can have no other reason. Where rows have a
    weight of 0, or a mask or a loss of your own leaves some out, a label of -1 may stand for none: then it is
    suspected.

    Under a loss of your own it is measured that the labels take two values, 0 and one above 1, while the
    output is a sigmoid.

    What to do: labels 0 and 1; for more than two classes one unit a class and categorical cross-entropy; for
    numbers a loss for numbers.

    What decides: Print y.min() and y.max() (of masks, np.unique(mask)); below 0 or above 1 says yes.
    """
    if loss.custom and loss.name not in BINARY:
        return _two_levels(labels, loss, head, fit)
    if loss.name not in BINARY or labels.form in ("text", "empty", "binary", "one-hot", "multi-label"):
        return None
    # Smoothing by s pulls a label y to (1 - s) y + s / 2.
    slack = loss.label_smoothing / (2.0 * (1.0 - loss.label_smoothing)) if loss.label_smoothing < 1 else 0.0
    low, high = -slack - ROUNDING, 1 + slack + ROUNDING
    outside = sum(share for value, share in weighted_values(labels) if not low <= value <= high)
    negative = bool(curve and curve.loss and curve.loss[-1] < 0)
    if outside <= FEW_ROWS and not (negative and (labels.minimum < 0 or labels.maximum > 1)):
        return None
    lowest = min(curve.loss) if curve and curve.loss else None
    sign = f" The loss went down to {lowest:.4g}, which labels in [0, 1] cannot do." if negative else ""
    within = f"[{-slack:.3g}, {1 + slack:.3g}], what label smoothing allows" if slack else "[0, 1]"
    return Finding(
        says=f"{loss.name} reads labels as probabilities, but they go from {labels.minimum:.4g} to "
        f"{labels.maximum:.4g}: {percent(outside)} of them lie outside {within}. For these the loss falls "
        f"without end, so that the output is driven to a bound instead of to the label.{sign}",
        shows={
            "minimum": labels.minimum,
            "maximum": labels.maximum,
            "share_outside": outside,
            "lower_bound": -slack,
            "upper_bound": 1 + slack,
            "lowest_loss": lowest,
        },
        where=loss.place,
        certainty=None if negative else unless_left_out(labels, loss, model),
        remedies=(_remedy(labels, head, loss, fit),),
    )


def _two_levels(labels: Labels, loss: Loss, head: Head | None, fit: Fit | None) -> Finding | None:
    """Masks of 0 and 255 under a loss of the user's own, where the output cannot come near the second."""
    sigmoid = head is not None and head.activation == "sigmoid"
    if not sigmoid or labels.distinct != 2 or labels.minimum != 0.0 or labels.maximum <= 1.0 + ROUNDING:
        return None
    return Finding(
        says=f"The labels take two values, 0 and {labels.maximum:g}, and the output is a sigmoid, which ends "
        f"at 1: no answer comes near {labels.maximum:g}, and what {loss.written or 'the loss'} multiplies or "
        "subtracts is that many times as large as for labels of 0 and 1.",
        shows={"minimum": labels.minimum, "maximum": labels.maximum, "upper_bound": 1.0},
        where=loss.place,
        certainty=Certainty.MEASURED,
        remedies=(propose("rescale-labels", at=fit.place if fit else None, factor=1.0 / labels.maximum),),
    )


def _remedy(labels: Labels, head: Head | None, loss: Loss, fit: Fit | None) -> Proposal:
    """Labels of two levels become 0 and 1; several classes get a unit each; numbers a loss for numbers."""
    place = fit.place if fit else None
    if labels.form == "signed":
        return propose("remap-signed-labels", at=place)
    if labels.form == "integers" and labels.shape and labels.minimum == 0:  # masks of 0 to 255
        return propose("rescale-labels", at=place, factor=1.0 / labels.maximum)
    few = labels.form == "integers" and labels.distinct <= MOST_LEVELS
    if labels.distinct == 2 and labels.form == "integers":
        return propose("encode-labels", at=place)
    if few:
        return refit(labels, head, loss, fit)
    linear = [] if head and head.activation == "linear" else ["linear"]
    ends = [
        propose("set-output-activation", at=head.place if head else None, activation=name) for name in linear
    ]
    return bundle([propose("set-loss", at=loss.place, loss="mean_squared_error"), *ends])


@labels_outside_unit_interval.ruled_out
def _ruled_out(loss: Loss) -> str:
    """What in a script speaks against it."""
    return no_binary_loss(loss)


labels_outside_unit_interval.fires(Labels.of([-1, 1] * 50), Loss(name="binary_crossentropy"))
labels_outside_unit_interval.fires(
    Labels.of([0, 1, 2] * 50), Loss(name="binary_crossentropy"), Curve.of(loss=[0.2, -4.8])
)
labels_outside_unit_interval.quiet(Labels.of([0, 1] * 50), Loss(name="binary_crossentropy"))
labels_outside_unit_interval.quiet(Labels.of([0.05, 0.95] * 50), Loss(name="binary_crossentropy"))
_OWN = Loss(name="dice_loss", custom=True, written="dice_loss")
labels_outside_unit_interval.fires(Labels.of([0, 255] * 50), _OWN, Head(activation="sigmoid"))
labels_outside_unit_interval.quiet(Labels.of([0, 1] * 50), _OWN, Head(activation="sigmoid"))
labels_outside_unit_interval.quiet(Labels.of([0, 255] * 50), _OWN, Head(activation="linear"))
labels_outside_unit_interval.quiet(Labels.of([-1, 1] * 50), Loss(name="hinge"))
labels_outside_unit_interval.quiet(  # smoothed, -0.05 is 0.005
    Labels.of([-0.05, 1.05] * 50), Loss(name="binary_crossentropy", label_smoothing=0.1)
)


#: What raises or multiplies labels.
_RAISES = ("add", "add-to", "multiply", "multiply-to")


@labels_outside_unit_interval.in_source("suspected")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """Labels that were raised or multiplied before binary cross-entropy."""
    step = targets.last_change
    if loss.name not in BINARY or step is None or step.kind not in _RAISES:
        return None
    beyond = step.value is not None and step.value >= 1 and (step.value > 1 or "add" in step.kind)
    if not isinstance(step.value, (int, float)) or not beyond:
        return None
    word = "raised by" if "add" in step.kind else "multiplied by"
    return Finding(
        says=f"The labels are {word} {step.value:g} before {loss.name}, which expects 0 to 1: if they were "
        "0 and 1, the loss falls below 0 without end.",
        shows={"change": step.kind, "by": step.value},
        where=step.place,
        remedies=(propose("advise", text="Leave the labels 0 and 1."),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y + 1)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(3, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y + 1)
""")
in_source.quiet("""
chance = 1 / (1 + np.exp(-score))
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, np.random.binomial(1, chance))
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y * 0.5)
""")
