"""set-hidden-activation."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import BARE_ACTIVATIONS, WITH_ACTIVATION
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.layers import set_activation
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import layers as treating
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "set-hidden-activation", where="the layer's activation", says='Give this layer activation="{activation}".'
)
def set_hidden_activation(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give a hidden layer another activation.

    What it changes: the `activation` of one layer inside the model.
    When it helps: sigmoid and tanh units that sit at their bounds pass on almost no gradient; a
    layer without activation adds nothing to the one before it.
    """
    return set_activation(source, at, values["activation"])


@set_hidden_activation.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    kinds = WITH_ACTIVATION | BARE_ACTIVATIONS
    names = chosen(recipe, at, kinds, only(recipe, kinds))
    return treating.set_activation(recipe, names, values["activation"])
