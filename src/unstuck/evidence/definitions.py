"""The text of a function or class of the user's as a tree. Nothing of it runs."""

from __future__ import annotations

import ast
import inspect
import textwrap
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
