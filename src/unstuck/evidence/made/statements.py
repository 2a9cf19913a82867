"""The statements behind a name, for those who look for one that does something to its values."""

from __future__ import annotations

import ast

from unstuck.evidence.bindings import called_name
from unstuck.evidence.made.follower import Chain, Follower
from unstuck.evidence.made.scopes import Spot, calls_in_order, frame_at
from unstuck.evidence.syntax import parsed


def behind(file: str, name: str, line: int | None) -> list[ast.stmt]:
    """The statements that made what a name holds before a line, the last one first, as far back as they go.

    Args:
        file: a part of the program.
        name: a name in it.
        line: None for the end of the file.
    """
    tree = parsed(file)
    if tree is None:
        return []
    inside = (each for each in ast.walk(tree) if getattr(each, "lineno", 0) == line)
    frame = frame_at(file, next(inside, tree))
    asked = ast.Name(name, lineno=line or 0, col_offset=0)
    return _statements(Spot(asked, frame, line)) if frame is not None else []


def behind_argument(file: str, line: int, name: str, key: str | None = None) -> list[ast.stmt]:
    """The statements that made what the call at a line is given under this name, the last one first.

    Where a dict is given, `key` is the entry that is meant.
    """
    tree = parsed(file)
    for call in calls_in_order(tree) if tree is not None else ():
        given = [each.value for each in call.keywords if each.arg == name]
        if given and call.lineno <= line <= (call.end_lineno or call.lineno):
            frame = frame_at(file, call)
            entry = _entry_of(given[0], key)
            return _statements(Spot(entry, frame, call.lineno)) if frame is not None else []
    return []


def _entry_of(value: ast.expr, key: str | None) -> ast.expr:
    """The value under this key of a dict that is written out, else the value itself."""
    if not isinstance(value, ast.Dict):
        return value
    keys = [each.value if isinstance(each, ast.Constant) else None for each in value.keys]
    return value.values[keys.index(key)] if key is not None and key in keys else value


def _statements(spot: Spot) -> list[ast.stmt]:
    chain = next(Follower(through=True).chains(spot), Chain())
    found = (_statement_at(link.place.file, link.place.line) for link in chain.links)
    return [each for each in found if each is not None]


def _statement_at(file: str, line: int) -> ast.stmt | None:
    tree = parsed(file)
    statements = (each for each in ast.walk(tree) if isinstance(each, ast.stmt)) if tree is not None else ()
    return next((each for each in statements if each.lineno == line), None)


def calls_in(statement: ast.stmt) -> set[str]:
    """The last names of the functions that a statement calls."""
    return {called_name(each) for each in ast.walk(statement) if isinstance(each, ast.Call)}
