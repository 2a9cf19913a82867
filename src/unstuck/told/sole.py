"""Whether a fit is the only one that its program makes: what later fits may turn is not told before them."""

from __future__ import annotations

import ast

from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import parsed

#: Calls that train a model.
_TRAINING = frozenset({"fit", "train_on_batch"})

#: What may run its body several times.
_REPEATED = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ListComp,
)


def is_only_fit(place: Place | None) -> bool:
    """Whether the file has one call that trains, this one, and runs it once; False where it is not known."""
    tree = parsed(place.file) if place is not None else None
    if place is None or tree is None:
        return False
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and _trains(each)]
    if len(calls) != 1 or not calls[0].lineno <= place.line <= (calls[0].end_lineno or place.line):
        return False
    around = [each for each in ast.walk(tree) if isinstance(each, _REPEATED)]
    return not any(held is calls[0] for each in around for held in ast.walk(each))


def _trains(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _TRAINING
