"""remove-layer."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.kinds import NOISE
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import removed
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy("remove-layer", where="the layer", says="Take this layer out.")
def remove_layer(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Take a layer out of the model.

    What it changes: the layer goes from the list of a Sequential model, its `model.add` goes, or,
    in functional style, the value passes on as it came.
    When it helps: the layer spoils what passes: noise after the output, dropout that is too
    strong, an activation in the wrong place.
    """
    call = source.call_at(at, None)
    around = source.parent(call)
    if isinstance(around, cst.Element):
        held = source.parent(around)
        if isinstance(held, (cst.List, cst.Tuple)):
            return [removed(source, held, held.elements.index(around))]
    if isinstance(around, cst.Arg):
        return _without_add(source, around)
    if isinstance(around, cst.Call) and around.func is call:
        return _passed_on(source, around)
    if isinstance(around, cst.Assign) and len(around.targets) == 1:
        return _unused(source, around, around.targets[0].target)
    raise Unplaced("the layer is used in a way that cannot be undone safely")


def _without_add(source: Source, arg: cst.Arg) -> list[Edit]:
    """`model.add(layer)` goes with its line."""
    outer = source.parent(arg)
    if isinstance(outer, cst.Call) and source.kind(outer) == "add" and len(outer.args) == 1:
        return [_gone(source, source.parent(outer))]
    raise Unplaced("the layer is an argument of another call")


def _passed_on(source: Source, applied: cst.Call) -> list[Edit]:
    """`x = layer(x)` goes with its line; elsewhere `layer(x)` becomes `x`."""
    if not applied.args or applied.args[0].star or applied.args[0].keyword is not None:
        raise Unplaced("it is not clear what the layer is applied to")
    value = source.code(applied.args[0].value)
    assign = source.parent(applied)
    if isinstance(assign, cst.Assign) and [source.code(each.target) for each in assign.targets] == [value]:
        return [_gone(source, assign)]
    return [Edit(*source.span(applied), value)]


def _unused(source: Source, assign: cst.Assign, target: cst.BaseExpression) -> list[Edit]:
    """`drop = layer` goes with its line, and the one `drop(x)` becomes `x`."""
    name = source.code(target)
    spoken = [call for call in source.calls if source.code(call.func) == name]
    total = (
        len(source.uses(name, reads=True)) + len(source.uses(name, reads=False))
        if isinstance(target, cst.Name)
        else len(source.attributes(name.rpartition(".")[2]))
    )
    if len(spoken) != 1 or total != 2:
        raise Unplaced("the layer is used in more than one place")
    return [_gone(source, assign), *_passed_on(source, spoken[0])]


def _gone(source: Source, small: cst.CSTNode) -> Edit:
    """A statement with its whole line."""
    line = source.parent(small)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise Unplaced("the layer shares its line with other statements")
    start, end = source.span(line)
    first, last = source.position(start)[0], source.position(end)[0]
    return Edit(source.offset(first), source.offset(last + 1), "")


@remove_layer.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    """In a Sequential model the layer goes; elsewhere an Identity stands in for it, or noise of 0."""
    made = recipe.layers_at(at)
    inner = {name for outer in made for name in recipe.names_in(outer)}
    names = [name for name in made if name not in inner and not recipe.kind_of(name).endswith("Cell")]
    if len({recipe.kind_of(name) for name in names}) != 1:
        raise UntreatableError("it is not known which layer of the model to take out")
    listed = {each.get("config", {}).get("name") for each in recipe.model.get("config", {}).get("layers", ())}
    for name in names:
        kind = recipe.kind_of(name)
        if recipe.kind == "Sequential" and name in listed:
            recipe = recipe.without_layer(name)
        elif recipe.kind == "subclassed" and kind in NOISE:
            recipe = recipe.with_layers([name], **{NOISE[kind]: 0.0})
        else:
            recipe = recipe.with_kind(name, "Identity")
    return recipe
