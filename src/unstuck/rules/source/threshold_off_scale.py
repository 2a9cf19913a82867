"""What threshold-off-scale sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Metric, Metrics
from unstuck.judgement.findings import Finding
from unstuck.rules.objective._common import BINARY, swap_metric
from unstuck.rules.objective.threshold_off_scale import threshold_off_scale


@threshold_off_scale.in_source("proved")
def in_source(metrics: Metrics, head: Head, loss: Loss) -> Finding | None:
    """A threshold of 0.5 on an output that is a logit."""
    metric = metrics.accuracy
    if metric is None or metric.resolved != "binary_accuracy" or metric.threshold == 0.0:
        return None
    if loss.name not in BINARY or not loss.from_logits or head.activation != "linear":
        return None
    return Finding(
        says=f"{metric.name} takes a value above {metric.threshold:g} for class 1, but the output is a logit "
        "(from_logits=True, no activation), on which a probability of 0.5 lies at 0: rows between 0 and "
        f"{metric.threshold:g} are counted as the wrong class.",
        shows={"threshold": metric.threshold, "fitting": 0.0},
        where=metric.place,
        remedies=(
            swap_metric(metrics, f'keras.metrics.BinaryAccuracy(name="{metric.name}", threshold=0.0)'),
        ),
    )


_LOGITS = Loss(name="binary_crossentropy", from_logits=True)
in_source.fires(Metrics(uses=(Metric(),)), Head(activation="linear"), _LOGITS)
in_source.quiet(Metrics(uses=(Metric(threshold=0.0),)), Head(activation="linear"), _LOGITS)
in_source.quiet(Metrics(uses=(Metric(),)), Head(activation="sigmoid"), Loss(name="binary_crossentropy"))
