"""set-output-activation."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import BARE_ACTIVATIONS, WITH_ACTIVATION
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.layers import set_activation
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import layers as treating
from unstuck.remedies.treating.layers import chosen, ending

_MEANING = {
    "sigmoid": "so that each unit answers with a probability of its own",
    "softmax": "so that the units share a probability of 1 among the classes",
    "linear": "so that the output can take any value",
}


def _says(values: Values) -> str:
    meaning = _MEANING.get(values["activation"])
    tail = f", {meaning}" if meaning else ""
    return f'Give the output layer activation="{values["activation"]}"{tail}.'


@remedy("set-output-activation", where="the output layer", says=_says)
def set_output_activation(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give the output the activation that the target needs.

    What it changes: the `activation` of the layer that ends the model.
    When it helps: the present one cannot express the answer: softmax over one unit is always 1,
    ReLU is zero for half of all inputs, sigmoid cannot reach a target of 7.
    """
    return set_activation(source, at, values["activation"])


@set_output_activation.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    names = chosen(recipe, at, WITH_ACTIVATION | BARE_ACTIVATIONS, ending(recipe, 0))
    return treating.set_activation(recipe, names, values["activation"])
