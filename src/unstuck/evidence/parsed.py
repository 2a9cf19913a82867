"""One parsed file of the user's code: Source.

Offsets are bytes of the UTF-8 text, which is what Python's own positions count.
"""

from __future__ import annotations

import ast
import math
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import libcst as cst
from libcst import metadata

from unstuck.evidence.facts import Place
from unstuck.evidence.long_data import without_data
from unstuck.evidence.mentions import Mentions, Piece, plain
from unstuck.evidence.names import Names
from unstuck.evidence.signatures import PARAMETERS, SYNONYMS
from unstuck.evidence.source_text import SourceText
from unstuck.evidence.syntax import UNREADABLE, parse, tree_of

_KERAS_ROOTS = ("tensorflow.keras", "tensorflow.python.keras", "tf_keras", "keras.api", "keras.src")

#: Characters that are no spaces in the largest program that is edited: about 10,000 lines, of which an
#: editable tree takes ten seconds and 400 MB.
LONGEST_EDITED = 300_000

#: Offsets from one up to another one, and those of a whole file.
Span = tuple[float, float]
ALL: Span = (0, math.inf)

_READING = threading.RLock()

_REPEATS = (cst.For, cst.While, cst.CompFor)


class _Read(NamedTuple):
    """A piece of the module as an editable tree, and the calls in it."""

    tree: cst.Module
    calls: list[cst.Call]


class Unplaced(Exception):
    """Something that cannot be placed in the source exactly. The text says why, as a clause."""


def _is_exact(place: Place) -> bool:
    """Whether a place says where its expression begins and ends."""
    return place.column is not None and place.end_line is not None and place.end_column is not None


class Source(SourceText):
    """One file of the user's code. Nothing here raises but `call_at` and what says so.

    `text` is without a byte order mark (`bom` holds it). `problem` says, as a clause, why the text
    cannot be understood or edited; it is "" when all is well.
    """

    def __init__(
        self,
        file: str,
        text: str,
        *,
        problem: str = "",
        bom: str = "",
        ascii_only: bool = False,
        read: Callable[[str], ast.Module] = tree_of,
    ) -> None:
        super().__init__(text, read)
        self.file = file
        self.bom = bom
        self.ascii_only = ascii_only
        self._unreadable = problem
        self._known: dict[int, _Read] = {}
        self._spans: dict[cst.CSTNode, tuple[int, int]] = {}

    @cached_property
    def _readable(self) -> tuple[Mentions | None, str]:
        """What its statements mention, None where Python cannot read them; and why it cannot be edited."""
        if not self.text:
            return None, self._unreadable or "the file is empty"
        try:
            if len(self.text) - self.text.count(" ") > LONGEST_EDITED:
                text = without_data(self.text, self.tree)
                if len(text) - text.count(" ") > LONGEST_EDITED:
                    return None, self._unreadable or "the file is too long for an edit to be worked out"
            return Mentions(self.tree), self._unreadable
        except SyntaxError as error:
            return None, self._unreadable or f"the file is no valid Python (line {error.lineno})"
        except UNREADABLE:
            return None, self._unreadable or "the file cannot be parsed"

    def edited(self, text: str) -> Source:
        """The same file with another text, of which nothing is kept beyond the Source itself."""
        return Source(self.file, text, bom=self.bom, ascii_only=self.ascii_only, read=parse)

    @property
    def problem(self) -> str:
        """Why this source cannot be edited, "" when it can."""
        return self._readable[1]

    @property
    def _mentions(self) -> Mentions:
        mentions, problem = self._readable
        if mentions is None:
            raise Unplaced(problem)
        return mentions

    @property
    def pieces(self) -> list[Piece]:
        """The statements of the module, those of one line together.

        Raises:
            Unplaced: the source cannot be parsed.
        """
        return self._mentions.pieces

    @cached_property
    def module(self) -> cst.Module:
        """What stands around all statements; it holds none itself."""
        return cst.Module(body=[])

    @cached_property
    def _names(self) -> Names:
        return Names(self.module)

    def _read(self, numbers: Iterable[int]) -> Names:
        """The names, with those of these pieces among them.

        Raises:
            Unplaced: one of them cannot be parsed.
        """
        with _READING:  # fits of several threads share it
            for number in numbers:
                if number not in self._known:
                    self._known[number] = self._read_piece(self.pieces[number])
        return self._names

    def _read_piece(self, piece: Piece) -> _Read:
        start, end = self._bounds(piece)
        whole = without_data(self.text, ast.Module(list(piece.nodes), []))
        data = self.data if whole is self.text else whole.encode("utf-8", "surrogatepass")
        text = data[start:end].decode("utf-8", "surrogatepass")
        try:
            tree = cst.parse_module(text)
        except (cst.ParserSyntaxError, ValueError, RecursionError, MemoryError, UnicodeError):
            raise Unplaced("the file cannot be parsed") from None
        if tree.code != text:
            raise Unplaced("the file cannot be parsed without changing it")
        wrapper = metadata.MetadataWrapper(tree, unsafe_skip_copy=True)
        for node, span in wrapper.resolve(metadata.ByteSpanPositionProvider).items():
            self._spans[node] = (start + span.start, start + span.start + span.length)
        return _Read(tree, self._names.add(tree))

    def _bounds(self, piece: Piece) -> tuple[int, int]:
        """The offsets of the lines of a piece, without form feeds before it, which an editable tree drops."""
        start = self.offset(piece.first_line)
        while self.data[start : start + 1] == b"\f":
            start += 1
        return start, self.offset(piece.last_line + 1)

    @property
    def calls(self) -> list[cst.Call]:
        """All calls in the order of the text.

        Raises:
            Unplaced: it cannot be parsed.
        """
        return self._calls_in(range(len(self.pieces)))

    def calls_of(self, *kinds: str) -> list[cst.Call]:
        """The calls of these classes or methods in the order of the text.

        Raises:
            Unplaced: it cannot be parsed.
        """
        return [call for call in self._calls_in(self._mentions.calling(kinds)) if self.kind(call) in kinds]

    def _calls_in(self, numbers: Collection[int]) -> list[cst.Call]:
        """The calls in some pieces, in the order of the text."""
        self._read(numbers)
        return sorted((call for number in numbers for call in self._known[number].calls), key=self.span)

    def calls_with(self, text: str) -> list[cst.Call]:
        """The calls in the statements of the module in which a text stands; raises as `calls`."""
        return self._calls_in(self._numbers_with(text))

    def parts_with(self, text: str) -> Iterator[cst.Module]:
        """The statements of the module in which a text stands, in their order; raises as `calls`."""
        numbers = self._numbers_with(text)
        self._read(numbers)
        return (self._known[number].tree for number in numbers)

    def _numbers_with(self, text: str) -> list[int]:
        wanted = text.encode("utf-8", "surrogatepass")
        return [
            number
            for number, piece in enumerate(self.pieces)
            if wanted in self.data[slice(*self._bounds(piece))]
        ]

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets at which a node starts and ends, without the parentheses around it."""
        return self._spans[node]

    def code(self, node: cst.CSTNode) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.data[start:end].decode("utf-8", "surrogatepass")

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
        return self._mentions.reads.keys() | self._mentions.binds.keys()

    def likened(self, path: str) -> Collection[str]:
        """The names that an import or an assignment may make stand for a part of a dotted name."""
        return {name for part in path.split(".") for name in self._mentions.likened.get(part, ())}

    def attributes(self, name: str, within: Span = ALL) -> list[cst.Name]:
        """Where `.name` is read or set on anything."""
        names = self._read(self._reaching(self._mentions.attributes, name, within))
        return self._within(names.attributes.get(name, []), within)

    def uses(self, name: str, *, reads: bool, within: Span = ALL) -> list[cst.Name]:
        """Where a name is read, or where it is bound (assigned, imported, a parameter, deleted...).

        `within` are the offsets that are asked for.
        """
        mentions = self._mentions.reads if reads else self._mentions.binds
        names = self._read(self._reaching(mentions, name, within))
        return self._within((names.reads if reads else names.binds).get(name, []), within)

    def _reaching(self, mentions: Mapping[str, Collection[int]], name: str, within: Span) -> Collection[int]:
        """The pieces that mention a name and reach into these offsets."""
        numbers = mentions.get(plain(name), ())
        if within == ALL:
            return numbers
        start, end = within
        bounds = ((number, *self._bounds(self.pieces[number])) for number in numbers)
        return [number for number, first, last in bounds if first < end and start < last]

    def _within(self, names: list[cst.Name], within: Span) -> list[cst.Name]:
        if within == ALL:
            return names
        return [each for each in names if within[0] <= self.span(each)[0] < within[1]]

    def imported(self, name: cst.Name) -> str | None:
        """What a name stands for where it is bound by an import ("keras.layers"), else None."""
        return self._names.imports.get(name)

    def assigned(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """The one value that a name has in the whole file, None when it is not a name or has others."""
        if not isinstance(node, cst.Name):
            return None
        if len(self._mentions.binds.get(plain(node.value), ())) > 1:
            return None
        binds = self.uses(node.value, reads=False)
        values = self._names.values.get(node.value, [])
        return values[0] if len(values) == 1 and len(binds) == 1 else None

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
        # In other functions a name is another one.
        binds = self._read(self._mentions.in_module.get(plain(name.value), ())).seen(name)
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
        lines = (place.line, place.end_line or place.line)
        near = self._calls_in(self._mentions.on(*lines))
        found = [call for call in near if self._stands_at(call, place) and self._is_of(call, kinds)]
        if len(found) != 1:
            raise Unplaced(
                "several calls on this line could be meant"
                if found
                else "the call was not found on this line"
            )
        return found[0]

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
