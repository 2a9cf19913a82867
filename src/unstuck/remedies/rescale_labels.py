"""rescale-labels."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_targets


@remedy(
    "rescale-labels",
    where="the labels",
    says="Multiply the labels by {factor:g}, so that they are whole class numbers again.",
)
def rescale_labels(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Make whole class numbers of labels that were scaled with the inputs.

    What it changes: the labels of `fit` and of `validation_data` are multiplied and rounded.
    When it helps: dividing everything by 255 also divided the labels; all of them then fall into
    class 0.
    """
    rows = FitRows(source, at)
    factor = number(float(values["factor"]))
    y, held_out = rows.one("y", "labels"), rows.validation(1, "validation_labels")
    for name in dict.fromkeys((y, held_out or y)):
        rows.add(f'{name} = {rows.numpy()}.rint({name} * {factor}).astype("int32")')
    return rows.edits()


@rescale_labels.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    factor = float(number(float(values["factor"])))
    return change_targets(recipe, lambda y: np.rint(y * factor).astype("int32"))
