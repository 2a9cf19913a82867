"""lower-rate-on-plateau."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.callbacks import add_callback
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy(
    "lower-rate-on-plateau",
    where="the callbacks",
    says="Multiply the learning rate by {factor:g} whenever the loss has not improved for {patience} epochs.",
)
def lower_rate_on_plateau(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Lower the learning rate each time the loss stands still.

    What it changes: a `ReduceLROnPlateau` callback on the training loss is added to `fit`.
    When it helps: the rate is right in the beginning and too high towards the end, where the loss
    jumps about without falling.
    """
    call = source.call_at(at, ("fit",))
    factor, patience = number(float(values["factor"])), int(values["patience"])
    watched = "'loss'" if source.text.count("'") > source.text.count('"') else '"loss"'
    arguments = f"monitor={watched}, factor={factor}, patience={patience}"
    return add_callback(source, call, "ReduceLROnPlateau", arguments)


@lower_rate_on_plateau.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    if any(name in ("ReduceLROnPlateau", "LearningRateScheduler") for name, _ in recipe.callbacks):
        raise UntreatableError("a callback sets the learning rate already")
    if not isinstance(recipe.optimizer_arguments.get("learning_rate"), (int, float)):
        raise UntreatableError("the learning rate follows a schedule already")
    arguments = {
        "monitor": "loss",
        "factor": float(values["factor"]),
        "patience": int(values["patience"]),
    }
    return replace(recipe, callbacks=(*recipe.callbacks, ("ReduceLROnPlateau", arguments)))
