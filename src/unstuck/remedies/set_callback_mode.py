"""set-callback-mode."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy(
    "set-callback-mode",
    where="the callback",
    says='Give {kind} mode="{mode}", so that a better {monitor} counts as one.',
)
def set_callback_mode(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Let a callback take better for better.

    What it changes: the `mode` of an EarlyStopping or a ReduceLROnPlateau.
    When it helps: with mode="min" a rising accuracy counts as worse and worse, and the callback ends
    the training, or lowers its rate, while it improves.
    """
    call = source.call_at(at, (str(values["kind"]),))
    return set_argument(source, call, "mode", str(values["mode"]), quote=True)


@set_callback_mode.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    changed = tuple(
        (kind, {**arguments, "mode": str(values["mode"])})
        if (kind, arguments.get("monitor")) == (values["kind"], values["monitor"])
        else (kind, arguments)
        for kind, arguments in recipe.callbacks
    )
    if changed == recipe.callbacks:
        raise UntreatableError(f"the recorded training has no {values['kind']} of {values['monitor']}")
    return replace(recipe, callbacks=changed)
