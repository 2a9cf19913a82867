"""mask-padding."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "mask-padding",
    where="the Embedding layer",
    says="Give the Embedding layer mask_zero=True, so that the layers after it skip the padding.",
)
def mask_padding(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Let the recurrent layers skip the padding.

    What it changes: `mask_zero=True` on the Embedding; id 0 must mean padding and nothing else.
    When it helps: rows are filled up to one length, and a recurrent layer reads so many fill
    values after the last word that nothing of the words is left in its state.
    """
    return set_argument(source, source.call_at(at, ("Embedding",)), "mask_zero", "True")


@mask_padding.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    names = chosen(recipe, at, ("Embedding",), only(recipe, ("Embedding",)))
    return recipe.with_layers(names, mask_zero=True)
