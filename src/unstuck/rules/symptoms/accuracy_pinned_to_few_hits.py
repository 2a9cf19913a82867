"""Symptom: the accuracy counts a few hits, and cannot count more."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Fit, Labels, Metric, Metrics
from unstuck.judgement.findings import Finding
from unstuck.rules.families import METRIC_LIES
from unstuck.rules.progress import accuracy_of
from unstuck.rules.rule import symptom

#: From this share of countable targets on, the accuracy is held down by more than the few hits.
FEW_SHARE = 0.5


@symptom("accuracy-pinned-to-few-hits", of=METRIC_LIES)
def accuracy_pinned_to_few_hits(
    curve: Curve, metrics: Metrics, labels: Labels, fit: Fit | None
) -> Finding | None:
    """The training accuracy counts k of n rows, and only k targets can ever be counted.

    A binary accuracy compares the target with a prediction rounded to 0 or 1, so that only targets
    which are exactly 0 or 1 can be hits. Their share bounds the accuracy, whatever is learned.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels)
    if accuracy is None or accuracy.metric.resolved != "binary_accuracy" or labels.count == 0:
        return None
    possible, slack = labels.zero_or_one, 1.0 / labels.count
    if labels.form not in ("continuous", "integers") or possible > FEW_SHARE:
        return None
    if max(accuracy.values) > possible + slack:
        return None
    entries = labels.count
    for size in labels.shape:
        entries *= size
    hits, countable = round(accuracy.last * entries), round(possible * entries)
    return Finding(
        says=f"The training accuracy of {accuracy.last:.4f} is {hits:,} hit{'' if hits == 1 else 's'} in "
        f"{entries:,} targets. {countable:,} of the targets are exactly 0 or 1 and can be hits, so it can "
        f"never pass {possible:.4f}.",
        shows={"accuracy": accuracy.last, "hits": hits, "targets": entries, "countable": countable},
    )


_BINARY = Metrics(uses=(Metric(),))
_PRICES = Labels.of([0.0, 1.0, *(0.01 * k + 0.005 for k in range(82))])
accuracy_pinned_to_few_hits.fires(Curve.of(accuracy=[0.0238] * 4), _BINARY, _PRICES)
accuracy_pinned_to_few_hits.fires(Curve.of(accuracy=[0.0]), _BINARY, Labels.of([97.3, 98.1, 99.9]))
accuracy_pinned_to_few_hits.quiet(Curve.of(accuracy=[0.5]), _BINARY, Labels.of([0, 1, 0, 1]))
accuracy_pinned_to_few_hits.quiet(
    Curve.of(accuracy=[0.1]),
    Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),)),
    Labels.of([0, 1, 2]),
)
accuracy_pinned_to_few_hits.quiet(Curve.of(accuracy=[0.1]), Metrics(), _PRICES)
