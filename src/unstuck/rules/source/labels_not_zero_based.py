"""What labels-not-zero-based sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Loss, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.labels.labels_not_zero_based import labels_not_zero_based
from unstuck.rules.objective._common import SPARSE

#: What may bring class numbers back to 0, 1, 2, ...
_BACK = ("subtract", "compare", "modulo", "fit_transform", "transform", "factorize", "searchsorted")


@labels_not_zero_based.in_source("suspected")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """Class numbers that a number was added to."""
    step = targets.last("add", "add-to", *_BACK)
    if loss.name not in SPARSE or step is None or step.kind not in ("add", "add-to"):
        return None
    if not isinstance(step.value, (int, float)) or step.value < 1:
        return None
    return Finding(
        says=f"{step.value:g} is added to the class numbers, but {loss.name} counts the classes from 0: if "
        "they began at 0 before, the first unit is never used and the last class has none.",
        shows={"added": step.value},
        where=step.place,
        remedies=(propose("advise", text="Leave the class numbers as they are: 0, 1, 2, ..."),),
    )


_RAISED = WrittenTargets(operations=(Operation(kind="add", value=1),))
in_source.fires(Loss(name="sparse_categorical_crossentropy"), _RAISED)
in_source.quiet(Loss(name="mean_squared_error"), _RAISED)
in_source.quiet(
    Loss(name="sparse_categorical_crossentropy"),
    WrittenTargets(operations=(Operation(kind="add", value=1), Operation(kind="subtract", value=1))),
)
