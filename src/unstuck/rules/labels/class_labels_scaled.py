"""The rule class-labels-scaled."""

from __future__ import annotations

from itertools import pairwise

from unstuck.evidence.facts import Curve, Fit, Head, Labels, Loss, Metrics, Model, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, NOTHING_LEARNED
from unstuck.rules.objective._common import (
    BINARY,
    CATEGORICAL,
    SPARSE,
    last_accuracy,
    reported,
    unless_left_out,
)
from unstuck.rules.rule import cause

#: A pixel of eight bits goes from 0 to this.
LEVELS_OF_A_PIXEL = 255
#: Labels are multiples of a step when they miss it by less than float32 does.
ROUNDING = 1e-3

#: A label of class 1 this low is decided as class 0. Labels above may be smoothed on purpose.
HALF = 0.5


@cause(
    "class-labels-scaled",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        METRIC_LIES,
        "accuracy-on-continuous-target",
        "class-imbalance",
        "decisions-do-not-change",
        "label-form-does-not-match-loss",
        "metric-does-not-match-task",
        "vanishing-gradient",
    ),
    blames=("fit.y",),
)
def class_labels_scaled(
    labels: Labels,
    loss: Loss,
    head: Head | None,
    metrics: Metrics | None,
    curve: Curve | None,
    fit: Fit | None,
    model: Model | None,
) -> Finding | None:
    """Class labels have been scaled, as if they were inputs.

    Why it looks stuck: dividing "everything" by 255 makes class 7 into 0.027. Sparse categorical
    cross-entropy cuts class numbers down to whole ones, so that all of them become class 0: the
    loss falls to 0, and accuracy stays at the share of class 0. A label of 0.004 instead of 1 never asks
    for class 1.

    How it is proved: the labels are not whole numbers; cut down to whole ones, fewer levels are left. Where
    the loss reads probabilities, it is proved for 1/255, as pixels are scaled: another may be meant.

    What to do: leave the labels as they are; scale only the inputs.

    What decides: Print np.unique(y). Values that are no whole numbers say yes.
    """
    if labels.form != "continuous" or labels.minimum < 0:
        return None
    sparse = loss.name in SPARSE and not labels.shape
    columns = loss.name in (*BINARY, *CATEGORICAL) and labels.distinct == 2 and labels.minimum == 0
    if not sparse and not (columns and labels.maximum < HALF):
        return None
    left = int(labels.maximum) + 1
    if sparse and left >= labels.distinct:
        return None
    kept = sum(share for value, share in labels.shares.items() if value < 1) if labels.levels else None
    last = last_accuracy(curve, metrics)
    if sparse:
        zero = "" if kept is None else f" {percent(kept)} of the rows become class 0."
        says = f"{loss.name} cuts them down to whole numbers, which leaves at most {left}.{zero}"
    else:
        says = (
            f"{loss.name} reads {labels.maximum:.4g} as a probability under a half: no row asks for class 1."
        )
    return Finding(
        says=f"The labels are {labels.distinct:,} levels from {labels.minimum:.4g} to {labels.maximum:.4g}, "
        f"not whole class numbers{reported(last, 'accuracy')}. {says}",
        shows={"levels": labels.distinct, "levels_left": left, "share_of_class_0": kept, "reported": last},
        where=loss.place if head is None else head.place or loss.place,
        certainty=unless_left_out(labels, loss, model)
        if sparse or _is_a_pixel(labels)
        else Certainty.SUSPECTED,
        remedies=(_undo(labels, fit),),
    )


def _is_a_pixel(labels: Labels) -> bool:
    """Whether the larger of two labels is 1 scaled as pixels are."""
    return abs(labels.maximum * LEVELS_OF_A_PIXEL - 1.0) <= ROUNDING


def _undo(labels: Labels, fit: Fit | None) -> Proposal:
    """Multiply by what makes the levels whole; number them anew where no factor does."""
    step = labels.maximum if labels.distinct == 2 else _step(labels)
    place = fit.place if fit else None
    if step:
        return propose("rescale-labels", at=place, factor=round(1.0 / step, 6))
    return propose("encode-labels", at=place)


def _step(labels: Labels) -> float | None:
    """The step of which all levels are multiples, None where there is none."""
    values = [value for value, _ in labels.levels]
    gaps = [later - earlier for earlier, later in pairwise(values)]
    step = min(gaps, default=0.0)
    if step <= 0 or any(abs(value / step - round(value / step)) > ROUNDING for value in values):
        return None
    return step


class_labels_scaled.fires(
    Labels.of([digit / 255 for digit in range(10)] * 20), Loss(name="sparse_categorical_crossentropy")
)
class_labels_scaled.fires(Labels.of([0, 1 / 255] * 50), Loss(name="binary_crossentropy"))
class_labels_scaled.quiet(Labels.of([0, 1, 2] * 50), Loss(name="sparse_categorical_crossentropy"))
class_labels_scaled.quiet(
    Labels.of([0.05, 0.95] * 50), Loss(name="binary_crossentropy")
)  # smoothed on purpose
class_labels_scaled.quiet(Labels.of([row / 100 for row in range(100)]), Loss(name="binary_crossentropy"))


#: Columns of 0 and 1 that are divided by less may be votes or counts, which make shares.
_AS_PICTURES = 255

#: What makes whole class numbers out of divided ones again, or columns of what was divided.
_WHOLE = ("round", "rint", "floor", "compare", "to_categorical", "fit_transform", "transform", "argmax")


@class_labels_scaled.in_source("suspected")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """Class labels that were divided by a number."""
    step = targets.last("divide", *_WHOLE)
    if loss.name not in (*SPARSE, *CATEGORICAL) or step is None or step.kind != "divide":
        return None
    if not isinstance(step.value, (int, float)) or abs(step.value) <= 1:
        return None
    if loss.name in CATEGORICAL and step.value < _AS_PICTURES:
        return None
    return Finding(
        says=f"The labels are divided by {step.value:g}, as inputs are, but {loss.name} expects whole class "
        "numbers: unless they were multiples of it, most classes fall together.",
        shows={"divisor": step.value, "loss": loss.name},
        where=step.place,
        remedies=(propose("advise", text="Divide the inputs only, and leave the labels as they are."),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y / 255)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x / 255, y / 255)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(5, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, votes / 7)  # seven votes on each row
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, mask / 255 > 0.5)
""")
