"""Symptom: training goes well and validation does not."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Split
from unstuck.judgement.findings import Certainty, Finding
from unstuck.rules.bounds import UNCOUNTED_ROWS, share_noise
from unstuck.rules.families import VALIDATION_APART
from unstuck.rules.progress import Accuracy, accuracy_of, rise_of
from unstuck.rules.rule import symptom

#: Ten points more on the training rows than on others is worth a word; a few points are normal.
GAP = 0.1

#: Where no accuracy is watched: a validation loss a fifth above its best, and twice the training loss.
LOSS_RISE, LOSS_RATIO = 0.2, 2.0


@symptom("train-validation-gap", of=VALIDATION_APART)
def train_validation_gap(
    curve: Curve,
    metrics: Metrics | None,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
) -> Finding | None:
    """The model does clearly better on its training rows than on the validation rows.

    With an accuracy: ten points or more between them, above three standard errors of the
    validation share, after the training has learned. Without one: the validation loss has risen
    for three epochs to a fifth above its best while the training loss fell to half of it. Many a
    sound model has such a gap, so it is shown only where a cause was found that explains it.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split) if metrics is not None else None
    if accuracy is not None and accuracy.validation and not accuracy.continuous:
        return _by_accuracy(accuracy)
    rise = rise_of(curve)
    if rise is None or rise.share < LOSS_RISE or curve.val_loss[-1] < LOSS_RATIO * curve.loss[-1]:
        return None
    return Finding(
        says=f"The validation loss was lowest in epoch {rise.best_epoch} ({rise.best:.4g}) and is "
        f"{curve.val_loss[-1]:.4g} now, while the training loss fell to {curve.loss[-1]:.4g}.",
        shows={"best_epoch": rise.best_epoch, "best": rise.best, "val_loss": curve.val_loss[-1]},
        certainty=Certainty.SUSPECTED,
    )


def _by_accuracy(accuracy: Accuracy) -> Finding | None:
    """Judge the gap between the last training and the last validation accuracy."""
    validation = accuracy.validation[-1]
    noise = share_noise(validation, accuracy.validation_rows or UNCOUNTED_ROWS)
    gap = accuracy.last - validation
    if gap < max(GAP, noise) or not accuracy.learned() or not math.isfinite(gap):
        return None
    return Finding(
        says=f"The accuracy is {accuracy.last:.4f} on the training rows and {validation:.4f} on the "
        f"validation rows; counting noise there is {noise:.2g}.",
        shows={"accuracy": accuracy.last, "val_accuracy": validation, "gap": gap, "bound": max(GAP, noise)},
        certainty=Certainty.SUSPECTED,
    )


_ACCURACY, _HALVES = Metrics(uses=(Metric(),)), Labels.of([0, 1] * 500)
_JUDGED = Fit(rows=1000, validation_rows=1000)
train_validation_gap.fires(
    Curve.of(accuracy=[0.8, 0.99], val_accuracy=[0.7, 0.7]), _ACCURACY, _HALVES, _JUDGED
)
train_validation_gap.fires(Curve.of(loss=[9, 5, 3, 2, 1, 0.7, 0.5], val_loss=[9, 6, 5, 5.5, 6, 6.6, 7.2]))
train_validation_gap.quiet(
    Curve.of(accuracy=[0.9, 0.99], val_accuracy=[0.95, 0.96]), _ACCURACY, _HALVES, _JUDGED
)
train_validation_gap.quiet(
    Curve.of(accuracy=[0.8, 0.9], val_accuracy=[0.6, 0.75]), _ACCURACY, _HALVES, Fit(validation_rows=20)
)
train_validation_gap.quiet(Curve.of(loss=[9, 5, 3, 2, 1.5, 1.2], val_loss=[9, 6, 4, 3, 3.2, 3.1]))
train_validation_gap.quiet(Curve.of(accuracy=[0.85], val_accuracy=[0.95]), _ACCURACY, _HALVES, _JUDGED)
