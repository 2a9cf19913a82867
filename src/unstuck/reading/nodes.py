"""What a node of the syntax tree holds, worked out once: walks pass the same nodes again and again."""

from __future__ import annotations

import ast
from functools import lru_cache

from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import below

#: Nodes whose contents are kept; a program of 1,000 lines has about 10,000, of which few are asked for.
_KEPT = 8192


@lru_cache(_KEPT)
def text(node: ast.AST) -> str:
    """A node's text, as Python would write it; "" where that cannot be written."""
    try:
        return ast.unparse(node)
    except (ValueError, RecursionError):
        return ""


@lru_cache(_KEPT)
def stored(node: ast.AST) -> tuple[str, ...]:
    """The names that are bound anywhere in a node, each once."""
    names = (each for each in below(node) if isinstance(each, ast.Name))
    return tuple(dict.fromkeys(each.id for each in names if isinstance(each.ctx, ast.Store)))


@lru_cache(_KEPT)
def place(node: ast.AST, file: str, shared: bool) -> Place:
    """Where a node of a file stands."""
    return Place(
        file=file,
        line=node.lineno,  # type: ignore[attr-defined]
        column=node.col_offset,  # type: ignore[attr-defined]
        end_line=node.end_lineno,  # type: ignore[attr-defined]
        end_column=node.end_col_offset,  # type: ignore[attr-defined]
        shared=shared,
    )
