"""enlarge-embedding."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.layers import chosen, only


@remedy(
    "enlarge-embedding", where="the Embedding layer", says="Give the Embedding layer input_dim={input_dim}."
)
def enlarge_embedding(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give the embedding a row for every id.

    What it changes: `input_dim` of the Embedding: the largest id plus one.
    When it helps: ids beyond the table raise an error, or silently share one row, by backend.
    """
    call = source.call_at(at, ("Embedding",))
    return set_argument(source, call, "input_dim", str(int(values["input_dim"])))


@enlarge_embedding.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    names = chosen(recipe, at, ("Embedding",), only(recipe, ("Embedding",)))
    return recipe.with_layers(names, input_dim=int(values["input_dim"]))
