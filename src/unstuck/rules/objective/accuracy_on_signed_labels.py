"""The rule accuracy-on-signed-labels."""

from __future__ import annotations

from unstuck.evidence.facts import (
    Curve,
    Labels,
    Metric,
    Metrics,
    Predictions,
    Split,
    WrittenTargets,
)
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, SCORE_STAYS
from unstuck.rules.objective._common import here_is, last_accuracy, reported, swap_metric
from unstuck.rules.rule import cause

#: Accuracy by sign, which Keras does not have. Targets of shape (rows,) beside answers of (rows, 1) would
#: be compared each with each.
BY_SIGN = (
    "keras.metrics.MeanMetricWrapper("
    'lambda y, p: keras.ops.equal(keras.ops.reshape(y, keras.ops.shape(p)) > 0, p > 0), name="accuracy")'
)


@cause(
    "accuracy-on-signed-labels",
    certainty="proved",
    impact="misleads",
    explains=(
        METRIC_LIES,
        SCORE_STAYS,
        LEARNS_LITTLE,
        "decisions-do-not-change",
        "metric-does-not-match-task",
        "threshold-off-scale",
    ),
    but=("accuracy-stays-low",),  # where the count is to blame, figures contradict each other,
    blames=("fit.y",),
)
def accuracy_on_signed_labels(
    labels: Labels,
    metrics: Metrics,
    split: Split | None,
    curve: Curve | None,
    predictions: Predictions | None,
) -> Finding | None:
    """Accuracy expects the labels 0 and 1, and these are -1 and 1.

    Why it looks stuck: binary accuracy compares the label with the prediction rounded to 0 or 1. A label of
    -1 can never be right, so accuracy ends at the share of label 1, however good the model is.

    How it is proved: the labels are counted; the accuracy by sign is counted again from the predictions.

    What to do: count by sign, or use the labels 0 and 1.

    What decides: Print np.unique(y). If it is [-1, 1], rows of label -1 can never count as right.
    """
    metric, target = metrics.accuracy, split.training if split else labels
    if metric is None or metric.resolved != "binary_accuracy" or target.form != "signed":
        return None
    ones, last = target.shares.get(1.0, 0.0), last_accuracy(curve, metrics)
    fair = predictions.accuracy if predictions else None
    again = "" if fair is None else f" Counted by sign, {fair:.4f} of the rows are right."
    return Finding(
        says=f"{here_is(metric)}, which compares the label with the prediction rounded to 0 or 1. A label "
        f"of -1 can never be right, so it cannot exceed {ones:.4f}, the share of label "
        f"1{reported(last)}.{again}",
        shows={"highest_possible_accuracy": ones, "reported_accuracy": last, "recomputed": fair},
        where=metric.place,
        remedies=(swap_metric(metrics, BY_SIGN),),
    )


accuracy_on_signed_labels.fires(Labels.of([-1, 1] * 50), Metrics(uses=(Metric(),)))
accuracy_on_signed_labels.quiet(Labels.of([0, 1] * 50), Metrics(uses=(Metric(),)))
accuracy_on_signed_labels.quiet(
    Labels.of([-1, 1] * 50), Metrics(uses=(Metric(name="hinge", resolved="hinge", asked="string"),))
)


#: What turns 0 and 1 into -1 and 1: twice the label, less one.
_DOUBLE, _LESS = 2.0, 1.0


@accuracy_on_signed_labels.in_source("suspected")
def in_source(metrics: Metrics, targets: WrittenTargets) -> Finding | None:
    """Labels that were doubled and lowered by one, beside an accuracy that counts 0 and 1."""
    metric = metrics.accuracy
    doubled = targets.last("multiply", "multiply-to")
    lowered = targets.last("subtract")
    if metric is None or metric.resolved != "binary_accuracy" or doubled is None or lowered is None:
        return None
    if doubled.value != _DOUBLE or lowered.value != _LESS:
        return None
    return Finding(
        says=f"The targets are 2 * label - 1: if the label is 0 or 1, they are -1 and 1, and {metric.name} "
        "can never count a row of -1 as right.",
        shows={"metric": metric.resolved},
        where=lowered.place or metric.place,
        remedies=(propose("advise", text="Keep the labels 0 and 1, or decide by the sign of the output."),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1, "tanh")])
model.compile("adam", "hinge", metrics=["accuracy"])
model.fit(x, 2 * y - 1)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "tanh")])
model.compile("adam", "hinge", metrics=["accuracy"])
model.fit(x, y / 2)
""")
