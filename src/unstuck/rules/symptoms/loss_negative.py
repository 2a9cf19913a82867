"""Symptom: a loss that cannot be negative is."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Loss
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom

#: Rounding in float32 can push a perfect loss this far under zero, not further.
ROUNDING = 1e-4


@symptom("loss-negative")
def loss_negative(curve: Curve, loss: Loss) -> Finding | None:
    """The training loss is below zero, which this loss cannot be on targets it is made for.

    Cross-entropies and squared or absolute errors are never negative for targets in their range. A
    custom loss, a cosine similarity or a likelihood may well be, and is not looked at.
    """
    if loss.custom or not (loss.is_for_classes or loss.is_regression) or not curve.loss:
        return None
    lowest = min(curve.loss)
    if not lowest < -ROUNDING:
        return None
    return Finding(
        says=f"The training loss is {lowest:.4g}. {loss.name} is never below 0 for targets in its range, so "
        "some targets are outside it.",
        shows={"lowest": lowest, "bound": 0.0, "loss": loss.name},
    )


_BINARY = Loss(name="binary_crossentropy")
loss_negative.fires(Curve.of(loss=[-3.1, -1480.0]), _BINARY)
loss_negative.quiet(Curve.of(loss=[0.3, 1e-9]), _BINARY)
loss_negative.quiet(Curve.of(loss=[-0.9]), Loss(name="cosine_similarity"))
loss_negative.quiet(Curve.of(loss=[-12.0]), Loss(name="log_likelihood", custom=True))
