"""The constant behind what a call is given: a default, an entry or an attribute elsewhere in the file."""

from __future__ import annotations

import ast
from itertools import islice

import libcst as cst

from unstuck.evidence.made.follower import Chain, Follower
from unstuck.evidence.made.scopes import Spot, frame_in
from unstuck.evidence.source import Source
from unstuck.evidence.syntax import UNREADABLE, tree_of


def constant_behind(source: Source, node: cst.BaseExpression) -> tuple[int, int] | None:
    """The offsets of the number or text that an expression stands for, where it serves this use alone.

    A parameter's default, an argument of the only call, an entry of a dictionary, a field of a class: it must
    be the only one that it can be, stand in this file, and be read once under each of its names; else None.
    """
    if not isinstance(node, (cst.Name, cst.Attribute, cst.Subscript)):
        return None
    try:
        tree = tree_of(source.text)
    except UNREADABLE:
        return None
    start, end = source.span(node)
    expression = next((each for each in _read(tree) if _span(source, each) == (start, end)), None)
    if expression is None:
        return None
    spot = Spot(expression, frame_in(source.file, tree, expression), expression.lineno)
    ways = list(islice(Follower().chains(spot), 2))
    if len(ways) != 1 or not ways[0].sure:
        return None
    written = _written(ways[0], source, tree)
    if written is None or any(_reads(tree, name) > 1 for name in _names(expression, ways[0])):
        return None
    return _span(source, written)


def _read(tree: ast.Module) -> list[ast.expr]:
    """What is read by a name, an attribute or an index."""
    kinds = (ast.Name, ast.Attribute, ast.Subscript)
    return [each for each in ast.walk(tree) if isinstance(each, kinds) and isinstance(each.ctx, ast.Load)]


def _span(source: Source, node: ast.expr) -> tuple[int, int]:
    last = node.end_lineno or node.lineno, node.end_col_offset or 0
    return source.offset(node.lineno, node.col_offset), source.offset(*last)


def _written(way: Chain, source: Source, tree: ast.Module) -> ast.Constant | None:
    """The number or text that a way back ends in, where that stands in this very text."""
    end = way.end
    if end is None or end.path or end.frame.tree is not tree or end.frame.file != source.file:
        return None
    value = end.expression
    plain = isinstance(value, ast.Constant) and isinstance(value.value, (int, float, str))
    return value if plain and isinstance(value, ast.Constant) else None


def _names(expression: ast.expr, way: Chain) -> set[str]:
    """The names under which the value is read on its way."""
    spelled = {ast.unparse(expression), *(link.name for link in way.links)}
    return {name.strip("'\"[]() ").rpartition(".")[2].rpartition("[")[2].strip("'\"") for name in spelled}


def _reads(tree: ast.Module, name: str) -> int:
    """How often a name, an attribute or a key of that name is read."""
    read = _read(tree)
    named = sum(isinstance(each, ast.Name) and each.id == name for each in read)
    held = sum(isinstance(each, ast.Attribute) and each.attr == name for each in read)
    keyed = sum(
        isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Constant) and each.slice.value == name
        for each in read
    )
    return named + held + keyed
