"""What accuracy-on-signed-labels sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Metric, Metrics, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective.accuracy_on_signed_labels import accuracy_on_signed_labels

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


_SIGNED = WrittenTargets(
    operations=(Operation(kind="multiply-to", value=2), Operation(kind="subtract", value=1))
)
in_source.fires(Metrics(uses=(Metric(),)), _SIGNED)
in_source.quiet(Metrics(uses=(Metric(),)), WrittenTargets(operations=(Operation(kind="divide", value=2),)))
