"""unfreeze-layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, SourceReader, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import replaced
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy(
    "unfreeze-layers", where="`trainable = False`", says="Let the frozen layers learn: set trainable = True."
)
def unfreeze_layers(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Let frozen layers learn.

    What it changes: `trainable = False` becomes True, where the layer is made or where it is
    frozen afterwards, provided that only one statement does so.
    When it helps: the layers that would have to learn are frozen. A frozen backbone under a head
    that learns is right and stays.
    """
    if source.problem:  # no place is needed, but a text is
        raise Unplaced(source.problem)
    if at is not None and at.shared:
        raise Unplaced("this expression makes several objects, and a change would reach all of them")
    own = _own(source, at)
    chosen = own if len(own) == 1 else [value for _, value in _frozen(source)]
    if len(chosen) != 1:
        raise Unplaced(
            "several statements freeze layers"
            if chosen
            else "this file does not set it; look where the layers are made"
        )
    return replaced(source, chosen[0], "True")


def _own(source: Source, at: Place | None) -> list[cst.BaseExpression]:
    """Each False that freezes what the call at a place makes."""
    try:
        made = source.call_at(at, None)
    except Unplaced:
        return []
    return [value for owner, value in _frozen(source) if owner is made or owner == _name(source, made)]


def _frozen(source: Source) -> Iterator[tuple[cst.Call | str, cst.BaseExpression]]:
    """What is frozen, as the call that makes it or the text of its name, and the False that does it."""
    for call in source.calls_with("trainable"):
        for arg in call.args:
            if (
                arg.keyword is not None
                and arg.keyword.value == "trainable"
                and source.code(arg.value) == "False"
            ):
                yield call, arg.value
    for name in source.attributes("trainable"):
        target = source.parent(name)
        assign = source.parent(source.parent(target))
        frozen = isinstance(assign, cst.Assign) and source.code(assign.value) == "False"
        if frozen and isinstance(target, cst.Attribute) and isinstance(assign, cst.Assign):
            yield source.code(target.value), assign.value


def _is_own(source: Source, at: Place | None) -> bool:
    """Whether one statement freezes what the call at a place makes."""
    try:
        return len(_own(source, at)) == 1
    except Unplaced:
        return False


def _name(source: Source, call: cst.Call) -> str:
    """The text of what a call's result is assigned to, "" when it is not."""
    assign = source.parent(call)
    if isinstance(assign, cst.Assign) and len(assign.targets) == 1:
        return source.code(assign.targets[0].target)
    return ""


@unfreeze_layers.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    """What the source freezes where it makes the layers of this place learns; else all that is frozen."""
    frozen = [layer.name for layer in recipe.layers if not layer.trainable]
    if not frozen:
        raise UntreatableError("no layer is frozen in a model that is built and compiled again")
    if recipe.kind == "subclassed":
        return recipe.with_layers(frozen, trainable=True)
    own = [name for name in recipe.layers_at(at) if name in frozen and recipe.arguments_of(name)]
    source = SourceReader().read(at.file) if at is not None and own else None
    if source is None or source.problem or not _is_own(source, at):
        layers = tuple(replace(layer, trainable=True) for layer in recipe.layers)
        return replace(recipe, model=_learning(recipe.model), layers=layers)
    freed = {inner for name in own for inner in (name, *recipe.names_in(name))}
    for name in own:
        recipe = recipe.with_changed(name, _learning)
    layers = tuple(replace(each, trainable=each.trainable or each.name in freed) for each in recipe.layers)
    return replace(recipe, layers=layers)


def _learning(node: Any) -> Any:
    """A configuration in which everything learns."""
    if isinstance(node, Mapping):
        return {key: True if key == "trainable" else _learning(part) for key, part in node.items()}
    return type(node)(map(_learning, node)) if isinstance(node, (list, tuple)) else node
