"""lower-penalty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import follow, number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy

#: How much smaller the penalty becomes where no value is asked for: .01 becomes .0001.
_STEP = 100.0
#: What Keras takes for "l1" and "l2".
_DEFAULT = 0.01
_NAMED = {"l1": "L1", "l2": "L2", "l1_l2": "L1L2", "L1": "L1", "L2": "L2", "L1L2": "L1L2"}


def _says(values: Values) -> str:
    penalty = values.get("penalty")
    return (
        f"Lower the weight penalty to {penalty:g}." if penalty else "Lower the weight penalty a hundredfold."
    )


@remedy("lower-penalty", where="the layer's regulariser", says=_says)
def lower_penalty(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Punish large weights less.

    What it changes: the factors of the layer's L1 and L2 regularisers, to the value asked for or
    to a hundredth.
    When it helps: the penalty outweighs the loss, so that training shrinks the weights to zero
    instead of fitting the rows.
    """
    call = source.call_at(at, None)
    edits = [edit for arg in call.args for edit in _lowered(source, arg, values.get("penalty"))]
    if not edits:
        raise Unplaced("no regulariser with a factor of its own stands in this call")
    return edits


def _lowered(source: Source, arg: cst.Arg, penalty: float | None) -> Iterator[Edit]:
    if arg.keyword is None or not arg.keyword.value.endswith("_regularizer"):
        return
    known, name = source.literal(arg.value)
    made = follow(source, arg.value)
    if known and name in _NAMED:
        factor = penalty or _DEFAULT / _STEP
        call, imports = expression(source, f"keras.regularizers.{_NAMED[name]}", source.span(arg)[0])
        yield from imports
        both = f"l1={number(factor)}, l2={number(factor)}"
        yield Edit(*source.span(arg.value), f"{call}({both if _NAMED[name] == 'L1L2' else number(factor)})")
    elif isinstance(made, cst.Call):
        yield from _factors(source, made, penalty)


def _factors(source: Source, call: cst.Call, penalty: float | None) -> Iterator[Edit]:
    for factor in call.args:
        known, value = source.literal(factor.value)
        if known and isinstance(value, (int, float)) and value:
            yield Edit(*source.span(follow(source, factor.value)), number(penalty or float(value) / _STEP))


@lower_penalty.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    punished = {
        each.name: _lower(recipe.arguments_of(each.name), values.get("penalty")) for each in recipe.layers
    }
    found = [name for name, arguments in punished.items() if arguments]
    names = [name for name in recipe.layers_at(at) if name in found] or (found if len(found) == 1 else [])
    if not names:
        raise UntreatableError("no layer with a penalty was seen to be made there")
    for name in names:
        recipe = recipe.with_layers([name], **punished[name])
    return recipe


def _lower(arguments: Values, penalty: float | None) -> dict[str, Any]:
    """A layer's regularisers with smaller factors."""
    lowered: dict[str, Any] = {}
    for name, spec in arguments.items():
        if not name.endswith("_regularizer") or not isinstance(spec, Mapping):
            continue
        factors = {
            key: value for key, value in spec["config"].items() if type(value) in (int, float) and value
        }
        config = {key: float(number(penalty or value / _STEP)) for key, value in factors.items()}
        lowered |= {name: {**spec, "config": {**spec["config"], **config}}} if config else {}
    return lowered
