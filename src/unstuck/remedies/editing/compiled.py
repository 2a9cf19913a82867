"""The optimizer behind a compile call, as an expression that can be edited."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import OPTIMIZERS
from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.arguments import add_argument, follow, replaced
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression

_CLASSES = {name.lower(): name for name in OPTIMIZERS}
#: What Keras compiles with when no optimizer is named.
_DEFAULT = "RMSprop"


def optimizer_call(source: Source, at: Place | None) -> cst.Call | None:
    """The optimizer's constructor at a place, or in the compile call there; None for a bare name.

    Raises:
        Unplaced: neither can be found there.
    """
    call = source.call_at(at, ("compile", *OPTIMIZERS))
    if source.kind(call) != "compile":
        return call
    arg = source.argument(call, "optimizer")
    if arg is None:
        return None
    made = source.assigned(arg.value) or arg.value
    if isinstance(made, cst.Call):
        if source.kind(made) in OPTIMIZERS:
            return made
        raise Unplaced("the optimizer is made elsewhere")
    known, name = source.literal(arg.value)
    if known and str(name).lower() in _CLASSES:
        return None
    raise Unplaced("the optimizer is made elsewhere")


def write_out(source: Source, at: Place | None, argument: str) -> list[Edit]:
    """Turn the optimizer's name in a compile call into its constructor with one argument."""
    call = source.call_at(at, ("compile",))
    arg = source.argument(call, "optimizer")
    name = _DEFAULT if arg is None else _CLASSES[str(source.literal(arg.value)[1]).lower()]
    spot = source.span(call)[0] if arg is None else source.span(follow(source, arg.value))[0]
    made, imports = expression(source, f"keras.optimizers.{name}", spot)
    text = f"{made}({argument})"
    change = (
        [add_argument(source, call, "optimizer", text)] if arg is None else replaced(source, arg.value, text)
    )
    return [*imports, *change]
