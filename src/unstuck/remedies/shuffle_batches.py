"""shuffle-batches."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import replaced
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy(
    "shuffle-batches", where="the order of the training rows", says="Shuffle the training rows in each epoch."
)
def shuffle_batches(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Let every batch hold rows of every class.

    What it changes: `shuffle=False` in the fit call becomes `shuffle=True`.
    When it helps: rows are taken in the order of the file, so that each batch holds one class and
    pulls the model back and forth. A data set of batches is shuffled where it is made.
    """
    call = source.call_at(at, ("fit",))
    arg = source.argument(call, "shuffle")
    if arg is None:
        raise Unplaced("fit does not decide the order here; shuffle the rows where the batches are made")
    return replaced(source, arg.value, "True")


@shuffle_batches.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    return replace(recipe, shuffle=True)
