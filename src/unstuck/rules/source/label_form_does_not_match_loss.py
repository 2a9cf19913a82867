"""What label-form-does-not-match-loss sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Loss, Operation, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective._common import CATEGORICAL, SPARSE
from unstuck.rules.objective.label_form_does_not_match_loss import label_form_does_not_match_loss


@label_form_does_not_match_loss.in_source("proved")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """One-hot labels under a loss that reads class numbers."""
    made = made_one_hot(targets.operations)
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
