"""The line before the fits at which their model is made: the call of the function that builds it."""

from __future__ import annotations

import ast
from dataclasses import replace

from unstuck.evidence.bindings import called_name
from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import parsed

#: Functions that hand the model on, from the one that builds it to the one that has it made.
_MOST_STEPS = 4

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def made_before(made: Place | None, fit: Place) -> Place | None:
    """The line that has the model made, seen from where it is fitted; None where that is not known.

    Args:
        made: where the model's class is called.
        fit: where it is fitted.
    """
    tree = parsed(made.file) if made is not None else None
    place = made
    for _ in range(_MOST_STEPS):
        if tree is None or place is None:
            return place
        builder = _function_at(tree, place.line)
        holds_fit = place.file == fit.file and builder is not None and _within(builder, fit.line)
        if builder is None or holds_fit or builder.name == "__init__":
            return place
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and called_name(node).rpartition(".")[2] == builder.name
        ]
        if len(calls) != 1:  # made in several places, or in another file: what builds it is what is known
            return place
        place = replace(
            place, line=calls[0].lineno, end_line=calls[0].end_lineno, column=None, end_column=None
        )
    return place


def _function_at(tree: ast.Module, line: int) -> _Function | None:
    """The innermost function around a line."""
    around = [node for node in ast.walk(tree) if isinstance(node, _Function) and _within(node, line)]
    return max(around, key=lambda node: node.lineno, default=None)


def _within(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
