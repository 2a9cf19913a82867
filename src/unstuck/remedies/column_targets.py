"""column-targets."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_targets


@remedy(
    "column-targets", where="the targets", says="Make a column of the targets, as the model's answers are."
)
def column_targets(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Give targets of one number a row the shape (n, 1).

    What it changes: the targets of `fit` and of `validation_data` become columns.
    When it helps: a loss of your own compares them with answers of shape (n, 1); a bare (n,) broadcasts to
    all pairs there.
    """
    rows = FitRows(source, at)
    y, held_out = rows.one("y", "targets"), rows.validation(1, "validation_targets")
    names = tuple(dict.fromkeys((y, held_out or y)))
    numpy = rows.numpy()
    for name in names:
        rows.add(f"{name} = {numpy}.reshape({name}, (-1, 1))")
    return rows.edits()


@column_targets.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    return change_targets(recipe, lambda y: y.reshape(-1, 1))
