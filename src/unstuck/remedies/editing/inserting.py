"""One more layer beside a layer of the source."""

from __future__ import annotations

import re

import libcst as cst

from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.arguments import add_item
from unstuck.remedies.editing.edits import Edit

_INPUTS = ("Input", "InputLayer")
_SEQUENCES = (cst.List, cst.Tuple, cst.Dict)


def after(source: Source, call: cst.Call, layer: str) -> list[Edit]:
    """Put a layer (its code) after the one that a call makes.

    In the list of a Sequential model it is the next item, after `model.add(...)` the next
    statement; in functional style it is applied to what the layer gives.

    Raises:
        Unplaced: the layer stands elsewhere.
    """
    spot = _around(source, call)
    if isinstance(spot, cst.Element):
        return [_item_after(source, _sequence(source, spot), spot, layer)]
    if isinstance(spot, cst.SimpleStatementLine):
        return [_statement(source, spot, _added(source, call, layer), below=True)]
    start, end = source.span(spot)
    return [Edit(start, start, f"{layer}("), Edit(end, end, ")")]


def before(source: Source, call: cst.Call, layer: str) -> list[Edit]:
    """Put a layer (its code) before the one that a call makes; otherwise as `after`.

    Raises:
        Unplaced: the layer stands elsewhere, or is applied to several values.
    """
    spot = _around(source, call)
    if isinstance(spot, cst.Element):
        held = _sequence(source, spot)
        index = list(held.elements).index(spot)
        if index and isinstance(held.elements[index - 1], cst.Element):
            return [_item_after(source, held, held.elements[index - 1], layer)]
        return [_item_first(source, spot, layer)]
    if isinstance(spot, cst.SimpleStatementLine):
        return [_statement(source, spot, _added(source, call, layer), below=False)]
    taken = spot.args[0] if spot.args else None
    if taken is None or taken.star or taken.keyword is not None or isinstance(taken.value, _SEQUENCES):
        raise Unplaced("it is not clear what the layer is applied to")
    start, end = source.span(taken.value)
    return [Edit(start, start, f"{layer}("), Edit(end, end, ")")]


def first(source: Source, model: cst.BaseExpression, layer: str) -> list[Edit]:
    """Put a layer first in the Sequential model that a name stands for, after its Input.

    Raises:
        Unplaced: the model is not made as a Sequential in this file.
    """
    made = source.assigned(model)
    if not isinstance(made, cst.Call) or source.kind(made) != "Sequential":
        raise Unplaced("the model is not made as a Sequential in this file")
    given = [arg for arg in made.args if arg.keyword is None or arg.keyword.value == "layers"]
    if any(arg.star for arg in made.args) or len(given) > 1:
        raise Unplaced("the arguments of Sequential come from elsewhere")
    if given:
        held = source.assigned(given[0].value) or given[0].value
        items = [each.value for each in held.elements] if isinstance(held, (cst.List, cst.Tuple)) else []
    else:
        name = source.code(model)
        adds = [each for each in source.calls_of("add") if len(each.args) == 1]
        here = [
            each
            for each in adds
            if isinstance(each.func, cst.Attribute) and source.code(each.func.value) == name
        ]
        items = [each.args[0].value for each in here]
    layers = [each for each in items if not (isinstance(each, cst.Call) and source.kind(each) in _INPUTS)]
    if not layers or not isinstance(layers[0], cst.Call):
        raise Unplaced("the model's first layer is not written where the model is made")
    return before(source, layers[0], layer)


def _around(source: Source, call: cst.Call) -> cst.Element | cst.SimpleStatementLine | cst.Call:
    """Where a layer is put to use: its item in a list, its `model.add` or the call that applies it."""
    outer = source.parent(call)
    if isinstance(outer, cst.Element) and not call.lpar:
        return outer
    if isinstance(outer, cst.Call) and outer.func is call:
        return outer
    add = source.parent(outer) if isinstance(outer, cst.Arg) else None
    if isinstance(add, cst.Call) and source.kind(add) == "add" and len(add.args) == 1:
        line = source.parent(source.parent(add))
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            return line
    raise Unplaced("the layer stands neither in the list of a Sequential model nor in its add")


def _sequence(source: Source, item: cst.Element) -> cst.List | cst.Tuple:
    """The list around an item, when a Sequential model is made of it."""
    held = source.parent(item)
    user: cst.CSTNode = source.parent(held)
    if isinstance(user, cst.Assign) and len(user.targets) == 1:
        reads = source.uses(source.code(user.targets[0].target), reads=True)
        user = source.parent(reads[0]) if len(reads) == 1 else user
    model = source.parent(user) if isinstance(user, cst.Arg) else None
    if (
        isinstance(held, (cst.List, cst.Tuple))
        and isinstance(model, cst.Call)
        and source.kind(model) == "Sequential"
    ):
        return held
    raise Unplaced("the layer stands neither in the list of a Sequential model nor in its add")


def _item_after(source: Source, held: cst.List | cst.Tuple, item: cst.BaseElement, layer: str) -> Edit:
    if item is held.elements[-1]:
        return add_item(source, held, layer)
    start, end = source.span(item)
    line = source.offset(source.position(start)[0])
    indent, rest = source.data[line:start], source.data[end:]
    own_line = re.match(rb"[ \t]*\)*[ \t]*,[ \t]*(#[^\r\n]*)?(\r\n|\n|\r)", rest)
    if own_line and not indent.strip():
        at = end + own_line.end()
        return Edit(at, at, f"{indent.decode()}{layer},{source.newline}")
    comma = re.match(rb"\s*,", rest)
    if comma is None:
        raise Unplaced("a comment or a bracket stands between this layer and the next")
    return Edit(end + comma.end(), end + comma.end(), f" {layer},")


def _item_first(source: Source, item: cst.Element, layer: str) -> Edit:
    start = source.span(item)[0]
    line = source.offset(source.position(start)[0])
    indent = source.data[line:start]
    gap = " " if indent.strip() else source.newline + indent.decode()
    return Edit(start, start, f"{layer},{gap}")


def _added(source: Source, call: cst.Call, layer: str) -> str:
    """`model.add(layer)` for the model that the call's own layer is added to."""
    add = source.parent(source.parent(call))
    assert isinstance(add, cst.Call)
    return f"{source.code(add.func)}({layer})"


def _statement(source: Source, line: cst.SimpleStatementLine, text: str, *, below: bool) -> Edit:
    """A statement on the line above or below another one, indented like it."""
    newline = source.newline
    start, end = source.span(line)
    first = source.offset(source.position(start)[0])
    indent = source.data[first:start].decode("utf-8", "surrogatepass")
    if indent.strip():
        raise Unplaced("the layer shares its line with other statements")
    if not below:
        return Edit(first, first, f"{indent}{text}{newline}")
    at = source.offset(source.position(end)[0] + 1)
    last = not source.data[:at].endswith((b"\n", b"\r"))
    return Edit(at, at, f"{newline}{indent}{text}" if last else f"{indent}{text}{newline}")
