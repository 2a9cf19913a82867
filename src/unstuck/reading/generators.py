"""Generators that yield the same rows for ever: read off the text of the loop alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

#: Functions that give the same for the same.
_PURE = frozenset(
    {"array", "asarray", "len", "list", "tuple", "slice", "float", "int", "stack", "expand_dims"}
)


def is_endless(node: ast.AST) -> TypeGuard[ast.While]:
    """Whether a node is `while True`."""
    return isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)


def standing_still(loop: ast.While) -> Iterator[ast.Yield]:
    """The yields directly in a `while True` whose value cannot change from round to round.

    One round is gone through; what was assigned in an earlier round is taken to vary.
    """
    varying = {
        each.id for each in ast.walk(loop) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    for statement in loop.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield):
            value = statement.value.value
            taken = value is not None and any(isinstance(each, ast.Subscript) for each in ast.walk(loop))
            if value is not None and taken and not _varies(value, varying):
                yield statement.value
        elif isinstance(statement, ast.Assign):
            changes = _varies(statement.value, varying)
            for target in statement.targets:
                for each in ast.walk(target):
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                        (varying.add if changes else varying.discard)(each.id)
        elif not isinstance(statement, ast.AugAssign):
            return  # anything else (a call, an inner loop, a condition) may change what is read


def _varies(node: ast.AST, varying: set[str]) -> bool:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id in varying:
            return True
        if isinstance(each, ast.Call):
            name = each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
            if name not in _PURE:
                return True
        if isinstance(each, (ast.Await, ast.Yield, ast.YieldFrom)):
            return True
    return False
