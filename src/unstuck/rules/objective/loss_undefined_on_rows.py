"""The rule loss-undefined-on-rows."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Loss, Split, ValidationPredictions
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.rule import cause


@cause(
    "loss-undefined-on-rows",
    certainty="measured",
    impact="misleads",
    explains=("validation-loss-not-finite",),
)
def loss_undefined_on_rows(
    loss: Loss, curve: Curve, split: Split | None, answers: ValidationPredictions | None
) -> Finding | None:
    """A loss of the user's own has no value on the validation rows.

    Why it looks stuck: a division by the sum or the mean of the targets, a logarithm or a square root has
    no value where its argument is 0. The training rows never come there, the validation rows do: the
    validation loss is infinite or NaN in every epoch, and nothing can be told by it.

    How it is proved: the answers on the validation rows are finite, so that the value is lost in the loss
    itself; the targets of the validation rows are set beside those of the training rows.

    What to do: divide by what cannot be 0 (keras.ops.maximum(..., 1e-7), or the number of rows), or leave
    out the rows on which the measure has no meaning.
    """
    lost = [value for value in curve.val_loss if not math.isfinite(value)]
    if not loss.custom or not lost or not all(map(math.isfinite, curve.loss)):
        return None
    if answers is not None and answers.nonfinite:
        return None
    judged, taught = (split.validation, split.training) if split else (None, None)
    zeros = judged is not None and judged.count > 0 and judged.minimum == judged.maximum == 0.0
    only_there = zeros and taught is not None and taught.maximum > taught.minimum
    seen = (
        f" All {judged.count:,} validation targets are 0, those of training are not: what divides by their "
        "sum or mean divides by 0."
        if only_there and judged is not None
        else ""
    )
    kind = "NaN" if math.isnan(lost[0]) else "infinite"
    sure = only_there and answers is not None and len(lost) == len(curve.val_loss)
    finite = " although every answer there is a number" if answers is not None else ""
    return Finding(
        says=f"{loss.name} is {kind} on the validation rows in {len(lost)} of {len(curve.val_loss)} epochs"
        f"{finite}.{seen}",
        shows={"epochs": len(lost), "answers_not_finite": answers.nonfinite if answers else None},
        where=loss.defined or loss.place,
        certainty=Certainty.MEASURED if sure else Certainty.SUSPECTED,
        remedies=(
            propose(
                "advise",
                text=f"In {loss.name}, divide by what cannot be 0, for instance by "
                "keras.ops.maximum(..., 1e-7), or by the number of rows.",
            ),
        ),
    )


_OWN = Loss(name="wape", custom=True)
_LOST = Curve.of(loss=[0.5, 0.4], val_loss=[math.inf, math.inf])
loss_undefined_on_rows.fires(
    _OWN, _LOST, Split.tail([1.0, 2.0, 3.0, 0.0], 0.25), ValidationPredictions(rows=1)
)
loss_undefined_on_rows.fires(_OWN, _LOST)
loss_undefined_on_rows.quiet(Loss(name="mean_squared_error"), _LOST)
loss_undefined_on_rows.quiet(_OWN, _LOST, ValidationPredictions(rows=1, nonfinite=1))
loss_undefined_on_rows.quiet(_OWN, Curve.of(loss=[0.5, 0.4], val_loss=[0.6, 0.5]))
