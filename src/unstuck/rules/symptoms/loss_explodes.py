"""Symptom: the loss grows by orders of magnitude."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Baselines, Curve, Loss
from unstuck.judgement.findings import Finding
from unstuck.rules.families import DIVERGES
from unstuck.rules.progress import chance_loss, closing_in_words, closing_loss, opening_loss
from unstuck.rules.rule import symptom

#: Ten times is an order of magnitude: no batch noise and no schedule does that to a loss.
GROWTH = 10.0


@symptom("loss-explodes", of=DIVERGES)
def loss_explodes(curve: Curve, loss: Loss | None, baselines: Baselines | None) -> Finding | None:
    """The training loss ends at ten times its lowest value or more, above any trivial answer's.

    Training that diverges does not come back by itself. A loss that jumps near zero (from .00001
    to .0001) or that comes down again is no symptom: the end must be ten times the start or the
    best epoch, and also above the best constant answer's loss where that is known.
    """
    closing, opening = closing_loss(curve), opening_loss(curve)
    chance = chance_loss(loss, baselines)
    finite = [value for value in curve.loss if math.isfinite(value)]
    if closing is None or not finite:
        return None
    best = min([*finite, opening] if opening is not None else finite)
    if best <= 0 or closing < GROWTH * best:
        return None
    if closing < (2.0 * chance.value if chance is not None else finite[0]):
        return None
    return Finding(
        says=f"{closing_in_words(curve, closing)}, {closing / best:,.0f} times its lowest value "
        f"{best:.4g}: the steps lead away from any solution.",
        shows={"last": closing, "lowest": best, "growth": closing / best, "bound": GROWTH},
    )


_HALVES = Baselines(majority=0.5, classes=2, constant_loss=0.6931)
loss_explodes.fires(Curve.of(loss=[0.5, 0.4, 14.0]), _HALVES)
loss_explodes.fires(Curve.of((0.7, 3.0, 20.0, 80.0, 150.0, 140.0, 160.0, 150.0), loss=[75.0]), _HALVES)
loss_explodes.quiet(Curve.of(loss=[0.5, 0.4, 0.3]), _HALVES)
loss_explodes.quiet(Curve.of(loss=[14.0, 2.0, 0.3]), _HALVES)
loss_explodes.quiet(Curve.of(loss=[0.1, 1e-5, 2e-4]), _HALVES)
