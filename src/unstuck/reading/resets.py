"""Steps of training that add up torch's gradients: read off the text alone."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TypeGuard

#: What may take a gradient away, or make it small, by name. `setattr` may set any attribute.
_RESETS = frozenset(
    {"zero_grad", "zero_", "fill_", "copy_", "mul_", "_foreach_zero_", "_foreach_mul_", "setattr"}
)


def is_own_step(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """Whether a node defines the step that fit calls."""
    return isinstance(node, ast.FunctionDef) and node.name == "train_step"


def sets_gradient(node: ast.AST) -> bool:
    """Whether a node gives a gradient another value, or deletes it."""
    return isinstance(node, ast.Attribute) and node.attr == "grad" and not isinstance(node.ctx, ast.Load)


def resets(names: Collection[str]) -> bool:
    """Whether one of the names that a file reads is that of something that may reset a gradient."""
    return not _RESETS.isdisjoint(names)


def backward_in(step: ast.FunctionDef) -> ast.Call | None:
    """The first `backward()` of a step that applies gradients itself and does not call Keras's step."""
    calls = [
        each for each in ast.walk(step) if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    ]
    named: dict[str, ast.Call] = {}
    for each in calls:
        assert isinstance(each.func, ast.Attribute)
        named.setdefault(each.func.attr, each)
    if "train_step" in named or not {"apply", "apply_gradients", "step"} & named.keys():
        return None
    return named.get("backward")
