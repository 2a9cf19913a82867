"""Symptom: the loss stays where it started."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Loss, Metric, Metrics, Model, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import FALL_SHARE
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.progress import Fall, accuracy_of, chance_loss, fall_of, learned_by_loss
from unstuck.rules.rule import symptom


@symptom("loss-does-not-fall", of=NOTHING_LEARNED)
def loss_does_not_fall(
    curve: Curve,
    metrics: Metrics | None,
    loss: Loss | None,
    labels: Labels | None,
    baselines: Baselines | None,
    model: Model | None,
    fit: Fit | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The training loss ends where it began, or higher, and is not low.

    Between the first and the last third of the training it falls by less than 1%, or by less than
    three standard errors of the batch losses. Quiet where the loss is clearly under the best
    constant answer's, or the accuracy above it: a training that has converged does not fall either.
    """
    fall = fall_of(curve)
    if fall is None or fall.total > max(FALL_SHARE * abs(fall.first), fall.noise):
        return None
    penalty = model.regularisation if model is not None else 0.0
    if learned_by_loss(curve, chance_loss(loss, baselines, fit), predictions, penalty):
        return None
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines) if metrics is not None else None
    if accuracy is not None and accuracy.learned(predictions):
        return None
    if accuracy is None and (chance_loss(loss, baselines, fit) is None or len(curve.loss) < 2):
        # Without a baseline, standing still and having converged look the same.
        return None
    return Finding(
        says=f"The training loss goes from {fall.first:.4g} (first third) to {fall.last:.4g} (last third): "
        f"{_why_no_fall(fall)}.",
        shows={"first": fall.first, "last": fall.last, "noise": fall.noise},
    )


def _why_no_fall(fall: Fall) -> str:
    """Which of the bounds it stays within."""
    bound = FALL_SHARE * abs(fall.first)
    if fall.total < -max(bound, fall.noise):
        return "it rises"
    if fall.total <= 0.0:
        return "it does not fall"
    if fall.total <= bound:
        return f"a fall of less than {FALL_SHARE:.0%}"
    return f"no more than its batches differ by chance ({fall.noise:.2g})"


_ACCURACY = Metrics(uses=(Metric(),))
_HALVES = Baselines(majority=0.5, classes=2, constant_loss=0.6931)
loss_does_not_fall.fires(Curve.of(loss=[0.6934, 0.6932, 0.6932], accuracy=[0.5] * 3), _ACCURACY, _HALVES)
loss_does_not_fall.fires(Curve.of(loss=[7.97, 7.97]), _HALVES)
loss_does_not_fall.quiet(Curve.of(loss=[0.05, 0.05, 0.05], accuracy=[0.98] * 3), _ACCURACY, _HALVES)
loss_does_not_fall.quiet(Curve.of(loss=[0.69, 0.5, 0.3]), _HALVES)
loss_does_not_fall.quiet(Curve.of(loss=[0.2]), _HALVES)
loss_does_not_fall.quiet(Curve.of(loss=[3.1, 3.1, 3.1]), Loss(name="contrastive", custom=True))
