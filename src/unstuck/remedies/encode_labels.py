"""encode-labels."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import single


@remedy(
    "encode-labels",
    where="the labels",
    says="Number the classes 0, 1, 2, ... without gaps; `levels` turns a prediction back into its label.",
)
def encode_labels(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Number the classes from 0 without gaps.

    What it changes: the labels of `fit` and of `validation_data` become their rank among the
    labels that occur.
    When it helps: labels such as 3, 7, 12 or 1 to K point beyond the output's units.
    """
    rows = FitRows(source, at)
    y, held_out = rows.one("y", "labels"), rows.validation(1, "validation_labels")
    levels = rows.fresh("levels")
    rows.add(f"{levels} = {rows.numpy()}.unique({y})")
    for name in dict.fromkeys((y, held_out or y)):
        rows.add(f"{name} = {rows.numpy()}.searchsorted({levels}, {name})")
    return rows.edits()


@encode_labels.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    levels = np.unique(single(recipe.y))
    return recipe.with_targets(lambda y: np.searchsorted(levels, y))
