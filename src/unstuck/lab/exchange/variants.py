"""Small changes of a function of the user's, one line each: what might have been meant."""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from unstuck.evidence.definitions import definition_of, rebuilt

#: Operations without a gradient that is of use: what is inside of them may have been meant to have one.
_STOPS = frozenset({"round", "rint", "floor", "ceil", "sign", "stop_gradient", "argmax", "detach"})

#: Functions that choose between values, either of which may have the wrong sign.
_CHOOSES = frozenset({"where", "maximum", "minimum"})

#: Axes along which rows of one or two axes may have been meant.
_AXES = (0, 1, -1)

_TURNED = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE}
_EXCHANGED = {ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Add: ast.Sub}


@dataclass(frozen=True)
class Variant:
    """A function with one statement changed: the line in its file, that statement as it then reads."""

    function: Callable[..., Any]
    line: int
    reads: str


def variants_of(function: types.FunctionType) -> Iterator[Variant]:
    """All variants of a function whose source can be read; none for a lambda or what is nested in it."""
    defined = definition_of(function)
    if defined is None or not defined.tree.body or not isinstance(defined.tree.body[0], ast.FunctionDef):
        return
    made = defined.tree.body[0]
    made.decorator_list = []
    for number, statement in enumerate(made.body):
        for changed in _changed(statement, set(function.__code__.co_varnames)):
            body = [*made.body[:number], changed, *made.body[number + 1 :]]
            built = rebuilt(function, made, body)
            if built is not None:
                line = getattr(changed, "changed_at", statement.lineno)
                yield Variant(built, defined.first + line - 1, ast.unparse(changed))


def _changed(statement: ast.stmt, loaded: set[str]) -> Iterator[ast.stmt]:
    """The statement with one node of it changed, the smallest changes first; then 1 - a local name for it."""
    nodes = [each for each in ast.walk(statement) if isinstance(each, ast.expr)]
    for index, node in reversed(list(enumerate(nodes))):
        for change in _changes(node):
            twin = copy.deepcopy(statement)
            target = [each for each in ast.walk(twin) if isinstance(each, ast.expr)][index]
            changed = _replaced(twin, target, change(target))
            changed.changed_at = node.lineno  # type: ignore[attr-defined]
            yield ast.fix_missing_locations(changed)
    called = {id(part) for each in nodes if isinstance(each, ast.Call) for part in ast.walk(each.func)}
    names = {each.id for each in nodes if isinstance(each, ast.Name) and id(each) not in called}
    for name in sorted(names & loaded):
        twin = _Opposed(name).visit(copy.deepcopy(statement))
        yield ast.fix_missing_locations(twin)


def _changes(node: ast.expr) -> Iterator[Callable[[Any], ast.expr]]:
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Sub):
            yield lambda it: ast.BinOp(it.right, ast.Sub(), it.left)
        if isinstance(node.op, ast.Pow):
            yield lambda it: ast.BinOp(it.left, ast.Pow(), ast.UnaryOp(ast.USub(), it.right))
        other = _EXCHANGED.get(type(node.op))
        if other is not None:
            yield lambda it: ast.BinOp(it.left, other(), it.right)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        yield lambda it: ast.Compare(it.left, [_TURNED[type(it.ops[0])]()], it.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda it: it.operand
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in _STOPS and isinstance(node.func, ast.Attribute):
            yield lambda it: it.args[0] if it.args else it.func.value
        if name in _CHOOSES:
            for place in range(len(node.args)):
                yield partial(_negated_argument, place=place)
        for place, keyword in enumerate(node.keywords):
            for axis in _AXES if keyword.arg == "axis" else ():
                if ast.unparse(keyword.value) != str(axis):
                    yield partial(_along, place=place, axis=axis)
        yield lambda it: ast.UnaryOp(ast.USub(), it)


def _along(call: ast.Call, place: int, axis: int) -> ast.expr:
    call.keywords[place].value = ast.parse(str(axis), mode="eval").body
    return call


def _negated_argument(call: ast.Call, place: int) -> ast.expr:
    call.args[place] = ast.UnaryOp(ast.USub(), call.args[place])
    return call


class _Opposed(ast.NodeTransformer):
    """1 minus a name, wherever the statement reads it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id != self.name or not isinstance(node.ctx, ast.Load):
            return node
        return ast.BinOp(ast.Constant(1), ast.Sub(), node)


def _replaced(tree: ast.stmt, old: ast.expr, new: ast.expr) -> ast.stmt:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return new if node is old else self.generic_visit(node)

    changed: ast.stmt = _Plain().visit(Replace().visit(tree))
    return changed


class _Plain(ast.NodeTransformer):
    """Two signs that undo each other left out."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        inner = node.operand
        if not isinstance(node.op, ast.USub) or not isinstance(inner, ast.UnaryOp):
            return node
        return inner.operand if isinstance(inner.op, ast.USub) else node
