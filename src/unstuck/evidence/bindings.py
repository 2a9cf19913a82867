"""Which names a statement binds, and to what, as it is written. Nothing of it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Where names live.
ScopeNode = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def statements(scope: ScopeNode) -> Iterator[ast.stmt]:
    """The statements of a scope, without those of functions and classes in it."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.stmt):
            yield node
        waiting.extend(
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
        )


def bindings(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a statement binds, each with the expression of its value where one stands there."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _unpacked(target, statement.value)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _unpacked(statement.target, statement.value)
    elif isinstance(statement, (ast.AugAssign, ast.For, ast.AsyncFor)):
        yield from _unpacked(statement.target, None)


def _unpacked(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        yield target.value.id, None  # x[rows] = ...: made there, in part
    elif isinstance(target, (ast.Tuple, ast.List)):
        for index, each in enumerate(target.elts):
            yield from _unpacked(each, _part(value, index, len(target.elts)))


def _part(value: ast.expr | None, index: int, count: int) -> ast.expr | None:
    """What one name of several gets: its element, or of a split the array that it is a part of."""
    if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == count:
        return value.elts[index]
    splits = isinstance(value, ast.Call) and called_name(value) == "train_test_split"
    if isinstance(value, ast.Call) and splits and count == 2 * len(value.args):
        return value.args[index // 2]
    return None


def called_name(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
