"""Which statement of a module names what, found in Python's own tree: only those are read more closely.

An editable tree takes twenty times as long as Python's own, and a change concerns few statements of a file.
"""

from __future__ import annotations

import ast
import bisect
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from unstuck.evidence.syntax import below

#: What the statements are numbered by.
Numbers = set[int]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Piece:
    """Statements of a module that share lines; nearly always it is one. Lines count from 1."""

    nodes: tuple[ast.stmt, ...]
    first_line: int
    last_line: int


def pieces(tree: ast.Module) -> list[Piece]:
    """The statements of a module with their decorators, in their order, those of one line together."""
    found: list[Piece] = []
    for node in tree.body:
        first = min((node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))))
        last = node.end_lineno or node.lineno
        if found and first <= found[-1].last_line:
            before = found.pop()
            found.append(Piece((*before.nodes, node), before.first_line, max(last, before.last_line)))
        else:
            found.append(Piece((node,), first, last))
    return found


class Mentions:
    """The numbers of the pieces that mention a name, by the name.

    `binds` are those that bind it in any scope, `in_module` those that may do so in the scope of the module,
    `reads` those that read it, `attributes` those that have `.name`, `calls` those that call what ends in it.
    `likened` are the names that an import or an assignment makes stand for what ends in a name
    (`D` for "Dense": `from keras.layers import Dense as D`).
    """

    def __init__(self, tree: ast.Module) -> None:
        self.pieces = pieces(tree)
        self.binds: dict[str, Numbers] = {}
        self.in_module: dict[str, Numbers] = {}
        self.reads: dict[str, Numbers] = {}
        self.attributes: dict[str, Numbers] = {}
        self.calls: dict[str, Numbers] = {}
        self.likened: dict[str, set[str]] = {}
        for number, piece in enumerate(self.pieces):
            for node in piece.nodes:
                self._pass(node, number)

    def on(self, first: int, last: int) -> list[int]:
        """The numbers of the pieces that stand on these lines."""
        at = bisect.bisect_left(self.pieces, first, key=lambda piece: piece.last_line)
        found = []
        while at < len(self.pieces) and self.pieces[at].first_line <= last:
            found.append(at)
            at += 1
        return found

    def calling(self, names: Iterable[str]) -> Numbers:
        """The pieces that may call what has one of these last names, under whatever name."""
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.likened.get(name, ())
        return set().union(*(self.calls.get(name, ()) for name in seen))

    def _pass(self, statement: ast.stmt, number: int) -> None:
        own = isinstance(statement, _DEFINITIONS)
        for node in below(statement):
            kind = type(node)
            if kind is ast.Name:
                loads = type(node.ctx) is ast.Load  # type: ignore[attr-defined]
                _put(self.reads if loads else self.binds, node.id, number)  # type: ignore[attr-defined]
                if not loads and not own:
                    _put(self.in_module, node.id, number)  # type: ignore[attr-defined]
            elif kind is ast.Attribute:
                _put(self.attributes, node.attr, number)  # type: ignore[attr-defined]
            elif kind is ast.Call:
                _put(self.calls, _last(node.func), number)  # type: ignore[attr-defined]
            elif kind in _BINDING:
                if isinstance(node, (ast.Assign, ast.AnnAssign)):
                    self._liken(node)
                    continue
                for name in _bound(node):
                    _put(self.binds, name, number)
                    if not own or node is statement:
                        _put(self.in_module, name, number)
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    self._liken_imports(node)

    def _liken(self, node: ast.Assign | ast.AnnAssign) -> None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        last = _last(node.value)
        if last and isinstance(target, ast.Name):
            self.likened.setdefault(last, set()).add(target.id)

    def _liken_imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for each in node.names:
            name = each.asname or each.name.partition(".")[0]
            path = each.name if each.asname or isinstance(node, ast.ImportFrom) else name
            self.likened.setdefault(path.rpartition(".")[2], set()).add(name)


def plain(name: str) -> str:
    """A name as Python's tree has it."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _put(into: dict[str, Numbers], name: str, number: int) -> None:
    held = into.get(name)
    if held is None:
        into[name] = {number}
    else:
        held.add(number)


def _last(node: ast.expr | None) -> str:
    """The last name of a dotted one, "" for another expression."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


#: What binds names beside names that are stored to.
_BINDING = frozenset(
    kind
    for name in (
        *(
            "Assign",
            "AnnAssign",
            "arg",
            "Import",
            "ImportFrom",
            "FunctionDef",
            "AsyncFunctionDef",
            "ClassDef",
        ),
        *("ExceptHandler", "Global", "Nonlocal", "MatchAs", "MatchStar", "MatchMapping"),
        *("TypeVar", "ParamSpec", "TypeVarTuple"),  # from Python 3.12 on
    )
    if (kind := getattr(ast, name, None)) is not None
)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node of these kinds binds itself."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for each in node.names:
            yield each.asname or each.name.partition(".")[0]
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, ast.MatchMapping):
        if node.rest:
            yield node.rest
    elif name := getattr(node, "name", None):
        yield name
