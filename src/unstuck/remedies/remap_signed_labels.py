"""remap-signed-labels."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_targets


@remedy("remap-signed-labels", where="the labels", says="Turn the labels -1 and 1 into 0 and 1.")
def remap_signed_labels(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Turn labels of -1 and 1 into 0 and 1.

    What it changes: the labels of `fit` and of `validation_data`.
    When it helps: cross-entropy reads a label as a probability; at -1 it has no minimum, and
    accuracy never finds a 0 or 1 to count.
    """
    rows = FitRows(source, at)
    y, held_out = rows.one("y", "labels"), rows.validation(1, "validation_labels")
    for name in dict.fromkeys((y, held_out or y)):
        rows.add(f"{name} = ({name} + 1) // 2")
    return rows.edits()


@remap_signed_labels.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    return change_targets(recipe, lambda y: (y + 1) // 2)
