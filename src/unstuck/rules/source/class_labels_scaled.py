"""What class-labels-scaled sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Loss, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.labels.class_labels_scaled import class_labels_scaled
from unstuck.rules.objective._common import CATEGORICAL, SPARSE

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


_DIVIDED = WrittenTargets(operations=(Operation(kind="divide", value=255),))
in_source.fires(Loss(name="sparse_categorical_crossentropy"), _DIVIDED)
in_source.quiet(Loss(name="mean_squared_error"), _DIVIDED)
in_source.quiet(  # seven votes on each row
    Loss(name="categorical_crossentropy"), WrittenTargets(operations=(Operation(kind="divide", value=7),))
)
in_source.quiet(
    Loss(name="binary_crossentropy"),
    WrittenTargets(operations=(Operation(kind="divide", value=255), Operation(kind="compare", value=0.5))),
)
