"""The names in a statement, and which of them it binds before it reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from unstuck.evidence.syntax import below

#: What may end a round or a function before the statements that follow.
_LEAVES = (ast.Break, ast.Continue, ast.Return, ast.Raise)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

#: Names that are bound, come what may, before they are read; and the others that occur.
_Order = tuple[set[str], set[str]]


class NamesIn:
    """The names in a statement: `all`, those that it has `bound`, and those that are declared global in it
    or of which it sets a part (`parts_set`). `foreign` are those of the module, of a function without its
    own. `fresh` are bound before they are read: what they held before is of no account. A loop is taken to
    have a round.
    """

    def __init__(self, node: ast.AST) -> None:
        self.all: set[str] = set()
        self.bound: set[str] = set()
        self.foreign: set[str] = set()
        self.parts_set: set[str] = set()
        self.fresh: set[str] = set()
        self._parameters: set[str] = set()
        self._declared: set[str] = set()
        self._leaves = False
        if isinstance(node, ast.ClassDef):
            self._of_class(node)
        elif isinstance(node, ast.stmt):
            self.fresh, _ = self._statement(node)
        else:
            self._read([node])
        own: set[str] = set()
        if isinstance(node, _FUNCTIONS):
            own = (self._parameters | self.bound) - self._declared
            self.parts_set -= own
        self.parts_set |= self._declared
        if not isinstance(node, ast.ClassDef):
            self.foreign = self.all - own

    def _of_class(self, node: ast.ClassDef) -> None:
        """Its methods have names of their own."""
        for each in (*node.body, *node.bases, *node.keywords, *node.decorator_list):
            part = NamesIn(each)
            self.all |= part.all
            self.bound |= part.bound
            self.foreign |= part.foreign
            self.parts_set |= part.parts_set

    def _statements(self, body: Iterable[ast.stmt]) -> _Order:
        found: _Order = set(), set()
        for statement in body:
            left = self._leaves
            fresh, others = self._statement(statement)
            found = _then(found, (set(), fresh | others) if left else (fresh, others))
        return found

    def _statement(self, node: ast.stmt) -> _Order:
        if isinstance(node, ast.Assign):
            return _then(self._read([node.value]), self._bound(node.targets))
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            return _then(self._read([node.annotation, node.value]), self._bound([node.target]))
        if isinstance(node, ast.For):
            head = _then(self._read([node.iter]), self._bound([node.target]))
            return _then(_then(head, self._statements(node.body)), self._read(node.orelse))
        if isinstance(node, ast.With):
            targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
            head = _then(self._read([item.context_expr for item in node.items]), self._bound(targets))
            return _then(head, self._statements(node.body))
        if isinstance(node, ast.If):
            test = self._read([node.test])
            one, other = self._statements(node.body), self._statements(node.orelse)
            either = one[0] & other[0], one[1] | other[1] | (one[0] ^ other[0])
            return _then(test, either)
        return self._read([node])

    def _read(self, nodes: Iterable[ast.AST]) -> _Order:
        """All that occurs below some nodes."""
        occurring: set[str] = set()
        for node in nodes:
            for each in below(node):
                if isinstance(each, ast.Name):
                    occurring.add(each.id)
                    if not isinstance(each.ctx, ast.Load):
                        self.bound.add(each.id)
                elif isinstance(each, ast.arg):
                    self._parameters.add(each.arg)
                elif isinstance(each, (ast.Attribute, ast.Subscript)):
                    if not isinstance(each.ctx, ast.Load):
                        self._set_part(each)
                elif isinstance(each, (ast.Global, ast.Nonlocal)):
                    self._declared.update(each.names)
                elif isinstance(each, _LEAVES):
                    self._leaves = True
        self.all |= occurring
        return set(), occurring

    def _bound(self, targets: Iterable[ast.expr]) -> _Order:
        """What stands on the left of an assignment."""
        names, parts = set(), list[ast.AST]()
        for target in _flat(targets):
            if isinstance(target, ast.Name):
                names.add(target.id)
            else:
                parts.append(target)
        self.all |= names
        self.bound |= names
        _, others = self._read(parts)
        return names - others, others

    def _set_part(self, node: ast.expr) -> None:
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name):
            self.parts_set.add(node.id)


def _then(before: _Order, after: _Order) -> _Order:
    others = before[1] | (after[1] - before[0])
    return before[0] | (after[0] - others), others


def _flat(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            yield from _flat(target.elts)
        else:
            yield target.value if isinstance(target, ast.Starred) else target
