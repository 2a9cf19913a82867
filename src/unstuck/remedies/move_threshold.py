"""move-threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, catalogue, remedy


@remedy(
    "move-threshold",
    where="the metrics",
    says="Decide for class 1 from a score of {threshold:.3g} on, here in the metric and wherever rows are "
    "decided: other rows are taken for class 1, which trades accuracy on one class for recall of the other.",
)
def move_threshold(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Decide from another score on.

    What it changes: the accuracy in the compile call becomes `BinaryAccuracy(threshold=...)` under
    the same name. The training stays the same; what decides on new rows needs the same threshold.
    When it helps: the scores order the classes, but with one class rare hardly any score reaches
    0.5. A lower threshold finds more of the rare class, and is wrong more often on the other.
    """
    return list(catalogue()["set-metrics"].edit(source, at, _as_metric(values)))


def _as_metric(values: Values) -> Mapping[str, Any]:
    name, threshold = values.get("replace") or "accuracy", number(float(values["threshold"]))
    metric = f'keras.metrics.BinaryAccuracy(name="{name}", threshold={threshold})'
    return {"replace": name, "metrics": (metric,)}


@move_threshold.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    return catalogue()["set-metrics"].treat(recipe, at, _as_metric(values))
