"""standardise-inputs."""

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
    "standardise-inputs",
    where="the inputs",
    says="Standardise the inputs: subtract the training mean and divide by the training standard deviation, "
    "here and wherever rows are predicted.",
)
def standardise_inputs(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Give every feature mean 0 and deviation 1.

    What it changes: the inputs of `fit`, and those of `validation_data` by the same two numbers
    for each feature (the last axis). A feature that never varies is only centred.
    When it helps: features of thousands, or far from zero, drive the units into saturation and
    make the loss so steep in some directions that no learning rate suits all.
    """
    rows = FitRows(source, at)
    x, held_out = rows.one("x", "inputs"), rows.validation(0, "validation_inputs")
    rows.as_arrays([x, *([held_out] if held_out else [])], dtype="float32")
    numpy = rows.numpy()
    axes, mean, std = rows.fresh("axes"), rows.fresh(f"{x}_mean"), rows.fresh(f"{x}_std")
    rows.add(f"{axes} = tuple(range(max({x}.ndim - 1, 1)))")
    rows.add(f"{mean}, {std} = {x}.mean(axis={axes}), {x}.std(axis={axes})")
    rows.add(f"{std} = {numpy}.where({std} > 0, {std}, 1)")
    for name in dict.fromkeys((x, held_out or x)):
        rows.add(f"{name} = ({name} - {mean}) / {std}")
    return rows.edits()


@standardise_inputs.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    x = single(recipe.x)
    axes = tuple(range(max(x.ndim - 1, 1)))
    mean, std = x.mean(axis=axes), x.std(axis=axes)
    std = np.where(std > 0, std, 1)
    return recipe.with_inputs(lambda x: (x - mean) / std)
