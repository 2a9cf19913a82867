"""standardise-inputs."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import known
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.splits import training_part
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import feature_axes, single

_SCALER = "sklearn.preprocessing.StandardScaler"


@remedy(
    "standardise-inputs",
    where="the inputs",
    says="Standardise the inputs: subtract the training mean and divide by the training standard deviation, "
    "here and wherever rows are predicted.",
)
def standardise_inputs(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give every feature mean 0 and deviation 1.

    What it changes: the inputs of `fit`, and those of `validation_data` by the same two numbers
    for each feature (the last axis), taken from the rows that train. A feature that never varies is
    only centred. A script that has scikit-learn's `StandardScaler` already gets one more of it.
    When it helps: features of thousands, or far from zero, drive the units into saturation and
    make the loss so steep in some directions that no learning rate suits all.
    """
    rows = FitRows(source, at)
    x, held_out = rows.one("x", "inputs"), rows.validation(0, "validation_inputs")
    names, axes, part = list(dict.fromkeys((x, held_out or x))), feature_axes(values), training_part(rows, x)
    scaler = known(source, _SCALER, source.span(rows.call)[0]) if values.get("dimensions") == 1 else None
    if scaler is not None:
        fitted = rows.fresh("scaler")
        rows.add(f"{fitted} = {scaler}().fit({part})")
        for name in names:
            rows.add(f"{name} = {fitted}.transform({name})")
        return rows.edits()
    rows.as_arrays(names, dtype="float32")
    mean, std = rows.fresh(f"{x}_mean"), rows.fresh(f"{x}_std")
    rows.add(f"{mean}, {std} = {part}.mean(axis={axes}), {part}.std(axis={axes})")
    rows.add(f"{std} = {rows.numpy()}.where({std} > 0, {std}, 1)")
    for name in names:
        rows.add(f"{name} = ({name} - {mean}) / {std}")
    return rows.edits()


@standardise_inputs.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    single(recipe.x)
    x, axes = single(recipe.split()[0][0]), feature_axes(values)
    mean, std = x.mean(axis=axes), x.std(axis=axes)
    std = np.where(std > 0, std, 1)
    return recipe.with_inputs(lambda x: (x - mean) / std)
