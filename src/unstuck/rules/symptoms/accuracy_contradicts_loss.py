"""Symptom: the accuracy is lower than the loss allows."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Fit, Loss, Metric, Metrics, Model
from unstuck.judgement.findings import Finding
from unstuck.rules.families import METRIC_LIES
from unstuck.rules.rule import symptom

#: A wrong decision gives the right class at most half of the probability, so it costs at least ln 2.
WRONG_ROW_COSTS = math.log(2.0)

#: Two points beyond what the loss allows: rounding and clipping are far smaller.
BEYOND = 0.02


@symptom("accuracy-contradicts-loss", of=METRIC_LIES)
def accuracy_contradicts_loss(
    curve: Curve, metrics: Metrics, loss: Loss, fit: Fit | None, model: Model | None
) -> Finding | None:
    """The reported accuracy is lower than the cross-entropy of the same rows allows.

    A row that is decided wrongly gives its class at most half of the probability and costs at least
    ln 2 = .693. So at most loss / .693 of the rows are wrong, in any epoch, and an accuracy below
    1 - loss / .693 counts something else than the decisions, or is counted against other labels
    than the loss. Quiet where rows are weighted or the loss is not a cross-entropy of classes.
    """
    use = metrics.accuracy
    if use is None or not loss.is_for_classes or "focal" in loss.name or loss.custom or loss.weight != 1.0:
        return None
    if fit is not None and (fit.class_weight or fit.sample_weight):
        return None
    values, losses = curve.get(use.name), curve.loss
    if not values or not losses or not math.isfinite(losses[-1]) or not math.isfinite(values[-1]):
        return None
    penalty = model.regularisation if model is not None else 0.0
    cost = max(losses[-1] - penalty, 0.0)
    least = 1.0 - cost / WRONG_ROW_COSTS
    if values[-1] >= least - BEYOND:
        return None
    return Finding(
        says=f"The loss of {cost:.4g} leaves room for at most {cost / WRONG_ROW_COSTS:.2%} wrong rows (a "
        f"wrong row costs at least ln 2 = 0.693), so the accuracy is {least:.4f} or more; {use.name} says "
        f"{values[-1]:.4f}.",
        shows={"accuracy": values[-1], "loss": cost, "least_accuracy": least, "bound": BEYOND},
    )


_ACCURACY = Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),))
_CROSS = Loss(name="sparse_categorical_crossentropy")
accuracy_contradicts_loss.fires(Curve.of(loss=[0.7, 0.006], accuracy=[0.4, 0.73]), _ACCURACY, _CROSS)
accuracy_contradicts_loss.quiet(Curve.of(loss=[0.7, 0.2], accuracy=[0.6, 0.93]), _ACCURACY, _CROSS)
accuracy_contradicts_loss.quiet(Curve.of(loss=[2.0, 1.5], accuracy=[0.2, 0.3]), _ACCURACY, _CROSS)
accuracy_contradicts_loss.quiet(
    Curve.of(loss=[0.1], accuracy=[0.2]), _ACCURACY, _CROSS, Fit(class_weight=((0, 0.1), (1, 9.0)))
)
accuracy_contradicts_loss.quiet(Curve.of(loss=[0.1], accuracy=[0.2]), _ACCURACY, Loss())
