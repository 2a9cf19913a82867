"""set-output-units."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import BARE_ACTIVATIONS, WITH_ACTIVATION, WITH_WIDTH
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.layers import set_activation, set_width
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import layers as treating
from unstuck.remedies.treating.layers import chosen, ending


def _says(values: Values) -> str:
    activation = values.get("activation")
    tail = f' and activation="{activation}"' if activation else ""
    units = int(values["units"])
    return f"Give the output layer {units} unit{'s' * (units != 1)}{tail}."


@remedy("set-output-units", where="the output layer", says=_says)
def set_output_units(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give the output as many units as the target has.

    What it changes: the width of the last layer that has one, and its activation where asked.
    When it helps: the number of units and the labels contradict each other: one unit for ten
    classes, or two sigmoids for one yes-or-no answer.
    """
    edits = set_width(source, at, values["units"])
    if values.get("activation"):
        edits += set_activation(source, at, values["activation"])
    return edits


@set_output_units.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    recipe = treating.set_width(recipe, chosen(recipe, at, WITH_WIDTH, ending(recipe, 1)), values["units"])
    if not values.get("activation"):
        return recipe
    names = chosen(recipe, at, WITH_ACTIVATION | BARE_ACTIVATIONS, ending(recipe, 0))
    return treating.set_activation(recipe, names, values["activation"])
