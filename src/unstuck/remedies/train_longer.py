"""train-longer."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy("train-longer", where="the number of epochs", says="Train for {epochs} epochs.")
def train_longer(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Train for more epochs.

    What it changes: `epochs` in the fit call, or the constant behind it.
    When it helps: the loss was still falling when training ended, or the weights were updated
    only a few times.
    """
    return set_argument(source, source.call_at(at, ("fit",)), "epochs", str(int(values["epochs"])))


@train_longer.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    return replace(recipe, epochs=int(values["epochs"]))
