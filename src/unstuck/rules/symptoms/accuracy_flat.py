"""Symptom: the training accuracy stands still."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Predictions, Split
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import share_noise
from unstuck.rules.families import SCORE_STAYS
from unstuck.rules.progress import accuracy_of
from unstuck.rules.rule import symptom


@symptom("accuracy-flat", of=SCORE_STAYS)
def accuracy_flat(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The training accuracy does not move from epoch to epoch, and it has not learned.

    Over three epochs or more, the accuracy moves less than the counting noise of its own rows
    (three standard errors of a share), and it is not clearly above what a constant answer gets.
    An accuracy that stands still high above that baseline has converged and is no symptom.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    if accuracy is None or not accuracy.flat or accuracy.learned(predictions):
        return None
    low, high = min(accuracy.values), max(accuracy.values)
    noise = share_noise(accuracy.last, accuracy.rows)
    moved = f"between {low:.4f} and {high:.4f}" if high > low else f"at exactly {low:.4f}"
    return Finding(
        says=f"The training accuracy stays {moved} over {len(accuracy.values)} epochs; counting noise alone "
        f"moves it by up to {noise:.2g} on {accuracy.rows:,} rows, so this figure shows no learning.",
        shows={"lowest": low, "highest": high, "noise": noise, "epochs": len(accuracy.values)},
    )


_ACCURACY = Metrics(uses=(Metric(),))
_HALVES = Baselines(majority=0.5, classes=2)
accuracy_flat.fires(Curve.of(accuracy=[0.5, 0.5, 0.5]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_flat.fires(Curve.of(accuracy=[0.508, 0.497, 0.503, 0.501]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_flat.fires(Curve.of(accuracy=[0.024, 0.024, 0.024]), _ACCURACY, Labels.of([0.1, 0.25, 0.7] * 14))
accuracy_flat.quiet(Curve.of(accuracy=[0.97, 0.97, 0.97]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_flat.quiet(Curve.of(accuracy=[0.5, 0.5]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_flat.quiet(Curve.of(accuracy=[0.5, 0.6, 0.7]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_flat.quiet(Curve.of(accuracy=[0.50, 0.52, 0.54, 0.56]), _ACCURACY, Fit(rows=10000), _HALVES)
# Balanced class weights cost accuracy on purpose; the recall of both classes shows what was learned.
accuracy_flat.quiet(
    Curve.of(accuracy=[0.9, 0.9, 0.9]),
    _ACCURACY,
    Fit(rows=1000, class_weight=((0, 0.53), (1, 10.0))),
    Baselines(majority=0.95, classes=2),
    Predictions(rows=500, accuracy=0.9, reported=0.9, balanced_accuracy=0.88),
)
