"""deepen."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing import inserting
from unstuck.remedies.editing.arguments import quoted
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import inserting as treating
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "deepen",
    where="the model's layers",
    says='Add another layer after this one: Dense({units}, activation="{activation}").',
)
def deepen(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Add one more hidden layer.

    What it changes: a `Dense` layer of its own follows the layer, in the list of a Sequential
    model, as another `model.add`, or around the layer's value in functional style.
    When it helps: the classes are told apart by combinations of the features that one layer, however
    wide, needs many units for.
    """
    call = source.call_at(at, WITH_WIDTH)
    name, imports = expression(source, "keras.layers.Dense", source.span(call)[0])
    activation = quoted(source, str(values["activation"]))
    return [
        *imports,
        *inserting.after(source, call, f"{name}({int(values['units'])}, activation={activation})"),
    ]


@deepen.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    for name in chosen(recipe, at, WITH_WIDTH, only(recipe, WITH_WIDTH)):
        recipe = treating.after(
            recipe, name, "Dense", units=int(values["units"]), activation=values["activation"]
        )
    return recipe
