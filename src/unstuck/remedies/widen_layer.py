"""widen-layer."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.layers import set_width
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import layers as treating
from unstuck.remedies.treating.layers import chosen, only


@remedy("widen-layer", where="the layer's width", says="Give this layer {units} units.")
def widen_layer(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give a layer more units.

    What it changes: `units` (or `filters`) of one layer.
    When it helps: a layer so narrow cannot hold what tells the classes apart, or lost all its
    units to zero.
    """
    return set_width(source, at, values["units"])


@widen_layer.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    names = chosen(recipe, at, WITH_WIDTH, only(recipe, WITH_WIDTH))
    return treating.set_width(recipe, names, values["units"])
