"""pad-in-front."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_inputs, single


@remedy(
    "pad-in-front",
    where="the padding",
    says="Put the padding in front of each row, so that what it says is read last, here and wherever rows "
    'are predicted (pad_sequences does it with padding="pre").',
)
def pad_in_front(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Move the padding from the end of each row to its front.

    What it changes: each row of `fit` and of `validation_data` is rolled by the length of its
    own trailing padding; their length stays.
    When it helps: a recurrent layer reads so many fill values after the last word that nothing of
    the words is left in its state. In front, they leave no trace.
    """
    rows = FitRows(source, at)
    x, held_out = rows.one("x", "inputs"), rows.validation(0, "validation_inputs")
    rows.as_arrays([x, *([held_out] if held_out else [])])
    numpy, value = rows.numpy(), number(_plain(values.get("value", 0)))
    for name in dict.fromkeys((x, held_out or x)):
        behind = rows.fresh(f"{name}_padding")
        rows.add(f"{behind} = ({name} != {value})[:, ::-1].argmax(axis=1)")
        steps = f"({numpy}.arange({name}.shape[1]) - {behind}[:, None]) % {name}.shape[1]"
        rows.add(f"{name} = {numpy}.take_along_axis({name}, {steps}, axis=1)")
    return rows.edits()


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else float(value)


@pad_in_front.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    value = values.get("value", 0)
    if single(recipe.x).ndim != 2:
        raise UntreatableError("the rows are no plain lists of numbers")

    def front(x: np.ndarray) -> np.ndarray:
        behind = (x != value)[:, ::-1].argmax(axis=1)
        steps = (np.arange(x.shape[1]) - behind[:, None]) % x.shape[1]
        return np.take_along_axis(x, steps, axis=1)

    return change_inputs(recipe, front)
