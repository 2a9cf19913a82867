"""One more callback in a fit call."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.arguments import add_argument, add_item, follow
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression


def add_callback(
    source: Source, call: cst.Call, kind: str, arguments: str, *, already: str | None = None
) -> list[Edit]:
    """Add `keras.callbacks.<kind>(<arguments>)` to the callbacks of a fit call.

    Args:
        source: the user's file.
        call: the fit call.
        kind: the callback's class.
        arguments: what it is made with, as source text.
        already: what to say where there is one of its kind, as the end of a sentence.

    Raises:
        Unplaced: there is one of its kind already, or the callbacks are put together elsewhere.
    """
    name, imports = expression(source, f"keras.callbacks.{kind}", source.span(call)[0])
    made = f"{name}({arguments})"
    arg = source.argument(call, "callbacks")
    if arg is None:
        return [*imports, add_argument(source, call, "callbacks", f"[{made}]")]
    held = source.assigned(arg.value) or arg.value
    if kind in source.code(held):
        raise Unplaced(already or f"there is a {kind} already; set its arguments")
    return [*imports, _extended(source, arg.value, held, made)]


def _extended(source: Source, node: cst.BaseExpression, held: cst.BaseExpression, made: str) -> Edit:
    """The callbacks, given as `node` and made as `held`, with one more among them."""
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
