"""Symptom: validation goes well and training does not."""

from __future__ import annotations

import math

from unstuck.evidence.facts import (
    Baselines,
    Curve,
    Fit,
    Labels,
    Metric,
    Metrics,
    Predictions,
    Split,
    ValidationPredictions,
)
from unstuck.judgement.findings import Certainty, Finding
from unstuck.rules.bounds import UNCOUNTED_ROWS, share_noise
from unstuck.rules.progress import accuracy_of
from unstuck.rules.rule import symptom

#: Twenty points: the mean over an epoch lags behind its end, and dropout holds the training figures down, by
#: less than this in most sound trainings.
GAP = 0.2

#: Validation rows that are clearly easier make half as many mistakes, too.
TWICE = 2.0


@symptom("training-below-validation")
def training_below_validation(
    curve: Curve,
    metrics: Metrics | None,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    predictions: Predictions | None,
    validation_predictions: ValidationPredictions | None,
) -> Finding | None:
    """The model does clearly worse on the rows that it was trained on than on the validation rows.

    Twenty points of accuracy and twice the mistakes, above three standard errors of the validation share.
    It is asked of the same weights in inference mode, where dropout and the like are off; as long as that has
    not been asked it is only suspected. What was learned is right, and many of the training rows are not what
    it was learned from.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split) if metrics is not None else None
    if accuracy is None or not accuracy.validation or accuracy.continuous:
        return None
    training, validation = accuracy.last, accuracy.validation[-1]
    asked = predictions is not None and validation_predictions is not None
    if predictions is not None and predictions.reported is not None and validation_predictions is not None:
        training, validation = predictions.reported, validation_predictions.reported or validation
    noise = share_noise(validation, accuracy.validation_rows or UNCOUNTED_ROWS)
    gap = validation - training
    if not math.isfinite(gap) or gap < max(GAP, noise) or 1.0 - training < TWICE * (1.0 - validation):
        return None
    return Finding(
        says=f"The accuracy is {training:.4f} on the rows that the model was trained on and "
        f"{validation:.4f} on the validation rows: what it learned holds there, and does not on many "
        "training rows.",
        shows={"accuracy": training, "val_accuracy": validation, "gap": gap, "bound": max(GAP, noise)},
        certainty=None if asked else Certainty.SUSPECTED,
    )


_BELOW = Curve.of(accuracy=[0.3, 0.41], val_accuracy=[0.7, 0.83])
_SEEN = (Metrics(uses=(Metric(),)), Labels.of([0, 1, 2] * 500), Fit(rows=1500, validation_rows=360))
training_below_validation.fires(_BELOW, *_SEEN)
training_below_validation.fires(
    _BELOW, *_SEEN, Predictions(reported=0.42), ValidationPredictions(reported=0.83)
)
training_below_validation.quiet(  # dropout alone: in inference both are the same
    _BELOW, *_SEEN, Predictions(reported=0.85), ValidationPredictions(reported=0.83)
)
training_below_validation.quiet(Curve.of(accuracy=[0.3, 0.75], val_accuracy=[0.7, 0.83]), *_SEEN)
