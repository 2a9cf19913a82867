"""add-batch-normalisation."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing import inserting
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import inserting as treating
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "add-batch-normalisation",
    where="the model's layers",
    says="Add a BatchNormalization layer after this one.",
)
def add_batch_normalisation(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Keep the values between layers at one scale.

    What it changes: `keras.layers.BatchNormalization()` follows the layer, in the list of a
    Sequential model, as another `model.add`, or around the layer's value in functional style.
    When it helps: through many layers the values, and with them the gradients, grow or fade; brought
    back to mean 0 and deviation 1 in each batch they do not.
    """
    call = source.call_at(at, WITH_WIDTH)
    name, imports = expression(source, "keras.layers.BatchNormalization", source.span(call)[0])
    return [*imports, *inserting.after(source, call, f"{name}()")]


@add_batch_normalisation.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    for name in chosen(recipe, at, WITH_WIDTH, only(recipe, WITH_WIDTH)):
        recipe = treating.after(recipe, name, "BatchNormalization")
    return recipe
