"""binarise-targets."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_targets


@remedy(
    "binarise-targets",
    where="the targets",
    says="If a yes or no is meant, make the target 1 above {threshold:g} and 0 otherwise.",
)
def binarise_targets(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Make a yes-or-no target of a number.

    What it changes: the targets of `fit` and of `validation_data` become 1 above the threshold
    and 0 otherwise.
    When it helps: the question is whether, not how much; accuracy then counts right answers.
    """
    rows = FitRows(source, at)
    threshold = number(float(values["threshold"]))
    y, held_out = rows.one("y", "targets"), rows.validation(1, "validation_targets")
    for name in dict.fromkeys((y, held_out or y)):
        rows.add(f'{name} = ({name} > {threshold}).astype("float32")')
    return rows.edits()


@binarise_targets.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    threshold = float(number(float(values["threshold"])))
    return change_targets(recipe, lambda y: (y > threshold).astype("float32"))
