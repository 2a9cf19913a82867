"""Symptom: the loss is not a number."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve
from unstuck.judgement.findings import Finding
from unstuck.rules.families import DIVERGES
from unstuck.rules.rule import symptom


@symptom("loss-nan", of=DIVERGES)
def loss_nan(curve: Curve) -> Finding | None:
    """The training loss is NaN (not a number) or infinite.

    From the first such step on every weight that the gradient reaches is NaN as well, and nothing
    that follows is training.
    """
    epochs = [k for k, value in enumerate(curve.loss, 1) if not math.isfinite(value)]
    batches = [k for k, value in enumerate(curve.batch_losses) if not math.isfinite(value)]
    if not epochs and not batches:
        return None
    bad = curve.loss[epochs[0] - 1] if epochs else curve.batch_losses[batches[0]]
    kind = "NaN (not a number)" if math.isnan(bad) else "infinite"
    step = batches[0] * curve.batch_stride + 1 if batches else None
    where = (
        f"{'at' if curve.batch_stride == 1 else 'at or before'} step {step:,}"
        if step
        else f"in epoch {epochs[0]}"
    )
    return Finding(
        says=f"The training loss becomes {kind} {where}: every step after it is lost.",
        shows={"epoch": epochs[0] if epochs else None, "step": step},
    )


loss_nan.fires(Curve.of(loss=[0.7, math.nan, math.nan]))
loss_nan.fires(Curve.of(loss=[math.inf]))
loss_nan.fires(Curve.of((0.7, 0.9, math.nan), loss=[math.nan]))
loss_nan.quiet(Curve.of((0.7, 0.6, 0.5), loss=[0.6, 0.5]))
loss_nan.quiet(Curve.of(loss=[0.5], val_loss=[math.nan]))
