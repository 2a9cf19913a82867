"""truncate-padding."""

from __future__ import annotations

import libcst as cst
import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import PARAMETERS
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import change_inputs, single

_SHAPES = ("input_shape", "batch_input_shape", "batch_shape", "input_length")


@remedy(
    "truncate-padding",
    where="the length of the rows",
    says="Keep the first {steps} steps of each row, which 95% of the rows do not exceed, here and wherever "
    "rows are predicted.",
)
def truncate_padding(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Cut the rows to the length that nearly all of them have.

    What it changes: the inputs of `fit` and of `validation_data` keep their first steps; an
    `Input` of one fixed length takes any length. The few longer rows lose their end.
    When it helps: rows are filled up to the longest one, and a recurrent layer reads so much
    padding after the last word that nothing of the words is left. An epoch takes less time, too.
    """
    steps = int(values["steps"])
    rows = FitRows(source, at)
    x, held_out = rows.one("x", "inputs"), rows.validation(0, "validation_inputs")
    rows.as_arrays([x, *([held_out] if held_out else [])])
    for name in dict.fromkeys((x, held_out or x)):
        rows.add(f"{name} = {name}[:, :{steps}]")
    return [*_any_length(source), *rows.edits()]


def _any_length(source: Source) -> list[Edit]:
    """Let the model's Input take rows of any length."""
    for call in source.calls:
        named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
        if named & set(_SHAPES) and source.kind(call) in {*PARAMETERS, "Input", "InputLayer"}:
            raise Unplaced("the model takes rows of one length alone, given in a layer's input shape")
    kinds = {source.kind(call) for call in source.calls}
    if not kinds & {"Sequential", "Model", "Input", "InputLayer"}:
        raise Unplaced("the model is made in another file, and may take rows of one length alone")
    inputs = [call for call in source.calls if source.kind(call) in ("Input", "InputLayer")]
    if not inputs:
        return []
    if len(inputs) > 1 or len(inputs[0].args) == 0:
        raise Unplaced("there are several inputs, and it is not clear which length to change")
    arg = next((each for each in inputs[0].args if each.keyword and each.keyword.value == "shape"), None)
    shape = (arg or inputs[0].args[0]).value
    if not isinstance(shape, (cst.Tuple, cst.List)) or len(shape.elements) != 1:
        raise Unplaced("the model takes rows of one length alone, which is given elsewhere")
    return [Edit(*source.span(shape.elements[0].value), "None")]


@truncate_padding.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    steps, x = int(values["steps"]), single(recipe.x)
    if x.ndim != 2 or x.shape[1] <= steps:
        raise UntreatableError("the rows that passed are not longer than that")
    for layer in recipe.layers:
        shape = recipe.arguments_of(layer.name).get("batch_shape")
        if layer.kind == "InputLayer" and shape:
            recipe = recipe.with_layers([layer.name], batch_shape=[shape[0], steps, *shape[2:]])
    return change_inputs(recipe, lambda x: np.ascontiguousarray(x[:, :steps]))
