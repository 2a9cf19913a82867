"""add-dropout."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing import inserting
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import inserting as treating
from unstuck.remedies.treating.layers import ending


@remedy(
    "add-dropout",
    where="the model's layers",
    says="Add Dropout({rate:g}) before the output layer: in training it leaves out that share of the values, "
    "so that no row can be known by heart from a few of them.",
)
def add_dropout(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Leave out a share of the values before the output, in training only.

    What it changes: `keras.layers.Dropout(rate)` comes before the output layer, in the list of a
    Sequential model, as another `model.add`, or around what the layer is applied to.
    When it helps: the model learns its training rows by heart. Training takes longer, and the
    training accuracy falls with it; the validation accuracy is what should rise.
    """
    call = source.call_at(at, None)
    name, imports = expression(source, "keras.layers.Dropout", source.span(call)[0])
    return [*imports, *inserting.before(source, call, f"{name}({number(float(values['rate']))})")]


@add_dropout.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    listed = treating.listed_layers(recipe)
    names = [name for name in (*recipe.layers_at(at), *ending(recipe, 1)) if name in listed]
    if not names:
        raise UntreatableError("only a Sequential model can be given another layer")
    return treating.before(recipe, names[0], "Dropout", rate=float(values["rate"]))
