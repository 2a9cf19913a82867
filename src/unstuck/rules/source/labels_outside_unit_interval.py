"""What labels-outside-unit-interval sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Loss, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.labels.labels_outside_unit_interval import labels_outside_unit_interval
from unstuck.rules.objective._common import BINARY

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
        "0 and "
        "1, the loss falls below 0 without end.",
        shows={"change": step.kind, "by": step.value},
        where=step.place,
        remedies=(propose("advise", text="Leave the labels 0 and 1."),),
    )


_RAISED = WrittenTargets(operations=(Operation(kind="add", value=1),))
in_source.fires(Loss(name="binary_crossentropy"), _RAISED)
in_source.quiet(Loss(name="sparse_categorical_crossentropy"), _RAISED)
in_source.quiet(  # 1 / (1 + exp(-score)) is a chance, and labels are drawn by it
    Loss(name="binary_crossentropy"),
    WrittenTargets(operations=(Operation(kind="add", value=1), Operation(kind="binomial"))),
)
in_source.quiet(
    Loss(name="binary_crossentropy"), WrittenTargets(operations=(Operation(kind="multiply", value=0.5),))
)
