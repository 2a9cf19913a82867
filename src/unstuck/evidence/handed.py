"""Where the inputs of fit were made last: the statement that binds them, or a method that gives them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from unstuck.evidence.bindings import ScopeNode, bindings, statements
from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import parsed
from unstuck.watch.namespace import held_by_name
from unstuck.watch.observation import Observation
from unstuck.watch.places import defined_at

#: Keys that one number for all of them leaves nothing of.
_MANY = 8


def handed_at(seen: Observation, names: Mapping[str, Any], file: str, mapping: str = "") -> Place | None:
    """The line that last made the inputs of fit; the fit call where that cannot be told.

    Args:
        seen: the fit.
        names: what the program holds by name there.
        file: that part of the program.
        mapping: a dict in it that leads many keys to one number, "" for none.
    """
    given = seen.arguments.get("x")
    for method in ("__getitem__", "__iter__"):
        own = getattr(type(given), method, None)
        place = defined_at(own) if own is not None and hasattr(own, "__code__") else None
        if place is not None:
            return place
    name = mapping or name_of(given, names)
    line = _last_bound(file, name, seen.place.line if seen.place is not None else None) if name else None
    return Place(file=file, line=line) if line is not None else seen.place


def judging_labels_at(seen: Observation) -> Place | None:
    """The line that last made the labels of `validation_data`; None where that cannot be told."""
    given = seen.arguments.get("validation_data")
    if not isinstance(given, (tuple, list)) or len(given) < 2 or seen.place is None:
        return None
    names, file = held_by_name()
    name = name_of(given[1], names)
    line = _last_bound(file, name, seen.place.line) if name else None
    return Place(file=file, line=line) if line is not None else None


def one_for_all(names: Mapping[str, Any]) -> str:
    """The name of a dict that gives many keys one and the same whole number; "" for none."""
    for name, held in names.items():
        numbers = list(held.values()) if type(held) is dict else []
        if len(numbers) >= _MANY and all(type(each) is int and each == numbers[0] for each in numbers):
            return name
    return ""


def name_of(given: Any, names: Mapping[str, Any]) -> str:
    """The name under which an array is held, or the one that it is a part of; "" for none."""
    if not isinstance(given, np.ndarray):
        return ""
    for name, held in names.items():
        if held is given:
            return name
    for name, held in names.items():
        if isinstance(held, np.ndarray) and np.may_share_memory(held, given):
            return name
    return ""


def _last_bound(file: str, name: str, before: int | None) -> int | None:
    """The last line before the fit that binds a name, or changes what it holds."""
    return last_line(file, before, lambda each: any(bound == name for bound, _ in bindings(each)))


def last_line(file: str, before: int | None, wanted: Callable[[ast.stmt], bool]) -> int | None:
    """The last line before the fit with such a statement, in any scope of the file; None for none."""
    tree = parsed(file)
    if tree is None:
        return None
    scopes = [node for node in ast.walk(tree) if isinstance(node, ScopeNode)]
    lines = [
        statement.lineno
        for scope in scopes
        for statement in statements(scope)
        if (before is None or statement.lineno < before) and wanted(statement)
    ]
    return max(lines, default=None)
