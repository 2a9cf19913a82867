"""stop-early."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import add_argument, add_item, follow
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy

_CALLBACK = "keras.callbacks.EarlyStopping"


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
    name, imports = expression(source, _CALLBACK, source.span(call)[0])
    made = f"{name}(patience={int(values['patience'])}, restore_best_weights=True)"
    arg = source.argument(call, "callbacks")
    if arg is None:
        return [*imports, add_argument(source, call, "callbacks", f"[{made}]")]
    return [*imports, _extended(source, arg.value, made)]


def _extended(source: Source, node: cst.BaseExpression, made: str) -> Edit:
    """The callbacks with one more among them."""
    held = source.assigned(node) or node
    if "EarlyStopping" in source.code(held):
        raise Unplaced("there is an EarlyStopping already; set its patience and restore_best_weights")
    inner = follow(source, node)
    if isinstance(inner, (cst.List, cst.Tuple)):
        return add_item(source, inner, made)
    start, end = source.span(node)
    if source.code(node) == "None":
        return Edit(start, end, f"[{made}]")
    if isinstance(held, (cst.List, cst.Tuple)):
        return Edit(start, end, f"[*{source.code(node)}, {made}]")
    if isinstance(held, cst.Call) and source.kind(held)[:1].isupper() and source.kind(held) != "CallbackList":
        return Edit(start, end, f"[{source.code(node)}, {made}]")
    raise Unplaced("the callbacks are put together elsewhere")


@stop_early.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    if any(name == "EarlyStopping" for name, _ in recipe.callbacks):
        raise UntreatableError("there is an EarlyStopping already")
    if recipe.held_out is None and not recipe.validation_split:
        raise UntreatableError("there are no validation rows to stop by")
    arguments = {"patience": int(values["patience"]), "restore_best_weights": True}
    return replace(recipe, callbacks=(*recipe.callbacks, ("EarlyStopping", arguments)))
