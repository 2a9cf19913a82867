"""What exact-equality-accuracy sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Metric, Metrics
from unstuck.judgement.findings import Finding
from unstuck.rules.objective._common import BINARY, SPARSE, swap_metric
from unstuck.rules.objective.exact_equality_accuracy import exact_equality_accuracy

#: Outputs between 0 and 1, which hardly ever are exactly either.
_BETWEEN = ("sigmoid", "softmax")


@exact_equality_accuracy.in_source("proved")
def in_source(metrics: Metrics, head: Head, loss: Loss) -> Finding | None:
    """`metrics.Accuracy()` on an output of probabilities."""
    metric = metrics.accuracy
    if metric is None or metric.resolved != "accuracy" or head.activation not in _BETWEEN:
        return None
    fitting = "binary_accuracy" if loss.name in BINARY else "categorical_accuracy"
    fitting = "sparse_categorical_accuracy" if loss.name in SPARSE else fitting
    return Finding(
        says="keras.metrics.Accuracy() counts a row only where prediction and label are equal in every "
        "digit. "
        f"The output is a {head.activation}, which is between 0 and 1: hardly a row is ever counted.",
        shows={"metric": "accuracy", "activation": head.activation},
        where=metric.place,
        remedies=(swap_metric(metrics, fitting),),
    )


_EXACT = Metrics(uses=(Metric(resolved="accuracy", asked="object"),))
in_source.fires(_EXACT, Head(activation="sigmoid"), Loss(name="binary_crossentropy"))
in_source.quiet(Metrics(uses=(Metric(),)), Head(activation="sigmoid"), Loss(name="binary_crossentropy"))
