"""set-initialiser."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.inserting import without_weights
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "set-initialiser",
    where="the layer's initial weights",
    says=lambda values: f'Give this layer {_argument(values)}="{values["initialiser"]}".',
)
def set_initialiser(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Let a layer begin from other random weights.

    What it changes: `kernel_initializer` of one layer, or `recurrent_initializer` of a recurrent one,
    whose weights are used again in each time step. "he_normal" keeps the size of the values
    through ReLU layers, "glorot_uniform" through tanh and linear ones; "orthogonal" keeps every
    length through any number of linear layers.
    When it helps: from layer to layer the values, and with them the gradients, grow or fade from the
    first step on.
    """
    call = source.call_at(at, WITH_WIDTH)
    return set_argument(source, call, _argument(values), str(values["initialiser"]), quote=True)


@set_initialiser.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    names = chosen(recipe, at, WITH_WIDTH, only(recipe, WITH_WIDTH))
    changed = recipe.with_layers(names, **{_argument(values): str(values["initialiser"])})
    return without_weights(changed, names)


def _argument(values: Values) -> str:
    """The argument that is set: of the kernel unless the remedy names another."""
    return str(values.get("argument", "kernel_initializer"))
