"""Symptom: the loss still falls, and the score is still near its baseline."""

from __future__ import annotations

from unstuck.evidence.facts import (
    Baselines,
    Curve,
    Fit,
    Labels,
    Loss,
    Metric,
    Metrics,
    Model,
    Predictions,
    Split,
)
from unstuck.evidence.scores import skill
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import FALL_SHARE
from unstuck.rules.families import LEARNS_LITTLE
from unstuck.rules.progress import Accuracy, accuracy_of, chance_loss, fall_of, learned_by_loss
from unstuck.rules.rule import symptom

#: While the loss is still near chance, an accuracy that has not gone a quarter of the way to perfect is
#: what its user calls stuck: 3 of 10 classes right at random is a way of .2.
SLOW_SHARE = 0.25


@symptom("learning-slow", of=LEARNS_LITTLE)
def learning_slow(
    curve: Curve,
    metrics: Metrics | None,
    loss: Loss | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    model: Model | None,
    fit: Fit | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The loss falls steadily to the end, but the score has hardly left its baseline.

    It falls in three of four epochs and in the last third as well (or, within one epoch, beyond
    three standard errors of its batches), while the loss has not gone a tenth of the way from the
    constant answer to perfect, nor the accuracy a quarter. Such a training is not stuck; it was stopped.
    """
    fall, chance = fall_of(curve), chance_loss(loss, baselines, fit)
    penalty = model.regularisation if model is not None else 0.0
    if fall is None or not fall.steady or fall.total <= FALL_SHARE * abs(fall.first):
        return None
    if learned_by_loss(curve, chance, predictions, penalty):
        return None
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split) if metrics is not None else None
    if accuracy is not None and not accuracy.continuous:
        if accuracy.baseline is None or _far_enough(accuracy, accuracy.baseline, predictions):
            return None
        score = f"the accuracy is {accuracy.last:.4f} against {accuracy.baseline:.4f} for a constant answer"
    elif chance is not None:
        score = f"the best constant answer costs {chance.value:.4g}"
    else:
        return None
    return Finding(
        says=f"The loss still falls at the end ({fall.first:.4g}, {fall.middle:.4g}, {fall.last:.4g} by "
        f"thirds), and {score}: it has hardly left that.",
        shows={
            "first": fall.first,
            "middle": fall.middle,
            "last": fall.last,
            "constant_answer": chance.value if chance is not None else None,
        },
    )


def _far_enough(accuracy: Accuracy, baseline: float, predictions: Predictions | None) -> bool:
    """Whether the score has come far enough. A score under its baseline is weighted on purpose."""
    best = max((accuracy.last, *accuracy.validation[-1:]))
    return accuracy.learned(predictions) and not 0 < skill(best, baseline) < SLOW_SHARE


_ACCURACY = Metrics(uses=(Metric(),))
_TENTHS = Baselines(majority=0.1, classes=10, constant_loss=2.3026)
learning_slow.fires(
    Curve.of(loss=[2.33, 2.32, 2.31, 2.30], accuracy=[0.1, 0.1, 0.11, 0.12]), _ACCURACY, _TENTHS
)
learning_slow.fires(
    Curve.of(loss=[2.31, 2.26, 2.21, 2.16], accuracy=[0.13, 0.15, 0.2, 0.24]), _ACCURACY, _TENTHS
)
learning_slow.fires(Curve.of(loss=[900.0, 890.0, 880.0, 870.0]), Baselines(mean_mse=80.0), Loss())
learning_slow.quiet(Curve.of(loss=[2.3, 1.2, 0.6, 0.4], accuracy=[0.3, 0.6, 0.8, 0.9]), _ACCURACY, _TENTHS)
learning_slow.quiet(Curve.of(loss=[2.3026] * 4, accuracy=[0.1] * 4), _ACCURACY, _TENTHS)
learning_slow.quiet(Curve.of(loss=[900.0, 300.0, 40.0, 8.0]), Baselines(mean_mse=80.0), Loss())
