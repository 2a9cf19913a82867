"""What a node of the syntax tree holds, worked out once: walks pass the same nodes again and again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from unstuck.evidence.facts import Place

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


def below(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it in the order of ast.walk, in half its time: what names hold is left out."""
    waiting = [node]
    for each in waiting:
        yield each
        if isinstance(each, (ast.Name, ast.Constant)):
            continue
        for field in each._fields:
            held = getattr(each, field, None)
            if isinstance(held, list):
                waiting.extend([one for one in held if isinstance(one, ast.AST)])
            elif isinstance(held, ast.AST):
                waiting.append(held)
