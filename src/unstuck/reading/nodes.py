"""What a node of the syntax tree holds, worked out once: walks pass the same nodes again and again."""

from __future__ import annotations

import ast
from functools import lru_cache

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
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return tuple(dict.fromkeys(each.id for each in names if isinstance(each.ctx, ast.Store)))


@lru_cache(_KEPT)
def read(node: ast.AST) -> tuple[str, ...]:
    """The names in an expression, each once; `a.b` is one name."""
    found: dict[str, None] = {}
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        name = dotted(each)
        if name:
            found[name] = None
        else:
            waiting.extend(ast.iter_child_nodes(each))
    return tuple(found)


def dotted(node: ast.AST) -> str:
    """`a.b.c` as text, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
