"""What label-form-does-not-match-loss sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Loss, Operation, WrittenTargets
from unstuck.findings import Finding, propose
from unstuck.rules.objective._common import CATEGORICAL, SPARSE
from unstuck.rules.objective.label_form_does_not_match_loss import label_form_does_not_match_loss

#: Calls after which labels are columns of 0 and 1, whatever they were.
ONE_HOT = ("to_categorical", "one_hot")

#: What leaves them so.
_KEEPS = (
    *("astype", "cast", "array", "asarray", "shuffle", "batch", "cache", "prefetch", "repeat"),
    *("train_test_split", "set-part"),
)


def made_one_hot(targets: WrittenTargets) -> Operation | None:
    """The call that made one-hot labels of the targets, None where what came after may have changed that."""
    for step in reversed(targets.operations):
        if step.kind in ONE_HOT:
            return step
        rows = step.kind == "take" and ":" in str(step.value) and "," not in str(step.value)
        if step.kind not in _KEEPS and not rows:
            return None
    return None


@label_form_does_not_match_loss.in_source("proved")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """One-hot labels under a loss that reads class numbers."""
    made = made_one_hot(targets)
    if loss.name not in SPARSE or made is None:
        return None
    return Finding(
        says=f"The labels go through {made.kind}, which makes one column of 0 and 1 a class, but {loss.name} "
        "expects single class numbers.",
        shows={"labels": made.kind, "loss": loss.name},
        where=loss.place,
        remedies=(propose("set-loss", at=loss.place, loss=CATEGORICAL[0]),),
    )


_ONE_HOT = WrittenTargets(operations=(Operation(kind="to_categorical"),))
in_source.fires(Loss(name="sparse_categorical_crossentropy"), _ONE_HOT)
in_source.quiet(Loss(name="categorical_crossentropy"), _ONE_HOT)
in_source.quiet(Loss(name="sparse_categorical_crossentropy"), WrittenTargets())
in_source.quiet(  # the class numbers again
    Loss(name="sparse_categorical_crossentropy"),
    WrittenTargets(operations=(Operation(kind="to_categorical"), Operation(kind="argmax"))),
)
