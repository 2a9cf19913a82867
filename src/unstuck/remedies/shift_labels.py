"""shift-labels."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.shifts import shifted_by
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_targets


def _says(values: Values) -> str:
    by = int(values["by"])
    change = f"Add {by} to" if by >= 0 else f"Subtract {-by} from"
    return f"{change} the labels, so that the classes count from 0."


@remedy("shift-labels", where="the labels", says=_says)
def shift_labels(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Let the class labels start at 0.

    What it changes: the labels of `fit` and of `validation_data` are moved by one number, so
    that the smallest is 0. Where a line of the script has moved them the other way, that line goes.
    When it helps: labels from 1 to K point one beyond the last of K units.
    """
    rows = FitRows(source, at)
    by = int(values["by"])
    y, held_out = rows.one("y", "labels"), rows.validation(1, "validation_labels")
    taken_out = []
    for name in dict.fromkeys((y, held_out or y)):
        undone = shifted_by(rows, name, -by)
        if undone is not None:
            taken_out.append(undone)
        else:
            rows.add(f"{name} = {name} + {by}" if by >= 0 else f"{name} = {name} - {-by}")
    return [*taken_out, *rows.edits()]


@shift_labels.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    by = int(values["by"])
    return change_targets(recipe, lambda y: y + by if by >= 0 else y - -by)
