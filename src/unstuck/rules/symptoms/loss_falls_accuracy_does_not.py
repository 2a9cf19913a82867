"""Symptom: the loss falls and the accuracy does not follow."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Predictions, Split
from unstuck.judgement.findings import Finding
from unstuck.rules.families import LEARNS_LITTLE
from unstuck.rules.progress import accuracy_of, fall_of
from unstuck.rules.rule import symptom

#: A loss that lost a tenth of its value has fallen: far beyond the noise of an epoch's mean.
FALL_SHARE = 0.1


@symptom("loss-falls-accuracy-does-not", of=LEARNS_LITTLE)
def loss_falls_accuracy_does_not(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The loss falls by a tenth or more while the accuracy moves no more than counting noise.

    The loss is what training minimises; the accuracy is only read. When the first moves and the
    second does not, either no decision changes yet or the accuracy counts something else. An
    accuracy that is already clearly above the constant answer's is no symptom.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    fall = fall_of(curve)
    if accuracy is None or fall is None or not accuracy.flat or accuracy.learned(predictions):
        return None
    if fall.total < max(FALL_SHARE * abs(fall.first), fall.noise):
        return None
    first, last = curve.loss[0], curve.loss[-1]
    return Finding(
        says=f"The loss falls from {first:.4g} to {last:.4g} over {len(accuracy.values)} epochs while the "
        f"accuracy stays at {accuracy.last:.4f}: what is minimised improves, what is counted does not.",
        shows={"first_loss": first, "last_loss": last, "accuracy": accuracy.last},
    )


_ACCURACY = Metrics(uses=(Metric(),))
_PRICES, _HALVES = Labels.of([0.1, 0.25, 0.7] * 14), Labels.of([0, 1] * 500)
loss_falls_accuracy_does_not.fires(
    Curve.of(loss=[12.0, 0.8, 0.05, 0.009], accuracy=[0.024] * 4), _ACCURACY, _PRICES
)
loss_falls_accuracy_does_not.fires(Curve.of(loss=[0.36, 0.1, 0.02], accuracy=[0.5] * 3), _ACCURACY, _HALVES)
loss_falls_accuracy_does_not.quiet(Curve.of(loss=[0.3, 0.1, 0.02], accuracy=[0.97] * 3), _ACCURACY, _HALVES)
loss_falls_accuracy_does_not.quiet(Curve.of(loss=[0.693] * 3, accuracy=[0.5] * 3), _ACCURACY, _HALVES)
loss_falls_accuracy_does_not.quiet(
    Curve.of(loss=[0.6, 0.4, 0.3], accuracy=[0.6, 0.8, 0.9]), _ACCURACY, _HALVES
)
