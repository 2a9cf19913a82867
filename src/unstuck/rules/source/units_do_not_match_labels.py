"""What units-do-not-match-labels sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Operation, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.objective._common import BINARY, SPARSE
from unstuck.rules.objective.units_do_not_match_labels import units_do_not_match_labels

#: One unit tells two classes apart.
BOTH = 2


@units_do_not_match_labels.in_source("proved")
def in_source(head: Head, loss: Loss, targets: WrittenTargets) -> Finding | None:
    """One-hot labels of another width than the output, or one unit for more than two known classes."""
    if targets.classes is not None:
        return _one_for_all(head, loss, targets.classes)
    made = made_one_hot(targets.operations)
    if made is None or head.units == 0 or loss.custom or len(head.shape) > 1:
        return None
    classes = made.arguments.get("num_classes", made.arguments.get(1))
    asked = classes if isinstance(classes, int) else None
    if head.units != 1 and (asked is None or asked == head.units):
        return None
    columns = f"{asked} columns" if asked is not None else "one column a class"
    return Finding(
        says=f"The labels go through {made.kind}, which makes {columns}, but the output has {head.units} "
        f"unit{'s' if head.units > 1 else ''}.",
        shows={"units": head.units, "columns": asked},
        where=head.units_place or head.place,
        certainty=Certainty.PROVED,
        remedies=(
            propose("set-output-units", at=head.units_place, units=asked)
            if asked is not None
            else propose("advise", text="Give the output one unit a class and a softmax."),
        ),
    )


def _one_for_all(head: Head, loss: Loss, classes: int) -> Finding | None:
    """One unit that decides between two, for the labels of a data set of more."""
    if classes <= BOTH or head.units != 1 or loss.name not in BINARY:
        return None
    many = propose(
        "set-output-units",
        at=head.units_place,
        also=(propose("set-loss", at=loss.place, loss=SPARSE[0]),),
        units=classes,
        activation="softmax",
    )
    return Finding(
        says=f"The labels are those of a data set of {classes} classes, 0 to {classes - 1}, but the output "
        f"has 1 unit, and {loss.name} decides between two.",
        shows={"units": 1, "classes": classes},
        where=head.units_place or head.place,
        remedies=(many,),
    )


_TEN = WrittenTargets(operations=(Operation(kind="to_categorical", arguments={"num_classes": 10}),))
in_source.fires(
    Head(activation="sigmoid", units=1),
    Loss(),
    WrittenTargets(operations=(Operation(kind="to_categorical"),)),
)
in_source.fires(Head(activation="softmax", units=5, shape=(5,)), Loss(name="categorical_crossentropy"), _TEN)
in_source.quiet(
    Head(activation="softmax", units=10, shape=(10,)), Loss(name="categorical_crossentropy"), _TEN
)
_SIGMOID, _BINARY = Head(activation="sigmoid", units=1), Loss(name="binary_crossentropy")
in_source.fires(_SIGMOID, _BINARY, WrittenTargets(classes=3))
in_source.quiet(_SIGMOID, _BINARY, WrittenTargets(classes=2))
in_source.quiet(Head(activation="linear", units=1), Loss(), WrittenTargets(classes=3))
