"""Arithmetic on Values: numbers are computed, arrays remember what was done to them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from unstuck.evidence.facts import Operation, Place
from unstuck.reading.values import UNSURE, Items, Known, Tensor, Unread, number, plain

#: A power or a product beyond this is not computed: the text could ask for a number that fills memory.
LARGEST = 1e12

#: A whole number beyond this is no float.
LARGEST_NUMBER = 10**300

#: A longer list or text is not put together: a few lines could ask for one that fills memory.
LONGEST = 10_000

_NUMBERS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}

STEPS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.FloorDiv: "floor-divide",
    ast.Mod: "modulo",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
}

_COMPARES: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def combine(kind: ast.operator, left: Any, right: Any, place: Place | None) -> Any:
    """What an operator between two Values gives."""
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return _computed(kind, one, other)
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        inputs = tuple(each for each in (left, right) if isinstance(each, Tensor))
        return Tensor(_TENSOR_NAMES.get(type(kind), "Operation"), inputs, place)
    if isinstance(left, Items) and isinstance(right, Items) and isinstance(kind, ast.Add):
        if len(left.members) + len(right.members) > LONGEST:
            return Items(open=True)
        return Items([*left.members, *right.members], open=left.open or right.open)
    if isinstance(left, Items) and isinstance(kind, ast.Mult) and other is not None:
        many = 0 <= other * len(left.members) <= 10_000
        return Items(left.members * int(other), open=left.open) if many else Items(left.members, open=True)
    if isinstance(kind, ast.Add) and isinstance(plain(left), str) and isinstance(plain(right), str):
        text = plain(left) + plain(right) if len(plain(left)) + len(plain(right)) <= LONGEST else None
        return Unread() if text is None else Known(text)
    step = STEPS.get(type(kind))
    if isinstance(left, Unread):
        return left.then(Operation(kind=step, value=other, place=place)) if step else left
    if isinstance(right, Unread):
        return right.then(Operation(kind=f"{step}-to", value=one, place=place)) if step else right
    return Unread()


_TENSOR_NAMES = {
    ast.Add: "Add",
    ast.Sub: "Subtract",
    ast.Mult: "Multiply",
    ast.Div: "TrueDivide",
    ast.MatMult: "Matmul",
}


def _computed(kind: ast.operator, one: float, other: float) -> Any:
    function = _NUMBERS.get(type(kind))
    risky = isinstance(kind, ast.Pow) and (abs(one) > LARGEST or abs(other) > 64)
    if function is None or risky or max(abs(one), abs(other)) > LARGEST:
        return Unread()
    try:
        found = function(one, other)
    except (ArithmeticError, ValueError):
        return Unread()
    return Known(found) if isinstance(found, (int, float)) else Unread()


def negated(kind: ast.unaryop, value: Any, place: Place | None) -> Any:
    """What -x, +x, not x and ~x give."""
    found = plain(value)
    if isinstance(kind, ast.Not):
        return Unread() if found is UNSURE else Known(not found)
    if isinstance(found, (int, float)) and isinstance(kind, (ast.USub, ast.UAdd)):
        return Known(-found if isinstance(kind, ast.USub) else +found)
    if isinstance(value, Tensor):
        return Tensor("Negative", (value,), place)
    return value.then(Operation(kind="negate", place=place)) if isinstance(value, Unread) else Unread()


def compared(node: ast.Compare, values: list[Any], place: Place | None) -> Any:
    """What a comparison gives: True or False where both sides are known, an array of them for an array."""
    known = [plain(each) for each in values]
    if len(node.ops) == 1 and UNSURE not in known and not any(each is UNSURE for each in known):
        return _decided(node.ops[0], known[0], known[1])
    first = values[0]
    if isinstance(first, Unread) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARES:
        bound = number(values[1])
        return first.then(Operation(kind="compare", value=bound, place=place))
    return Unread()


def _decided(kind: ast.cmpop, one: Any, other: Any) -> Any:
    try:
        if isinstance(kind, (ast.Is, ast.IsNot)):
            same = one is other or (one == other and other in (None, True, False))
            return Known(same is isinstance(kind, ast.Is))
        if isinstance(kind, (ast.In, ast.NotIn)):
            return Known((one in other) is isinstance(kind, ast.In))
        return Known(bool(_COMPARES[type(kind)](one, other)))
    except (TypeError, KeyError):
        return Unread()
