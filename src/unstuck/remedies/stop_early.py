"""stop-early."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.callbacks import add_callback
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy(
    "stop-early",
    where="the callbacks",
    says="Stop when the validation loss has not improved for {patience} epochs, and keep the best weights.",
)
def stop_early(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Stop at the best validation loss.

    What it changes: an `EarlyStopping` callback that restores the best weights is added to `fit`.
    When it helps: the validation loss rises while the training loss goes on falling: from there
    the model learns the training rows by heart.
    """
    call = source.call_at(at, ("fit",))
    return add_callback(
        source,
        call,
        "EarlyStopping",
        f"patience={int(values['patience'])}, restore_best_weights=True",
        already="there is an EarlyStopping already; set its patience and restore_best_weights",
    )


@stop_early.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    if any(name == "EarlyStopping" for name, _ in recipe.callbacks):
        raise UntreatableError("there is an EarlyStopping already")
    if recipe.held_out is None and not recipe.validation_split:
        raise UntreatableError("there are no validation rows to stop by")
    arguments = {"patience": int(values["patience"]), "restore_best_weights": True}
    return replace(recipe, callbacks=(*recipe.callbacks, ("EarlyStopping", arguments)))
