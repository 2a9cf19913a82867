"""Symptom: the accuracy that is reported is not the accuracy of the predictions."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Labels, Metric, Metrics, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.families import METRIC_LIES
from unstuck.rules.progress import DISAGREEMENT
from unstuck.rules.rule import symptom

#: The threshold that Keras takes when nobody names one; another one is a choice, not a mistake.
USUAL_THRESHOLD = 0.5

#: The accuracy of an epoch is a mean over its batches; the weights at its end may be this much better.
RUNNING_MEAN = 0.2


@symptom("accuracy-contradicts-predictions", of=METRIC_LIES)
def accuracy_contradicts_predictions(
    predictions: Predictions, metrics: Metrics, labels: Labels | None, curve: Curve | None
) -> Finding | None:
    """The user's metric reports another share of right answers than the predictions hold.

    Both are counted on the same rows with the same weights, so that no noise is between them: the
    model's own decisions against the labels, and the compiled metric. Two points or more apart
    means that the metric counts something else. Where the metric cannot be counted row by row (an
    argmax over the batch), the accuracy of the last epoch stands for it, with a bound of twenty
    points: it is a mean over weights that were still changing.
    """
    if predictions.nonfinite:
        return None  # nothing is decided by NaN, and a metric counts it as the first class
    use, reported, bound = metrics.accuracy, predictions.reported, DISAGREEMENT
    if use is not None and reported is None and curve is not None and curve.get(use.name):
        reported, bound = curve.get(use.name)[-1], RUNNING_MEAN
    if use is None or reported is None or use.threshold != USUAL_THRESHOLD or use.resolved.count("top_k"):
        return None
    if labels is not None and labels.shape and labels.form not in ("one-hot", "multi-label"):
        return None
    multi_label = labels is not None and labels.form == "multi-label"
    right = predictions.label_accuracy if multi_label else predictions.accuracy
    if right is None or abs(reported - right) <= bound:
        return None
    counted = "single labels" if multi_label else "decisions"
    return Finding(
        says=f"{use.name} ({use.resolved}) reports {reported:.4f} on {predictions.rows:,} rows, but "
        f"{right:.4f} of the model's {counted} on them are right: the metric counts something else.",
        shows={"reported": reported, "recomputed": right, "bound": bound, "metric": use.resolved},
    )


_BINARY = Metrics(uses=(Metric(),))
_TAGS = Labels.of([[1, 0, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 0, 0, 0]])
accuracy_contradicts_predictions.fires(
    Predictions(rows=500, reported=0.416, label_accuracy=0.9885),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
    _TAGS,
)
accuracy_contradicts_predictions.fires(Predictions(rows=500, reported=0.48, accuracy=0.99), _BINARY)
accuracy_contradicts_predictions.fires(
    Predictions(rows=500, accuracy=0.97),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
    Curve.of(accuracy=[0.06, 0.08]),
)
accuracy_contradicts_predictions.quiet(
    Predictions(rows=500, reported=0.48, accuracy=0.0, nonfinite=500), _BINARY
)
accuracy_contradicts_predictions.quiet(Predictions(rows=500, accuracy=0.9), _BINARY, Curve.of(accuracy=[0.8]))
accuracy_contradicts_predictions.quiet(Predictions(rows=500, reported=0.91, accuracy=0.9), _BINARY)
accuracy_contradicts_predictions.quiet(
    Predictions(rows=500, reported=0.98, label_accuracy=0.98, accuracy=0.9), _BINARY, _TAGS
)
accuracy_contradicts_predictions.quiet(
    Predictions(rows=500, reported=0.7, accuracy=0.9), Metrics(uses=(Metric(threshold=0.2),))
)
