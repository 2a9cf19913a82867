"""Edits that several layer remedies share."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import BARE_ACTIVATIONS, WITH_ACTIVATION, WITH_WIDTH, default_activation
from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.arguments import quoted, set_argument, unchanged
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression


def set_activation(source: Source, at: Place | None, activation: str) -> list[Edit]:
    """Give a layer another activation; `ReLU()` and its like become `Activation("...")`."""
    call = source.call_at(at, WITH_ACTIVATION | BARE_ACTIVATIONS)
    if source.kind(call) not in BARE_ACTIVATIONS:
        if source.argument(call, "activation") is None and activation == default_activation(
            source.kind(call)
        ):
            return unchanged(source, call)
        return set_argument(source, call, "activation", activation, quote=True)
    if any(arg.star or (arg.keyword and arg.keyword.value == "name") for arg in call.args):
        raise Unplaced("this layer is an activation of its own, with arguments that would be lost")
    start, end = source.span(call)
    name, imports = expression(source, "keras.layers.Activation", start)
    return [*imports, Edit(start, end, f"{name}({quoted(source, activation)})")]


def set_width(source: Source, at: Place | None, units: int) -> list[Edit]:
    """Give a layer another number of units or filters."""
    call = source.call_at(at, WITH_WIDTH)
    return set_argument(source, call, WITH_WIDTH[source.kind(call)], str(int(units)))
