"""What binary-crossentropy-on-one-hot sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Loss, Operation, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective._common import BINARY, CATEGORICAL
from unstuck.rules.objective.binary_crossentropy_on_one_hot import binary_crossentropy_on_one_hot

#: With two columns both losses have their lowest value at the same place.
_SEVERAL = 3


@binary_crossentropy_on_one_hot.in_source("suspected")
def in_source(head: Head, loss: Loss, targets: WrittenTargets | None, fit: Fit | None) -> Finding | None:
    """A softmax over several classes, or to_categorical labels, under binary cross-entropy."""
    if fit is not None and fit.reconstructs:
        return None  # there are no labels
    one_hot = targets is not None and made_one_hot(targets.operations) is not None
    if loss.name not in BINARY or head.units < _SEVERAL or not (one_hot or head.activation == "softmax"):
        return None
    floor = 1.0 - 1.0 / head.units
    labels = "one-hot (to_categorical)" if one_hot else "one-hot, as the softmax suggests"
    return Finding(
        says=f"The labels are {labels}, but {loss.name} judges each of the {head.units} columns by itself: "
        f"predicting no class at all is right in {floor:.4f} of the columns.",
        shows={"units": head.units, "floor": floor},
        where=loss.place,
        remedies=(propose("set-loss", at=loss.place, loss=CATEGORICAL[0]),),
    )


_ONE_HOT = WrittenTargets(operations=(Operation(kind="to_categorical"),))
in_source.fires(Head(activation="softmax", units=10, shape=(10,)), Loss(name="binary_crossentropy"), _ONE_HOT)
in_source.quiet(Head(activation="sigmoid", units=5, shape=(5,)), Loss(name="binary_crossentropy"))
in_source.quiet(Head(activation="softmax", units=10, shape=(10,)), Loss(name="categorical_crossentropy"))
_OWN = Fit(reconstructs=True)
in_source.quiet(  # an autoencoder
    Head(activation="softmax", units=10, shape=(10,)),
    Loss(name="binary_crossentropy"),
    Fit(reconstructs=True),
)
