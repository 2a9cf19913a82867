"""One pass over an editable tree: its calls, the names it binds and reads, and what they stand for.

libcst has providers for parents, contexts and scopes; together they take twenty times as long as
this pass, a second for a thousand lines, and the report should not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import libcst as cst

_NEST = (cst.Element, cst.StarredElement, cst.Tuple, cst.List)
_SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.BaseComp, cst.Module)
_BY_TARGET = (cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor)
_BY_NAME = (cst.Param, cst.FunctionDef, cst.ClassDef, cst.MatchAs, cst.MatchStar, cst.TypeAlias)
_ALWAYS = (cst.AssignTarget, cst.AsName, cst.NameItem, cst.Del, cst.TypeVar, cst.ParamSpec)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes with a meaning."""
    return tuple(
        name
        for name in getattr(kind, "__dataclass_fields__", ())
        if name not in ("lpar", "rpar") and "whitespace" not in name
    )


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes directly inside a node, spaces and parentheses aside."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (each for each in value if isinstance(each, cst.CSTNode))


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all nodes inside it."""
    yield node
    for child in children(node):
        yield from walk(child)


class Names:
    """The index of the pieces of one module that were read so far.

    `module` stands around them all. `reads` and `binds` are the places of each variable's name, `attributes`
    those of `.name`; `values` the values of plain assignments; `imports` what an imported name stands for, by
    its place.
    """

    def __init__(self, module: cst.Module) -> None:
        self.module = module
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.reads: dict[str, list[cst.Name]] = {}
        self.binds: dict[str, list[cst.Name]] = {}
        self.attributes: dict[str, list[cst.Name]] = {}
        self.values: dict[str, list[cst.BaseExpression]] = {}
        self.imports: dict[cst.Name, str] = {}

    def add(self, piece: cst.Module) -> list[cst.Call]:
        """Go through one more piece of the module; its calls."""
        calls: list[cst.Call] = []
        found: list[cst.Name] = []
        waiting: list[cst.CSTNode] = [piece]
        while waiting:
            node = waiting.pop()
            if isinstance(node, cst.Name):
                found.append(node)
            elif isinstance(node, cst.Call):
                calls.append(node)
            elif isinstance(node, (cst.Assign, cst.AnnAssign)):
                self._keep_value(node)
            elif isinstance(node, (cst.Import, cst.ImportFrom)):
                self._keep_imports(node)
            around = self.module if node is piece else node
            for child in children(node):
                self.parents[child] = around
                waiting.append(child)
        for name in found:
            self._sort_in(name)
        return calls

    def _keep_value(self, node: cst.Assign | cst.AnnAssign) -> None:
        targets = [each.target for each in node.targets] if isinstance(node, cst.Assign) else [node.target]
        if len(targets) == 1 and isinstance(targets[0], cst.Name) and node.value is not None:
            self.values.setdefault(targets[0].value, []).append(node.value)

    def _keep_imports(self, node: cst.Import | cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        module = [*_path(node.module), ""] if isinstance(node, cst.ImportFrom) and node.module else [""]
        for alias in node.names:
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                self.imports[alias.asname.name] = ".".join(module) + ".".join(_path(alias.name))
            else:
                first = _first(alias.name)
                self.imports[first] = ".".join(module) + first.value

    def _sort_in(self, name: cst.Name) -> None:
        above = self.parents[name]
        if isinstance(above, cst.Attribute) and above.attr is name:
            self.attributes.setdefault(name.value, []).append(name)
        elif not (isinstance(above, cst.Arg) and above.keyword is name):
            kind = self._kind(name)
            if kind is not None:
                kind.setdefault(name.value, []).append(name)

    def _kind(self, name: cst.Name) -> dict[str, list[cst.Name]] | None:
        """Whether the name is bound or read here; None within an import that binds another name."""
        if name in self.imports:
            return self.binds
        node: cst.CSTNode = name
        above = self.parents[name]
        while isinstance(above, _NEST):
            node, above = above, self.parents[above]
        if isinstance(above, cst.Attribute):
            outer = above
            while isinstance(outer, cst.Attribute):
                outer = self.parents[outer]  # type: ignore[assignment]
            return None if isinstance(outer, (cst.ImportAlias, cst.ImportFrom)) else self.reads
        if isinstance(above, (cst.ImportAlias, cst.ImportFrom)):
            return None
        bound = (
            isinstance(above, _ALWAYS)
            or (isinstance(above, _BY_TARGET) and above.target is node)
            or (isinstance(above, _BY_NAME) and above.name is node)
            or (isinstance(above, cst.MatchMapping) and above.rest is node)
        )
        return self.binds if bound else self.reads

    def scope(self, node: cst.CSTNode) -> cst.CSTNode:
        """The function, class, comprehension or module whose names a node binds and reads first."""
        inner, above = node, self.parents.get(node, self.module)
        named = isinstance(above, (cst.FunctionDef, cst.ClassDef)) and above.name is inner
        while named or not isinstance(above, _SCOPES):
            named, above = False, self.parents.get(above, self.module)
        return above

    def seen(self, name: cst.Name) -> list[cst.Name]:
        """Where the variable that a name reads is bound, by Python's rules of scope."""
        binds = self.binds.get(name.value, [])
        scope = self.scope(name)
        while True:
            here = [bind for bind in binds if self.scope(bind) is scope]
            if here or isinstance(scope, cst.Module):
                return here
            scope = self.scope(scope)
            while isinstance(scope, cst.ClassDef):
                scope = self.scope(scope)


def _first(path: cst.BaseExpression) -> cst.Name:
    while isinstance(path, cst.Attribute):
        path = path.value
    assert isinstance(path, cst.Name)
    return path


def _path(path: cst.BaseExpression) -> list[str]:
    """The parts of a dotted name."""
    parts: list[str] = []
    while isinstance(path, cst.Attribute):
        parts.append(path.attr.value)
        path = path.value
    assert isinstance(path, cst.Name)
    return [path.value, *reversed(parts)]
