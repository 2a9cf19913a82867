"""The rule metric-does-not-match-task."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Labels, Loss, Metric, Metrics, Predictions
from unstuck.judgement.findings import Certainty, Finding
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, SCORE_STAYS
from unstuck.rules.objective._common import (
    BINARY,
    CATEGORICAL,
    DISAGREEMENT,
    SPARSE,
    fitting,
    here_is,
    is_multi_label,
    swap_metric,
)
from unstuck.rules.rule import cause


@cause(
    "metric-does-not-match-task",
    certainty="proved",
    impact="misleads",
    explains=(METRIC_LIES, SCORE_STAYS, LEARNS_LITTLE, "decisions-do-not-change"),
    but=("accuracy-stays-low",),  # where the count is to blame, figures contradict each other,
    blames=("metrics",),
)
def metric_does_not_match_task(
    labels: Labels, metrics: Metrics, head: Head, predictions: Predictions | None
) -> Finding | None:
    """The accuracy that is shown counts something else than the right decisions of this task.

    Why it looks stuck: Keras picks the accuracy by the shapes alone. Several labels a row get the accuracy
    of the largest output; a metric that is named outright may expect labels of another form. The figure is
    then low (or high) and constant while the model decides well.

    How it is proved: the form of the labels is compared with the form that the metric reads; where
    predictions are known, the accuracy is counted again from them.

    What to do: name the metric that fits the labels.

    What decides: Compute the accuracy from predict(x) by hand, and compare it with the log.
    """
    metric, wanted = metrics.accuracy, fitting(labels)
    if metric is None or wanted is None or labels.form == "continuous":
        return None
    why = _mismatch(metric, labels, head)
    if why is None:
        return None
    fair = predictions.label_accuracy if predictions and is_multi_label(labels) else None
    fair = fair if fair is not None or predictions is None else predictions.accuracy
    told = predictions.reported if predictions else None
    again = ""
    if fair is not None and told is not None:
        if abs(fair - told) <= DISAGREEMENT:
            return None
        again = (
            f" On {predictions.rows:,} rows it gives {told:.4f}; counted to fit the labels it is {fair:.4f}."
            if predictions
            else ""
        )
    return Finding(
        says=f"{here_is(metric)}, but {why}.{again}",
        shows={
            "metric": metric.resolved,
            "fitting_metric": wanted.metric,
            "reported": told,
            "recomputed": fair,
        },
        where=metric.place,
        certainty=Certainty.PROVED,
        remedies=(swap_metric(metrics, wanted.metric),),
    )


def _mismatch(metric: Metric, labels: Labels, head: Head) -> str | None:
    """Which form the metric reads and which the labels have, None where they agree."""
    if labels.shape and len(labels.shape) == len(head.shape) - 1:
        return None  # a class number for each step, though a row of them may look one-hot
    several = head.units > 1
    sparse = several and not labels.shape and labels.form in ("binary", "integers")
    if is_multi_label(labels) and several:
        if metric.resolved == "categorical_accuracy":
            return (
                f"the {labels.shape[-1]} columns are labels of their own: it asks only for the largest of "
                "them"
            )
        return None
    # The largest of one column is column 0: of class 0 alone that is the right one.
    always_right = metric.resolved == "categorical_accuracy" and labels.distinct == 1 and not labels.maximum
    if sparse and metric.resolved in ("categorical_accuracy", "binary_accuracy") and not always_right:
        return f"the labels are single class numbers, where it expects {head.units} columns of 0 and 1"
    if labels.form == "one-hot" and several:
        if metric.resolved == "sparse_categorical_accuracy":
            return (
                f"the labels are {labels.shape[-1]} columns of 0 and 1, where it expects single class numbers"
            )
        if metric.resolved == "binary_accuracy" and labels.shape[-1] > 2:
            floor = 1.0 - 1.0 / labels.shape[-1]
            return (
                f"each row has one of {labels.shape[-1]} classes: it counts every column by itself, so that "
                f"predicting no class at all gets {floor:.4f}"
            )
    return None


metric_does_not_match_task.fires(
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 1]]),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
    Head(activation="sigmoid", units=3, shape=(3,)),
)
metric_does_not_match_task.fires(
    Labels.of([0, 1, 2] * 20),
    Metrics(uses=(Metric(resolved="categorical_accuracy", asked="object"),)),
    Head(activation="softmax", units=3, shape=(3,), softmax_size=3),
    Predictions(rows=60, units=3, accuracy=0.98, reported=0.33),
)
metric_does_not_match_task.quiet(
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 0, 1]]),
    Metrics(uses=(Metric(resolved="binary_accuracy"),)),
    Head(activation="sigmoid", units=3, shape=(3,)),
)
metric_does_not_match_task.quiet(  # a class number, 0 or 1, for each of three steps of two units
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * 20),
    Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),)),
    Head(activation="softmax", units=2, shape=(3, 2), softmax_size=2),
)
metric_does_not_match_task.quiet(  # class 0 alone
    Labels.of([0] * 60),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
    Head(activation="softmax", units=3, shape=(3,), softmax_size=3),
)
metric_does_not_match_task.quiet(
    Labels.of([0, 1, 2] * 20),
    Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),)),
    Head(activation="softmax", units=3, shape=(3,), softmax_size=3),
)


#: What a metric reads against what a loss reads, where the two exclude one another.
_NUMBERS, _COLUMNS = "single class numbers", "columns of 0 and 1"


@metric_does_not_match_task.in_source("proved")
def in_source(metrics: Metrics, loss: Loss, head: Head) -> Finding | None:
    """An accuracy for labels of another form than the loss reads, or the largest column of several labels."""
    metric = metrics.accuracy
    if metric is None or head.units == 1:
        return None
    if metric.resolved == "categorical_accuracy" and loss.name in SPARSE:
        reads, gets, fitting = _COLUMNS, _NUMBERS, "sparse_categorical_accuracy"
    elif metric.resolved == "sparse_categorical_accuracy" and loss.name in CATEGORICAL:
        reads, gets, fitting = _NUMBERS, _COLUMNS, "categorical_accuracy"
    elif metric.resolved == "categorical_accuracy" and loss.name in BINARY and head.activation == "sigmoid":
        return Finding(
            says=f"{metric.name} here asks only which of the {head.units} columns is the largest. Under "
            f"{loss.name} on sigmoids each column is a label of its own: if rows have more than one, or "
            "none, the figure is low while the model is right.",
            shows={"metric": metric.resolved, "fitting_metric": "binary_accuracy"},
            where=metric.place,
            certainty=Certainty.SUSPECTED,
            remedies=(swap_metric(metrics, "binary_accuracy"),),
        )
    else:
        return None
    return Finding(
        says=f"{metric.name} reads {reads}, but {loss.name} reads {gets}: they cannot both be right about "
        "the same labels.",
        shows={"metric": metric.resolved, "loss": loss.name, "fitting_metric": fitting},
        where=metric.place,
        remedies=(swap_metric(metrics, fitting),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["categorical_accuracy"])
model.fit(x, y)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(5, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["categorical_accuracy"])
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["categorical_accuracy"])
model.fit(x, y)
""")
