"""Symptom: the validation loss is no number, while the training loss is one."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom


@symptom("validation-loss-not-finite")
def validation_loss_not_finite(curve: Curve) -> Finding | None:
    """The validation loss is NaN (not a number) or infinite, the training loss is not.

    The weights are sound, or the training loss would be lost as well. A validation loss without a value
    tells nothing: no callback can stop at its best epoch, and no curve can be compared.
    """
    bad = [k for k, value in enumerate(curve.val_loss, 1) if not math.isfinite(value)]
    if not bad or not all(map(math.isfinite, curve.loss)):
        return None
    value = curve.val_loss[bad[0] - 1]
    kind = "NaN (not a number)" if math.isnan(value) else "infinite"
    epochs = len(curve.val_loss)
    beside = f"; the training loss ends at {curve.loss[-1]:.4g}" if curve.loss else ""
    return Finding(
        says=f"The validation loss is {kind} in {len(bad)} of {epochs} epochs{beside}.",
        shows={"epochs": len(bad), "of": epochs, "first": bad[0]},
    )


validation_loss_not_finite.fires(Curve.of(loss=[0.7, 0.5], val_loss=[math.inf, math.inf]))
validation_loss_not_finite.fires(Curve.of(loss=[0.7, 0.5], val_loss=[0.6, math.nan]))
validation_loss_not_finite.quiet(Curve.of(loss=[0.7, math.nan], val_loss=[math.nan, math.nan]))
validation_loss_not_finite.quiet(Curve.of(loss=[0.7, 0.5], val_loss=[0.7, 0.6]))
