"""What metric-does-not-match-task sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Metric, Metrics
from unstuck.judgement.findings import Certainty, Finding
from unstuck.rules.objective._common import BINARY, CATEGORICAL, SPARSE, swap_metric
from unstuck.rules.objective.metric_does_not_match_task import metric_does_not_match_task

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


_SOFTMAX = Head(activation="softmax", units=10, shape=(10,), softmax_size=10)
_LARGEST = Metrics(uses=(Metric(resolved="categorical_accuracy"),))
in_source.fires(_LARGEST, Loss(name="sparse_categorical_crossentropy"), _SOFTMAX)
in_source.fires(_LARGEST, Loss(name="binary_crossentropy"), Head(activation="sigmoid", units=5, shape=(5,)))
in_source.quiet(_LARGEST, Loss(name="categorical_crossentropy"), _SOFTMAX)
