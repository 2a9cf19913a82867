"""Statements on the rows of a fit call, put directly before it: FitRows.

An array that the fit call names by a variable of the same function is changed under that name.
Anything else (an expression, an attribute, a variable of an outer scope) is first given a name of
its own, which the call then uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.names import walk
from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression, fresh

_LOOPS = (cst.For, cst.While)
_BARRED = (cst.NamedExpr, cst.Await, cst.Yield)
_TENSORS = re.compile(
    r"^\s*(import|from) (pandas|polars)\b|\b(tf\.constant|convert_to_tensor|tf\.cast)\(", re.M
)


class FitRows:
    """The arrays of one fit call, and the statements to put before it.

    Raises:
        Unplaced: the call, or a line before it for more statements, cannot be placed exactly.
    """

    def __init__(self, source: Source, at: Place | None) -> None:
        self.source = source
        self.call = source.call_at(at, ("fit",))
        self.statement = self._statement()
        self._lines: list[str] = []
        self._edits: list[Edit] = []
        self._taken: tuple[str, ...] = ()
        self._spot = self._hoisted()

    def _statement(self) -> cst.BaseStatement:
        """The statement that holds the call, which must stand on lines of its own."""
        inner: cst.CSTNode = self.call
        for node in self.source.parents(self.call):
            if isinstance(node, (cst.Lambda, cst.BaseComp)):
                raise Unplaced("the fit call stands inside an expression of its own scope")
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                if node.body[0] is not inner:
                    raise Unplaced("the fit call shares its line with other statements")
                if isinstance(node, cst.SimpleStatementLine):
                    return node
            if isinstance(node, cst.BaseCompoundStatement):
                if isinstance(node, _LOOPS) and isinstance(inner, cst.SimpleStatementSuite):
                    return node
                raise Unplaced("no statement can be put directly before the fit call")
            inner = node
        raise Unplaced("no statement holds the fit call")

    def _hoisted(self) -> cst.BaseStatement:
        """The statement to write before: outside every loop that goes over the same rows again."""
        spot: cst.BaseStatement = self.statement
        for node in (self.statement, *self.source.parents(self.statement)):
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                break
            if isinstance(node, _LOOPS):
                if self._makes_anew(node):
                    break
                spot = node
        if isinstance(self.statement, _LOOPS) and self._makes_anew(self.statement):
            raise Unplaced("no statement can be put directly before the fit call")
        return spot

    def _makes_anew(self, loop: cst.CSTNode) -> bool:
        """Whether each pass of a loop may train on other rows: a name is bound, or something called."""
        nodes = [node for each in self._data() for node in walk(each)]
        return any(
            isinstance(node, cst.Call)
            or (isinstance(node, cst.Name) and self._binds(loop, node.value))
            or (
                isinstance(node, cst.Attribute)
                and len(self.source.attributes(node.attr.value, self.source.span(loop))) > 1
            )
            for node in nodes
        )

    def _binds(self, loop: cst.CSTNode, name: str) -> bool:
        return bool(self.source.uses(name, reads=False, within=self.source.span(loop)))

    def _data(self) -> Iterator[cst.BaseExpression]:
        for parameter in ("x", "y", "sample_weight", "validation_data"):
            arg = self.source.argument(self.call, parameter)
            if arg is not None:
                yield arg.value

    def has(self, parameter: str) -> bool:
        """Whether the call gives an argument other than None."""
        arg = self.source.argument(self.call, parameter)
        return arg is not None and self.source.code(arg.value) != "None"

    def all(self, parameter: str, wanted: str) -> list[str]:
        """The names of every array in an argument, which may be a list, tuple or dict of them."""
        if not self.has(parameter):
            return []
        arg = self.source.argument(self.call, parameter)
        assert arg is not None
        return [self._named(leaf, wanted) for leaf in _leaves(arg.value)]

    def one(self, parameter: str, wanted: str) -> str:
        """The name of the one array in an argument.

        Raises:
            Unplaced: there is none, or there are several.
        """
        if not self.has("y"):
            raise Unplaced("the rows reach fit in one object, not as arrays")
        names = self.all(parameter, wanted)
        if len(names) != 1:
            raise Unplaced("there are several arrays, and it is not clear which one to change")
        return names[0]

    @property
    def validation_parts(self) -> int:
        """How many arrays `validation_data` holds as it is written; 0 when it is no tuple."""
        arg = self.source.argument(self.call, "validation_data")
        return (
            len(arg.value.elements) if arg is not None and isinstance(arg.value, (cst.Tuple, cst.List)) else 0
        )

    def validation(self, index: int, wanted: str) -> str | None:
        """The name of the validation inputs (0) or targets (1), None when fit is given none.

        Raises:
            Unplaced: they are not written as a pair of arrays.
        """
        if not self.has("validation_data"):
            return None
        arg = self.source.argument(self.call, "validation_data")
        assert arg is not None
        pair = arg.value
        if not isinstance(pair, (cst.Tuple, cst.List)) or len(pair.elements) <= index:
            raise Unplaced("the validation rows are not given as a pair of arrays here")
        leaves = list(_leaves(pair.elements[index].value))
        if len(leaves) != 1:
            raise Unplaced("there are several validation arrays, and it is not clear which one to change")
        return self._named(leaves[0], wanted)

    def fresh(self, wanted: str) -> str:
        """A name that neither the file nor an earlier line uses."""
        name = fresh(self.source, wanted, self._taken)
        self._taken += (name,)
        return name

    def add(self, line: str) -> None:
        """Write a statement before the call, after those added so far."""
        self._lines.append(line)

    def numpy(self) -> str:
        """How the file calls numpy; imported when it does not yet."""
        name, imports = expression(self.source, "numpy", self.source.span(self._spot)[0])
        self._edits += imports
        return name

    def as_arrays(self, names: Sequence[str], dtype: str = "") -> None:
        """Make numpy arrays of what may be data frames or tensors, which do not index by rows."""
        if _TENSORS.search(self.source.text):
            kind = f', dtype="{dtype}"' if dtype else ""
            numpy = self.numpy()
            for name in dict.fromkeys(names):
                self.add(f"{name} = {numpy}.asarray({name}{kind})")

    def edits(self) -> list[Edit]:
        """The edits: statements before the call, names within it, imports."""
        newline = self.source.newline
        start = self.source.span(self._spot)[0]
        line = self.source.offset(self.source.position(start)[0])
        indent = self.source.data[line:start].decode("utf-8", "surrogatepass")
        if indent.strip():
            raise Unplaced("the fit call shares its line with other statements")
        return [*self._edits, Edit(line, line, "".join(f"{indent}{text}{newline}" for text in self._lines))]

    def _named(self, node: cst.BaseExpression, wanted: str) -> str:
        """The name that holds an array before the call, made by a first line where it has none."""
        if isinstance(node, cst.Name) and self._is_ours(node):
            return node.value
        if any(isinstance(each, _BARRED) for each in walk(node)):
            raise Unplaced("the rows are made by an expression that cannot be moved")
        name = self.fresh(wanted)
        start, end = self.source.span(node)
        code = self.source.code(node)
        self._lines.append(f"{name} = ({code})" if "\n" in code or "\r" in code else f"{name} = {code}")
        self._edits.append(Edit(start, end, name))
        return name

    def _is_ours(self, name: cst.Name) -> bool:
        """Whether the name may be bound anew here: it is local, and each pass of a loop binds it first."""
        scope = self.source.scope(self.statement)
        local = isinstance(scope, cst.Module) or any(
            self.source.scope(bind) is scope
            for bind in self.source.uses(name.value, reads=False, within=self.source.span(scope))
        )
        loops = [
            node for node in self.source.parents(self._spot) if isinstance(node, (*_LOOPS, cst.FunctionDef))
        ]
        inner = loops[0] if loops and isinstance(loops[0], _LOOPS) else None
        return local and (inner is None or self._binds(inner, name.value))


def _leaves(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The arrays of a structure as fit takes it."""
    if isinstance(node, (cst.List, cst.Tuple)):
        for item in node.elements:
            if isinstance(item, cst.StarredElement):
                raise Unplaced("the arrays come from a list that is made elsewhere")
            yield from _leaves(item.value)
    elif isinstance(node, cst.Dict):
        for pair in node.elements:
            if isinstance(pair, cst.StarredDictElement):
                raise Unplaced("the arrays come from a dict that is made elsewhere")
            yield from _leaves(pair.value)
    else:
        yield node
