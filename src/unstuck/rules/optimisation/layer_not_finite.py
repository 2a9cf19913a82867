"""Cause: a layer, or the loss, gives no finite number with the weights that the training began with."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Fit, NotFinite, Place
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "layer-not-finite",
    certainty="measured",
    impact="blocks",
    explains=(NOTHING_LEARNED, DIVERGES, "exploding-gradient", "nan-loss"),
)
def layer_not_finite(not_finite: NotFinite, fit: Fit | None) -> Finding | None:
    """A layer of your own gives a value or a gradient that is no finite number, from the first weights on.

    Why it looks stuck: one row with NaN or an infinite gradient makes every weight NaN that the gradient
    reaches. The value may be sound where the slope is not: the root of 0 is 0, and its slope is infinite; so
    is that of a norm of zeros, of a deviation of equal numbers, of the logarithm near 0.

    How it is proved: the rows are passed through the model with the weights that the training began with, and
    the loss is differentiated by what each layer takes and gives. The layer named is the first whose value is
    not finite, or, all values being finite, the one in which the gradient ceases to be on its way back.

    What to do: keep the argument away from where the slope ends: sqrt(x + 1e-7), log(x + 1e-7), a maximum
    with a small number before the division.
    """
    if not not_finite.custom:
        return None
    told = f"{not_finite.layer} ({not_finite.kind})"
    if not_finite.what == "value":
        says = f"{told} is the first layer that gives NaN or an infinite number on the rows of this training"
    else:
        says = (
            f"All layers give finite numbers on the rows of this training, but in {told} the gradient of the "
            "loss becomes NaN or infinite on its way back"
        )
    return Finding(
        says=f"{says}, with the weights that the training began with: no rate would have helped.",
        shows={"layer": not_finite.layer, "what": not_finite.what},
        where=not_finite.place or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                at=not_finite.place,
                text="Add a small number (1e-7) under the root, in the logarithm or below the division, or "
                "keep what stands there above one with keras.ops.maximum.",
            ),
        ),
    )


_ROOT = NotFinite(
    layer="away", kind="Away", what="gradient", custom=True, place=Place(file="train.py", line=18)
)
layer_not_finite.fires(_ROOT)
layer_not_finite.fires(replace(_ROOT, what="value"))
layer_not_finite.quiet(NotFinite(kind="loss"))  # its own rules tell more
layer_not_finite.quiet(replace(_ROOT, custom=False))
