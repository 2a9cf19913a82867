"""Conditions of which no side does anything that a training could notice: a best score kept and printed."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from unstuck.evidence.syntax import below

#: Expressions that call nothing: what they stand for is worked out, and nothing else comes of them.
_CALL_NOTHING = (
    *(ast.BinOp, ast.BoolOp, ast.Compare, ast.Constant, ast.FormattedValue, ast.JoinedStr, ast.List),
    *(ast.Name, ast.Slice, ast.Subscript, ast.Tuple, ast.UnaryOp),
)

#: A condition's test, and the statements of its two sides.
Sides = tuple[ast.expr, Sequence[ast.AST], Sequence[ast.AST]]


def inert(
    met: Mapping[str, Collection[Sides]], loads: Mapping[str, int], printed: Iterable[ast.AST]
) -> set[str]:
    """The conditions, by their text, that may be taken either way alike.

    Their sides only print, and bind names that are read nowhere but in what is printed and in conditions of
    this kind.

    Args:
        met: of each condition all places at which it was met; none where one of them is unknown.
        loads: how often each name of the file is read, or more.
        printed: the statements of the file that print without calling anything else.
    """
    aside = Counter(_names(printed))
    found = {text for text, places in met.items() if places and all(map(_is_quiet, places))}
    while True:
        sides = [each for text in found for each in met[text]]
        nodes = (node for test, body, orelse in sides for node in (*_plain(test), *body, *orelse))
        within = aside + Counter(_names(each for each in nodes if not prints(each)))
        kept = {
            text for text in found if all(within[name] >= loads.get(name, 0) for name in _bound(met[text]))
        }
        if kept == found:
            return found
        found = kept


def _is_quiet(sides: Sides) -> bool:
    _, body, orelse = sides
    quiet = (isinstance(each, ast.Pass) or prints(each) or _binds(each) for each in (*body, *orelse))
    return bool(body) and all(quiet)


def prints(node: ast.AST) -> bool:
    """Whether a statement prints something that it calls nothing for."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "print":
        return False
    return all(map(_calls_nothing, (*call.args, *(each.value for each in call.keywords))))


def _binds(node: ast.AST) -> bool:
    """Whether a statement binds names to what it calls nothing for."""
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Assign) or not _calls_nothing(node.value):
        return False
    targets = (each for target in node.targets for each in _expressions(target))
    return all(isinstance(each, (ast.Name, ast.Tuple)) for each in targets)


def _calls_nothing(node: ast.AST) -> bool:
    return all(isinstance(each, _CALL_NOTHING) for each in _expressions(node))


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    return (each for each in below(node) if isinstance(each, (ast.expr, ast.comprehension, ast.keyword)))


def _plain(test: ast.expr) -> tuple[ast.expr, ...]:
    return (test,) if _calls_nothing(test) else ()


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that are read in some nodes, each as often as it is."""
    read = (each for node in nodes for each in below(node) if isinstance(each, ast.Name))
    return (each.id for each in read if isinstance(each.ctx, ast.Load))


def _bound(places: Iterable[Sides]) -> set[str]:
    nodes = (each for _, body, orelse in places for side in (*body, *orelse) for each in below(side))
    return {each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
