"""One parsed file of the user's code: Source.

Offsets are bytes of the UTF-8 text, which is what Python's own positions count.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

import libcst as cst
from libcst import metadata

from unstuck.evidence.facts import Place
from unstuck.evidence.long_data import without_data
from unstuck.evidence.names import Names
from unstuck.evidence.signatures import PARAMETERS, SYNONYMS
from unstuck.watch.muting import muted

_KERAS_ROOTS = ("tensorflow.keras", "tensorflow.python.keras", "tf_keras", "keras.api", "keras.src")

#: Characters that are no spaces in the largest program that is edited: about 10,000 lines, of which an
#: editable tree takes ten seconds and 400 MB.
LONGEST_EDITED = 300_000

_REPEATS = (cst.For, cst.While, cst.CompFor)


class Unplaced(Exception):
    """Something that cannot be placed in the source exactly. The text says why, as a clause."""


def _is_exact(place: Place) -> bool:
    """Whether a place says where its expression begins and ends."""
    return place.column is not None and place.end_line is not None and place.end_column is not None


class Source:
    """One file of the user's code. Nothing here raises but `call_at` and what says so.

    `text` is without a byte order mark (`bom` holds it). `problem` says, as a clause, why the text
    cannot be understood or edited; it is "" when all is well.
    """

    def __init__(
        self, file: str, text: str, *, problem: str = "", bom: str = "", ascii_only: bool = False
    ) -> None:
        self.file = file
        self.text = text
        self.bom = bom
        self.ascii_only = ascii_only
        self.data = text.encode("utf-8", "surrogatepass")
        self._unreadable = problem

    @cached_property
    def _parsed(self) -> tuple[metadata.MetadataWrapper | None, str]:
        if not self.text:
            return None, self._unreadable or "the file is empty"
        try:
            text = without_data(self.text, self._syntax())
            if len(text) - text.count(" ") > LONGEST_EDITED:
                return None, self._unreadable or "the file is too long for an edit to be worked out"
            tree = cst.parse_module(text)
        except SyntaxError as error:
            return None, self._unreadable or f"the file is no valid Python (line {error.lineno})"
        except (cst.ParserSyntaxError, ValueError, RecursionError, MemoryError, UnicodeError):
            return None, self._unreadable or "the file cannot be parsed"
        if tree.code != text:
            return None, "the file cannot be parsed without changing it"
        return metadata.MetadataWrapper(tree, unsafe_skip_copy=True), self._unreadable

    def _syntax(self) -> ast.Module:
        with muted():
            return ast.parse(self.text)

    @property
    def is_python(self) -> bool:
        """Whether Python could read the text, in a twentieth of the time of an editable tree."""
        try:
            return bool(self.text) and self._syntax() is not None
        except (SyntaxError, ValueError, RecursionError, MemoryError, UnicodeError):
            return False

    def statement_around(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the statement of the module begins and ends that these offsets stand in, None for none."""
        at = bisect.bisect_right(self._statements, (start, len(self.data))) - 1
        found = self._statements[at] if at >= 0 else None
        return found if found is not None and end <= found[1] else None

    @cached_property
    def _statements(self) -> list[tuple[int, int]]:
        """The offsets of the module's own statements, with their decorators."""
        found = []
        for each in self._syntax().body:
            first = min([each, *getattr(each, "decorator_list", ())], key=lambda part: part.lineno)
            start = self.offset(first.lineno, 0 if first is not each else each.col_offset)
            found.append((start, self.offset(each.end_lineno or each.lineno, each.end_col_offset or 0)))
        return found

    @property
    def problem(self) -> str:
        """Why this source cannot be edited, "" when it can."""
        return self._parsed[1]

    @property
    def _wrapper(self) -> metadata.MetadataWrapper:
        wrapper, problem = self._parsed
        if wrapper is None:
            raise Unplaced(problem)
        return wrapper

    @property
    def module(self) -> cst.Module:
        """The syntax tree.

        Raises:
            Unplaced: the source cannot be parsed.
        """
        return self._wrapper.module

    @cached_property
    def _names(self) -> Names:
        names = Names(self.module)
        names.calls.sort(key=lambda call: self.span(call))
        return names

    @cached_property
    def _spans(self) -> Mapping[cst.CSTNode, Any]:
        return self._wrapper.resolve(metadata.ByteSpanPositionProvider)

    @cached_property
    def _line_starts(self) -> list[int]:
        """The offset of each line's first byte; Python ends lines at LF, CR LF and CR."""
        return [0, *(end.end() for end in re.finditer(rb"\r\n|\n|\r", self.data))]

    @property
    def calls(self) -> list[cst.Call]:
        """All calls in the order of the text; empty when it cannot be parsed."""
        return self._names.calls if self._parsed[0] is not None else []

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets at which a node starts and ends, without the parentheses around it."""
        span = self._spans[node]
        return span.start, span.start + span.length

    def code(self, node: cst.CSTNode) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.data[start:end].decode("utf-8", "surrogatepass")

    def offset(self, line: int, column: int = 0) -> int:
        """The offset of a line (from 1) and byte column (from 0), clipped to the text."""
        if line < 1 or line > len(self._line_starts):
            return len(self.data)
        return min(self._line_starts[line - 1] + column, len(self.data))

    def position(self, offset: int) -> tuple[int, int]:
        """The line (from 1) and byte column (from 0) of an offset."""
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1]

    def line(self, number: int) -> str:
        """A line's text without the spaces around it, "" beyond the end."""
        if number < 1 or number > len(self._line_starts):
            return ""
        return (
            self.data[self.offset(number) : self.offset(number + 1)].decode("utf-8", "surrogatepass").strip()
        )

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The node directly around a node; the module is its own."""
        return self._names.parents.get(node, node)

    def parents(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, innermost first, up to the module."""
        while node is not self.module:
            node = self.parent(node)
            yield node

    def scope(self, node: cst.CSTNode) -> cst.CSTNode:
        """The function, class, comprehension or module that a node's names belong to."""
        return self._names.scope(node)

    def names(self) -> Collection[str]:
        """All variables' names that are read or bound anywhere."""
        return self._names.reads.keys() | self._names.binds.keys()

    def attributes(self, name: str) -> list[cst.Name]:
        """Where `.name` is read or set on anything."""
        return self._names.attributes.get(name, [])

    def uses(self, name: str, *, reads: bool) -> list[cst.Name]:
        """Where a name is read, or where it is bound (assigned, imported, a parameter, deleted...)."""
        return (self._names.reads if reads else self._names.binds).get(name, [])

    def imported(self, name: cst.Name) -> str | None:
        """What a name stands for where it is bound by an import ("keras.layers"), else None."""
        return self._names.imports.get(name)

    def assigned(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """The one value that a name has in the whole file, None when it is not a name or has others."""
        if not isinstance(node, cst.Name):
            return None
        values = self._names.values.get(node.value, [])
        return values[0] if len(values) == 1 and len(self.uses(node.value, reads=False)) == 1 else None

    def dotted(self, node: cst.BaseExpression) -> str:
        """The full name of `layers.Dense`: "keras.layers.Dense", through imports and aliases.

        TensorFlow's Keras is called "keras" too. What is defined in the file itself starts with a
        dot; what is no plain dotted name is "".
        """
        parts: list[str] = []
        while isinstance(node, cst.Attribute):
            parts.append(node.attr.value)
            node = node.value
        if not isinstance(node, cst.Name):
            return "." + ".".join(["", *reversed(parts)]) if parts else ""
        name = ".".join([self._origin(node), *reversed(parts)])
        for root in _KERAS_ROOTS:
            if name.startswith(root + "."):
                return "keras" + name[len(root) :]
        return name

    def _origin(self, name: cst.Name) -> str:
        binds = self._names.seen(name)
        imports = {self.imported(bind) for bind in binds}
        if not binds or None not in imports:
            return min((each for each in imports if each), key=len, default=name.value)
        value = self.assigned(name)
        if isinstance(value, (cst.Attribute, cst.Name)) and self.code(value) != name.value:
            return self.dotted(value)
        return "." + name.value

    def kind(self, call: cst.Call) -> str:
        """The class or method that is called ("Dense", "fit"), "" for the file's own functions."""
        name = self.dotted(call.func)
        return "" if name.startswith(".") and "." not in name[1:] else name.rpartition(".")[2]

    def place(self, node: cst.CSTNode) -> Place:
        """The Place of a node; shared when it stands in a loop or comprehension."""
        start, end = self.span(node)
        (line, column), (end_line, end_column) = self.position(start), self.position(end)
        return Place(
            file=self.file,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            shared=any(isinstance(around, _REPEATS) for around in self.parents(node)),
        )

    def call_at(self, place: Place | None, kinds: Collection[str] | None) -> cst.Call:
        """The call at a place, by its exact position, or else the only call of these kinds on its line.

        `kinds` None means any class.

        Raises:
            Unplaced: there is no such call, or more than one, or the place is shared.
        """
        if place is None:
            raise Unplaced("its place in your code was not seen")
        if self.problem:
            raise Unplaced(self.problem)
        if place.shared:
            raise Unplaced("this expression makes several objects, and a change would reach all of them")
        near = self._ending_at.get(self._end_of(place), []) if _is_exact(place) else self.calls
        found = [call for call in near if self._stands_at(call, place) and self._is_of(call, kinds)]
        if len(found) != 1:
            raise Unplaced(
                "several calls on this line could be meant"
                if found
                else "the call was not found on this line"
            )
        return found[0]

    @cached_property
    def _ending_at(self) -> dict[int, list[cst.Call]]:
        """The calls by the offset at which they end."""
        found: dict[int, list[cst.Call]] = {}
        for call in self.calls:
            found.setdefault(self.span(call)[1], []).append(call)
        return found

    def _end_of(self, place: Place) -> int:
        return self.offset(place.end_line or 0, place.end_column or 0)

    def _is_of(self, call: cst.Call, kinds: Collection[str] | None) -> bool:
        if kinds is None:
            return self.dotted(call.func).rpartition(".")[2][:1].isupper()
        return self.kind(call) in kinds

    def _stands_at(self, call: cst.Call, place: Place) -> bool:
        start, end = self.span(call)
        # Python counts a chained call over several lines from its last name: that end is exact, too.
        name = self.span(call.func.attr)[0] if isinstance(call.func, cst.Attribute) else start
        if not _is_exact(place):
            return place.line in (self.position(start)[0], self.position(name)[0])
        first = self.offset(place.line, place.column or 0)
        return end == self._end_of(place) and first in (start, name)

    def argument(self, call: cst.Call, parameter: str) -> cst.Arg | None:
        """The argument that fills a parameter, None when it is left out.

        Raises:
            Unplaced: it may be hidden in *args or **kwargs.
        """
        names = (parameter, *SYNONYMS.get(parameter, ()))
        parameters = PARAMETERS.get(self.kind(call), ())
        hidden = ""
        for index, arg in enumerate(call.args):
            if arg.keyword is not None:
                if arg.keyword.value in names:
                    return arg
            elif arg.star:
                hidden = hidden or arg.star + self.code(arg.value)
            elif not hidden and parameters[index : index + 1] == (parameter,):
                return arg
        if hidden:
            raise Unplaced(f"the arguments of this call come from {hidden}")
        return None

    def literal(self, node: cst.BaseExpression) -> tuple[bool, Any]:
        """Whether a node's value is written in the source, and the value."""
        value = self.assigned(node) or node
        try:
            return True, ast.literal_eval(self.code(value).strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return False, None
