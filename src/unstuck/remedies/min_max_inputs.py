"""min-max-inputs."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.splits import training_part
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_inputs, feature_axes, single


@remedy(
    "min-max-inputs",
    where="the inputs",
    says="Bring every column of the inputs to 0..1 by the training minimum and maximum, here and wherever "
    "rows are predicted.",
)
def min_max_inputs(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Bring every feature to 0..1.

    What it changes: the inputs of `fit`, and those of `validation_data` by the same two numbers
    for each feature (the last axis), taken from the rows that train. A feature that never varies
    becomes 0.
    When it helps: features with fixed bounds and values far above 1. One outlier presses all other
    values together; standardise then.
    """
    rows = FitRows(source, at)
    x, held_out = rows.one("x", "inputs"), rows.validation(0, "validation_inputs")
    rows.as_arrays([x, *([held_out] if held_out else [])], dtype="float32")
    numpy, part = rows.numpy(), training_part(rows, x)
    axes, low, span = feature_axes(values), rows.fresh(f"{x}_low"), rows.fresh(f"{x}_span")
    # Fractions, as whole numbers without a sign would wrap around below the minimum.
    rows.add(f'{low} = {part}.min(axis={axes}).astype("float32")')
    rows.add(f"{span} = {part}.max(axis={axes}) - {low}")
    rows.add(f"{span} = {numpy}.where({span} > 0, {span}, 1)")
    for name in dict.fromkeys((x, held_out or x)):
        rows.add(f"{name} = ({name} - {low}) / {span}")
    return rows.edits()


@min_max_inputs.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    single(recipe.x)
    x = single(recipe.split()[0][0]).astype("float64")
    axes = feature_axes(values)
    low, span = x.min(axis=axes), np.ptp(x, axis=axes)
    span = np.where(span > 0, span, 1)
    return change_inputs(recipe, lambda x: ((x - low) / span).astype("float32"))
