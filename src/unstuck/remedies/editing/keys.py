"""What reads a figure of the history by its key: the `monitor` of a callback, a subscript."""

from __future__ import annotations

import libcst as cst
import libcst.matchers as m

from unstuck.evidence.source import Source
from unstuck.remedies.editing.arguments import quoted
from unstuck.remedies.editing.edits import Edit


def renamed(source: Source, old: str, new: str) -> list[Edit]:
    """The key of a metric that was renamed, and that of its validation figure, wherever they are read.

    With a second model in the file it is not clear whose figure is meant, and nothing is changed.
    """
    if sum("loss" in source.code(call) for call in source.calls_of("compile")) > 1:
        return []
    keys = {f"{before}{old}": f"{before}{new}" for before in ("", "val_")}
    return [
        Edit(*source.span(text), quoted(source, keys[str(text.raw_value)], text))
        for part in source.parts_with(old)
        for text in map(_key_of, m.findall(part, _READS))
        if text is not None and text.raw_value in keys
    ]


#: Where a key of the history stands: `monitor="val_acc"`, `history.history["acc"]`, `logs.get("acc")`.
_READS = (
    m.Arg(keyword=m.Name("monitor"), value=m.SimpleString())
    | m.Index(value=m.SimpleString())
    | m.Call(func=m.Attribute(attr=m.Name("get")), args=[m.Arg(value=m.SimpleString()), m.ZeroOrMore()])
)


def _key_of(node: cst.CSTNode) -> cst.SimpleString | None:
    held = node.args[0] if isinstance(node, cst.Call) else node
    value = held.value if isinstance(held, (cst.Arg, cst.Index)) else None
    return value if isinstance(value, cst.SimpleString) else None
