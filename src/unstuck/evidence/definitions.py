"""The text of a function or class of the user's as a tree, and functions made of it. Nothing of it runs."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from unstuck.evidence.facts import Place
from unstuck.watch.places import is_library


@dataclass(frozen=True)
class Definition:
    """A definition as it is written: its tree, whose lines count from `first` in its file."""

    tree: ast.Module
    first: int

    def line_of(self, matches: Callable[[ast.AST], bool]) -> int | None:
        """The line in the file of the first node that matches, None for none."""
        lines = (getattr(node, "lineno", None) for node in ast.walk(self.tree) if matches(node))
        line = next(lines, None)
        return None if line is None else self.first + line - 1


def definition_of(thing: Any) -> Definition | None:
    """The definition of a function or class; None where its text cannot be had."""
    try:
        lines, first = inspect.getsourcelines(thing)
        return Definition(ast.parse(textwrap.dedent("".join(lines))), first)
    except (OSError, TypeError, SyntaxError):
        return None


def line_in_classes(classes: Iterable[type], matches: Callable[[ast.AST], bool]) -> Place | None:
    """The first matching line of the first class of the user's that has one, None for none."""
    for cls in classes:
        defined = definition_of(cls)
        file = inspect.getsourcefile(cls) if defined is not None else None
        if defined is None or file is None or is_library(file):
            continue
        line = defined.line_of(matches)
        if line is not None:
            return Place(file=file, line=line)
    return None


def rebuilt(function: types.FunctionType, made: ast.FunctionDef, body: list[ast.stmt]) -> Any:
    """The function with another body, over the same names; None where it does not compile."""
    free = function.__code__.co_freevars
    inner = copy.deepcopy(made)
    inner.body, inner.name = body, "variant"
    inner.args.defaults = [ast.Constant(None) for _ in inner.args.defaults]
    inner.args.kw_defaults = [None if each is None else ast.Constant(None) for each in inner.args.kw_defaults]
    outer = ast.parse(f"def outer({', '.join(free)}):\n    pass").body[0]
    assert isinstance(outer, ast.FunctionDef)
    outer.body = [inner]
    try:
        code = compile(ast.fix_missing_locations(ast.Module([outer], [])), "<variant>", "exec")
    except (SyntaxError, ValueError):
        return None
    whole = next(each for each in code.co_consts if isinstance(each, types.CodeType))
    own = next(each for each in whole.co_consts if isinstance(each, types.CodeType))
    if not set(own.co_freevars) <= set(free):
        return None
    cells = dict(zip(free, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in own.co_freevars)
    built = types.FunctionType(own, function.__globals__, function.__name__, function.__defaults__, closure)
    built.__kwdefaults__ = function.__kwdefaults__
    return built
