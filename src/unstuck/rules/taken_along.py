"""A change of the loss takes the metrics along that would not fit the new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from unstuck.evidence.facts.program import ACCURACIES, REGRESSION_LOSSES
from unstuck.judgement.findings import Proposal, propose

if TYPE_CHECKING:
    from unstuck.evidence.facts import Metric, Metrics
    from unstuck.judgement.findings import Finding

#: What Keras makes of these words depends on the shapes of output and labels: it fits whatever they become.
_WORDS = frozenset({"accuracy", "acc"})

#: Metrics that read labels as the losses of one kind do, by what they measure.
_KINDS = (
    ("binary_", {"binary_crossentropy", "binary_focal_crossentropy"}),
    ("sparse_categorical_", {"sparse_categorical_crossentropy"}),
    ("categorical_", {"categorical_crossentropy", "categorical_focal_crossentropy"}),
)


def taking_metrics_along(finding: Finding, metrics: Metrics | None) -> Finding:
    """The finding, its changes of the loss with those of the metrics that go with it."""
    if metrics is None or not metrics.uses or not finding.remedies:
        return finding
    remedies = tuple(_with_metrics(remedy, metrics) for remedy in finding.remedies)
    return finding if remedies == finding.remedies else replace(finding, remedies=remedies)


def _with_metrics(proposal: Proposal, metrics: Metrics) -> Proposal:
    steps = [proposal, *proposal.also]
    loss = next((step.values for step in steps if step.remedy == "set-loss"), None)
    if loss is None or any(step.remedy == "set-metrics" for step in steps):
        return proposal
    one_unit = any(step.values.get("units") == 1 for step in steps)
    changes = _changes(metrics, str(loss["loss"]), bool(loss.get("from_logits")), one_unit)
    return replace(proposal, also=(*proposal.also, *changes))


def _changes(metrics: Metrics, loss: str, from_logits: bool, one_unit: bool) -> Iterator[Proposal]:
    for use in metrics.uses:
        wanted = _for_logits(use) if from_logits else _fitting(use, loss, one_unit)
        if wanted:
            yield propose("set-metrics", at=use.place, replace=use.name, metrics=(wanted,), optional=True)


def _fitting(use: Metric, loss: str, one_unit: bool) -> str:
    """The metric in the place of this one under the new loss, "" where it may stay."""
    if loss in REGRESSION_LOSSES:
        return "mae" if use.resolved in ACCURACIES else ""
    kind = next((kind for kind, losses in _KINDS if loss in losses), "")
    if use.asked == "string" and use.name in _WORDS:
        # Of several columns Keras asks for the largest, though each may be a label of its own.
        several = use.resolved == "categorical_accuracy" and not one_unit
        return "binary_accuracy" if kind == "binary_" and several else ""
    for other, _ in _KINDS if kind else ():
        measured = use.resolved.removeprefix(other)
        if measured in ("accuracy", "crossentropy") and measured != use.resolved:
            return f"{kind}{measured}" if kind != other else ""
    return ""


def _for_logits(use: Metric) -> str:
    """A binary accuracy that takes raw scores: 0 is where a probability would be 0.5."""
    if use.resolved != "binary_accuracy" or use.threshold != 0.5:
        return ""
    return f'keras.metrics.BinaryAccuracy(name="{use.name}", threshold=0.0)'
