"""What accuracy-on-continuous-target sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Metric, Metrics, WrittenTargets
from unstuck.judgement.findings import Finding
from unstuck.rules.objective._common import swap_metric
from unstuck.rules.objective.accuracy_on_continuous_target import accuracy_on_continuous_target

#: Outputs that are meant as probabilities of classes.
_OF_CLASSES = ("sigmoid", "softmax")


@accuracy_on_continuous_target.in_source("suspected")
def in_source(
    metrics: Metrics, loss: Loss, head: Head | None, targets: WrittenTargets | None
) -> Finding | None:
    """An accuracy beside a loss for numbers, on an output that is no probability."""
    metric = metrics.accuracy or next((each for each in metrics.uses if each.resolved == "unknown"), None)
    if metric is None or not loss.is_regression or (head is not None and head.activation in _OF_CLASSES):
        return None
    if targets is not None and targets.last("to_categorical") is not None:
        return None
    return Finding(
        says=f"{metric.name} is asked for beside {loss.name}, a loss for numbers. If the target is a number, "
        "a row counts only where prediction and target agree exactly, and the figure stays near 0 however "
        "well the model learns.",
        shows={"metric": metric.name, "loss": loss.name},
        where=metric.place,
        remedies=(swap_metric(metrics, "mae", "r2_score"),),
    )


in_source.fires(Metrics(uses=(Metric(),)), Loss(name="mean_squared_error"), Head(activation="linear"))
in_source.quiet(Metrics(uses=(Metric(),)), Loss(name="binary_crossentropy"))
in_source.quiet(
    Metrics(uses=(Metric(name="mae", resolved="mean_absolute_error"),)), Loss(name="mean_squared_error")
)
