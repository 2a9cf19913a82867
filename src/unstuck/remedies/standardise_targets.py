"""standardise-targets."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.splits import training_part
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import single


@remedy(
    "standardise-targets",
    where="the targets",
    says="Standardise the targets: subtract their mean and divide by their standard deviation; "
    "turn predictions back by the same two numbers.",
)
def standardise_targets(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Give the target mean 0 and deviation 1.

    What it changes: the targets of `fit`, and those of `validation_data` by the same two numbers,
    taken from the rows that train.
    When it helps: an output starts near 0 and moves by small steps; a target of thousands is out
    of its reach, and the loss only tells how far.
    """
    rows = FitRows(source, at)
    y, held_out = rows.one("y", "targets"), rows.validation(1, "validation_targets")
    mean, std = rows.fresh(f"{y}_mean"), rows.fresh(f"{y}_std")
    part = training_part(rows, y)
    rows.add(f"{mean}, {std} = {part}.mean(axis=0), {part}.std(axis=0)")
    for name in dict.fromkeys((y, held_out or y)):
        rows.add(f"{name} = ({name} - {mean}) / {std}")
    return rows.edits()


@standardise_targets.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    single(recipe.y)
    y = single(recipe.split()[0][1])
    mean, std = y.mean(axis=0), y.std(axis=0)
    if not np.all(std > 0):
        raise UntreatableError("a target that never varies has no deviation to divide by")
    return recipe.with_targets(lambda y: (y - mean) / std)
