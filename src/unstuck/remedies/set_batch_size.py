"""set-batch-size."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy("set-batch-size", where="the batch size", says="Train with batch_size={batch_size}.")
def set_batch_size(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Make the batches smaller or larger.

    What it changes: `batch_size` in the fit call, or the constant behind it.
    When it helps: batches so large leave only a few updates in an epoch, or batches so small make
    every step mostly noise.
    """
    call = source.call_at(at, ("fit",))
    if source.argument(call, "y") is None and source.argument(call, "batch_size") is None:
        raise Unplaced("the rows reach fit in batches already; set their size where these are made")
    return set_argument(source, call, "batch_size", str(int(values["batch_size"])))


@set_batch_size.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    return replace(recipe, batch_size=int(values["batch_size"]))
