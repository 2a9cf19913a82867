"""rescale-inputs."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_inputs


@remedy(
    "rescale-inputs",
    where="the inputs",
    says="Divide the inputs by {divisor:g}, here and wherever rows are predicted.",
)
def rescale_inputs(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Bring pixels into the range 0 to 1.

    What it changes: the inputs of `fit` and of `validation_data` are divided by one number.
    When it helps: values up to 255 drive the units into saturation.
    """
    rows, divisor = FitRows(source, at), number(float(values["divisor"]))
    x, held_out = rows.one("x", "inputs"), rows.validation(0, "validation_inputs")
    names = list(dict.fromkeys((x, held_out or x)))
    rows.as_arrays(names)
    for name in names:
        rows.add(f'{name} = {name}.astype("float32") / {divisor}')
    return rows.edits()


@rescale_inputs.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    divisor = float(number(float(values["divisor"])))
    return change_inputs(recipe, lambda x: x.astype("float32") / divisor)
