"""add-penalty."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import number, set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.inserting import serialised
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "add-penalty",
    where="the layer's regulariser",
    says="Punish large weights in the hidden layers: kernel_regularizer=keras.regularizers.L2({penalty:g}).",
)
def add_penalty(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Punish large weights.

    What it changes: `kernel_regularizer=keras.regularizers.L2(penalty)` on the layer: the loss grows
    by the penalty times the sum of the layer's squared weights.
    When it helps: the model learns its training rows by heart, for which it needs large weights.
    """
    call = source.call_at(at, WITH_WIDTH)
    present = source.argument(call, "kernel_regularizer")
    if present is not None and source.code(present.value) != "None":
        raise Unplaced("the layer has a regulariser already; raise its factor")
    name, imports = expression(source, "keras.regularizers.L2", source.span(call)[0])
    made = f"{name}({number(float(values['penalty']))})"
    return [*imports, *set_argument(source, call, "kernel_regularizer", made)]


@add_penalty.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    names = chosen(recipe, at, WITH_WIDTH, only(recipe, WITH_WIDTH))
    if any(recipe.arguments_of(name).get("kernel_regularizer") for name in names):
        raise UntreatableError("the layer has a regulariser already")
    made = serialised("regularizers", "L2", l2=float(values["penalty"]))
    return recipe.with_layers(names, kernel_regularizer=made)
