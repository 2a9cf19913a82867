"""What one-sided-validation-split sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Loss, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.pipeline.one_sided_validation_split import one_sided_validation_split
from unstuck.rules.source.one_class_batches import MIXES

#: What puts the rows of one class behind those of another.
_JOINS = ("concatenate", "concat", "vstack", "hstack", "append", "repeat")


@one_sided_validation_split.in_source("suspected")
def in_source(fit: Fit, loss: Loss, targets: WrittenTargets) -> Finding | None:
    """validation_split on labels that are joined piece by piece and not mixed afterwards."""
    step = targets.last(*_JOINS, *MIXES)
    if not fit.validation_split or not loss.is_for_classes or step is None or step.kind in MIXES:
        return None
    return Finding(
        says=f"validation_split takes the last {percent(fit.validation_split)} of the rows before any "
        "shuffling, and "
        f"the labels are joined piece by piece ({step.kind}): if the pieces are classes, the validation rows "
        "hold only the last of them.",
        shows={"validation_split": fit.validation_split, "joined": step.kind},
        where=fit.place,
        remedies=(propose("shuffle-before-split", at=fit.place),),
    )


_JOINED = WrittenTargets(operations=(Operation(kind="concatenate"),))
_SPLIT = Fit(validation="validation_split", validation_split=0.2)
in_source.fires(_SPLIT, Loss(name="binary_crossentropy"), _JOINED)
in_source.quiet(_SPLIT, Loss(name="binary_crossentropy"), WrittenTargets())
in_source.quiet(
    _SPLIT,
    Loss(name="binary_crossentropy"),
    WrittenTargets(operations=(Operation(kind="concatenate"), Operation(kind="shuffle"))),
)
