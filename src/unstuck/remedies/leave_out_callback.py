"""leave-out-callback."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import follow, removed
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy("leave-out-callback", where="the callbacks", says="Train without the callback {kind}.")
def leave_out_callback(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Train without one of the callbacks.

    What it changes: the callback is taken out of the list that `fit` is given.
    When it helps: the callback lowers the learning rate, or ends the training, before the model has
    learned.
    """
    kind = str(values["kind"])
    arg = source.argument(source.call_at(at, ("fit",)), "callbacks")
    if arg is None:
        raise Unplaced("fit is given no callbacks here")
    given = follow(source, arg.value)
    if _is_made(source, arg.value, kind):
        start, end = source.span(arg.value)
        return [Edit(start, end, "None")]
    if not isinstance(given, (cst.List, cst.Tuple)):
        raise Unplaced("the callbacks are put together elsewhere")
    found = [index for index, each in enumerate(given.elements) if _is_made(source, each.value, kind)]
    if len(found) != 1:
        raise Unplaced(f"{len(found) or 'none'} of them here {'are' if found else 'is'} a {kind}")
    return [removed(source, given, found[0])]


def _is_made(source: Source, node: cst.BaseExpression, kind: str) -> bool:
    """Whether an expression, or what its name stands for, makes a callback of this class."""
    made = source.assigned(node) or node
    return isinstance(made, cst.Call) and source.kind(made) == kind


@leave_out_callback.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    kept = tuple(each for each in recipe.callbacks if each[0] != values["kind"])
    if len(kept) == len(recipe.callbacks):
        raise UntreatableError(f"the recorded training has no {values['kind']}")
    return replace(recipe, callbacks=kept)
