"""What softmax-on-multi-label sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective._common import BINARY, CATEGORICAL
from unstuck.rules.objective.softmax_on_multi_label import softmax_on_multi_label

#: Calls that make labels of which a row may have several.
_SEVERAL = ("stack", "column_stack", "MultiLabelBinarizer")


@softmax_on_multi_label.in_source("suspected")
def in_source(head: Head, loss: Loss, targets: WrittenTargets) -> Finding | None:
    """A softmax on labels that are put together column by column."""
    made = targets.last_change
    if head.activation != "softmax" or head.units < 2 or made is None or not _makes_several(made):
        return None
    if loss.name not in (*BINARY, *CATEGORICAL):
        return None
    return Finding(
        says=f"The labels are put together column by column ({made.kind}), and the output is a softmax, "
        "whose "
        f"{head.units} columns sum to 1: if a row may have two labels, neither can get more than a half.",
        shows={"labels": made.kind, "units": head.units},
        where=head.place,
        remedies=(
            propose(
                "set-output-activation",
                at=head.place,
                activation="sigmoid",
                also=(propose("set-loss", at=loss.place, loss=BINARY[0]),),
            ),
        ),
    )


def _makes_several(step: Operation) -> bool:
    return step.kind in _SEVERAL or step.value in _SEVERAL


_STACKED = WrittenTargets(operations=(Operation(kind="stack"),))
in_source.fires(
    Head(activation="softmax", units=6, shape=(6,)), Loss(name="categorical_crossentropy"), _STACKED
)
in_source.quiet(  # votes that are divided by their number are shares
    Head(activation="softmax", units=6, shape=(6,)),
    Loss(name="categorical_crossentropy"),
    WrittenTargets(operations=(Operation(kind="stack"), Operation(kind="divide", value=7))),
)
in_source.quiet(Head(activation="sigmoid", units=6, shape=(6,)), Loss(name="binary_crossentropy"), _STACKED)
