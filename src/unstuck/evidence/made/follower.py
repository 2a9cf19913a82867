"""A value followed back to where it was made, through names, entries, attributes, calls and files."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from unstuck.evidence.facts import Place
from unstuck.evidence.made import passing, settings
from unstuck.evidence.made.bound import bound, bound_in_class, called_with
from unstuck.evidence.made.scopes import (
    BATCH,
    EACH,
    SOME,
    Callee,
    Frame,
    Given,
    Path,
    Spot,
    Step,
    definition,
    fields,
    given_by,
    method,
    module_named,
)

#: Steps from one expression to the next, and expressions that are looked at for one value.
_DEEPEST, _MOST = 24, 400


@dataclass(frozen=True)
class Link:
    """A place that a value came through: `name` is what it is called there, `forms` says that a function
    hands it back there and calls something for it.
    """

    place: Place
    name: str
    forms: bool = False


@dataclass(frozen=True)
class Chain:
    """The way back of a value: the links, the nearest first, and the expression it ends in.

    `sure` is false where it went on in one of several calls of a function.
    """

    links: tuple[Link, ...] = ()
    end: Spot | None = None
    sure: bool = True

    @property
    def place(self) -> Place | None:
        """Where the value was made: the line that writes it out, else that of the statement that makes it."""
        last = self.links[-1].place if self.links else None
        if self.end is None or not is_written_out(self.end.expression):
            return last
        return Place(file=self.end.frame.file, line=self.end.expression.lineno)


def is_written_out(expression: ast.expr) -> bool:
    """Whether an expression is a number, a text, or made of such."""
    try:
        ast.literal_eval(expression)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


class Follower:
    """Follows one value; what it looks at is bounded.

    With `through` it does not end where new values are made of others, and goes on with the first of these.
    """

    def __init__(self, *, through: bool = False) -> None:
        self._left, self._through = _MOST, through

    def chains(self, spot: Spot, depth: int = _DEEPEST) -> Iterator[Chain]:
        """The ways back from an expression, the likeliest first; none where it cannot be what was asked."""
        for chain in self._ways(spot, depth):
            made_of = passing.source_of(chain.end.expression) if self._through and chain.end else None
            if chain.end is None or made_of is None or depth <= 0 or self._left <= 0:
                yield chain
                continue
            for further in self.chains(replace(chain.end, expression=made_of, path=()), depth - 1):
                yield replace(further, links=(*chain.links, *further.links))

    def _ways(self, spot: Spot, depth: int) -> Iterator[Chain]:
        self._left -= 1
        if depth <= 0 or self._left <= 0:
            return  # where it was given up is not where the value was made
        kind = type(spot.expression)
        if spot.path[:1] == (SOME,) and kind not in (ast.Name, ast.Attribute, ast.Dict):
            spot = replace(spot, path=spot.path[1:])  # rows that are chosen out of an array
        follow = _BY_KIND.get(kind)
        if follow is None:
            yield Chain(end=spot)
        else:
            yield from follow(self, spot, depth - 1)

    def _on(
        self, spots: Sequence[Spot], depth: int, link: Link | None = None, sure: bool = True
    ) -> Iterator[Chain]:
        """The chains of several spots, each with a link before it."""
        for each in spots:
            for chain in self.chains(each, depth):
                links = (link, *chain.links) if link is not None else chain.links
                yield replace(chain, links=links, sure=chain.sure and sure)

    def _name(self, spot: Spot, depth: int) -> Iterator[Chain]:
        assert isinstance(spot.expression, ast.Name)
        there = False
        for each in bound(spot.expression.id, spot):
            there = True
            link = Link(Place(file=each.file, line=each.line), each.name) if each.line else None
            if each.spot is None:
                yield Chain((link,) if link is not None else ())
            else:
                yield from self._on([each.spot], depth, link, each.sure)
        if not there:
            yield Chain(end=spot)

    def _attribute(self, spot: Spot, depth: int) -> Iterator[Chain]:
        node = spot.expression
        assert isinstance(node, ast.Attribute)
        base, frame = node.value, spot.frame
        if isinstance(base, ast.Name):
            if base.id in ("self", "cls") and frame.owner is not None:
                yield from self._held(frame.owner, node.attr, frame, spot.path, depth)
                return
            module = module_named(base.id, frame)
            if module is not None:
                name = ast.copy_location(ast.Name(node.attr), node)
                yield from self._on([Spot(name, module, None, spot.path)], depth)
                return
        called = definition(base, frame)
        if called is not None and isinstance(called.node, ast.ClassDef):
            yield from self._held(called.node, node.attr, called.frame(), spot.path, depth)
            return
        inner = passing.attribute(node)
        step: tuple[Step, ...] = () if inner else (("attr", node.attr),)
        yield from self._on([replace(spot, expression=base, path=(*step, *spot.path))], depth)

    def _held(
        self, cls: ast.ClassDef, name: str, frame: Frame, path: tuple[Step, ...], depth: int
    ) -> Iterator[Chain]:
        """What an attribute of a class of the project holds."""
        for each in bound_in_class(cls, name, frame, path):
            link = Link(Place(file=each.file, line=each.line), each.name)
            yield from self._on([each.spot], depth, link) if each.spot is not None else (Chain((link,)),)

    def _subscript(self, spot: Spot, depth: int) -> Iterator[Chain]:
        node = spot.expression
        assert isinstance(node, ast.Subscript)
        step: tuple[Step, ...] = ()
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, (str, int)):
            step = (("item", node.slice.value),)
        elif isinstance(node.slice, ast.Name):
            step = (SOME,)
        for chain in self._on([replace(spot, expression=node.value, path=(*step, *spot.path))], depth):
            yield replace(chain, links=(*chain.links, *(self._chosen_by(node.slice, spot, depth))))

    def _chosen_by(self, index: ast.expr, spot: Spot, depth: int) -> Iterator[Link]:
        """With `through` the ways back of the names in an index: the order of rows comes from there."""
        for name in ast.walk(index) if self._through else ():
            if isinstance(name, ast.Name):
                way = next(self.chains(replace(spot, expression=name, path=()), depth), Chain())
                yield from way.links

    def _sequence(self, spot: Spot, depth: int) -> Iterator[Chain]:
        node = spot.expression
        assert isinstance(node, (ast.Tuple, ast.List))
        first, rest = (spot.path[0], spot.path[1:]) if spot.path else (None, ())
        if first is not None and first[0] == "item" and isinstance(first[1], int):
            if -len(node.elts) <= first[1] < len(node.elts):
                yield from self._on([replace(spot, expression=node.elts[first[1]], path=rest)], depth)
        elif first == EACH and node.elts:
            yield from self._on([replace(spot, expression=each, path=rest) for each in node.elts], depth)
        elif first is None or first[0] != "item":
            yield Chain(end=spot)

    def _dictionary(self, spot: Spot, depth: int) -> Iterator[Chain]:
        node = spot.expression
        assert isinstance(node, ast.Dict)
        if spot.path[:1] == (SOME,):
            entries = [replace(spot, expression=each, path=spot.path[1:]) for each in node.values]
            yield from self._on(entries, depth, sure=len(entries) == 1)
            return
        if not spot.path or spot.path[0][0] not in ("item", "attr"):
            yield Chain(end=spot)
            return
        for key, value in reversed(list(zip(node.keys, node.values, strict=True))):
            if key is None:
                yield from self._on([replace(spot, expression=value)], depth)
            elif isinstance(key, ast.Constant) and key.value == spot.path[0][1]:
                link = Link(Place(file=spot.frame.file, line=value.lineno), ast.unparse(key))
                yield from self._on([replace(spot, expression=value, path=spot.path[1:])], depth, link)

    def _comprehension(self, spot: Spot, depth: int) -> Iterator[Chain]:
        node = spot.expression
        assert isinstance(node, (ast.ListComp, ast.GeneratorExp))
        near = dict(spot.frame.near)
        for each in node.generators:
            near |= called_with(each.target, Spot(each.iter, spot.frame, spot.line, (EACH,)))
        one = spot.path[:1] == (EACH,) or (spot.path[:1] and isinstance(spot.path[0][1], int))
        path = spot.path[1:] if one else spot.path
        element = Spot(node.elt, replace(spot.frame, near=near), spot.line, path)
        yield from self._on([element], depth)

    def _call(self, spot: Spot, depth: int) -> Iterator[Chain]:
        node = spot.expression
        assert isinstance(node, ast.Call)
        called = definition(node.func, spot.frame)
        if called is not None and isinstance(called.node, ast.ClassDef):
            yield from self._made(called, node, spot, depth)
        elif called is not None:
            given = given_by(node, called, spot.frame, spot.line)
            yield from self._handed_back(called, given, spot, depth)
        else:
            chosen = passing.option(node, spot)
            if chosen is not None:
                link = Link(Place(file=spot.frame.file, line=chosen[1].lineno), chosen[0])
                yield from self._on([replace(spot, expression=chosen[1], path=())], depth, link)
                return
            ways = passing.call(node, spot)
            mapped = passing.mapped(node, spot)
            if mapped is not None:
                yield from self._handed_back(mapped[0], mapped[1], replace(spot, path=spot.path[1:]), depth)
            elif ways is None:
                yield from self._read_in(node, spot, depth)
                yield Chain(end=spot)
            else:
                yield from self._on(ways, depth)

    def _read_in(self, node: ast.Call, spot: Spot, depth: int) -> Iterator[Chain]:
        """The entry of a settings file that a call reads."""

        def end(name: Spot) -> Spot | None:
            return next((each.end for each in self.chains(name, depth) if each.end is not None), None)

        found = settings.entry(node, spot, end)
        if found is not None:
            written = ast.Constant(found.value, lineno=found.line, col_offset=0)
            read = Spot(written, Frame(found.file, ast.Module([], [])), None)
            yield Chain((Link(Place(file=found.file, line=found.line), found.key),), read)

    def _handed_back(
        self, called: Callee, given: Given, spot: Spot, depth: int, owned: Given | None = None
    ) -> Iterator[Chain]:
        """What a function of the project returns, or yields one after the other."""
        frame = called.frame(given, owned or spot.frame.owned, _entered_from(spot))
        if isinstance(called.node, ast.Lambda):
            yield from self._on([Spot(called.node.body, frame, None, spot.path)], depth)
            return
        if isinstance(called.node, ast.ClassDef):
            return
        handed, path = passing.returned(called.node), spot.path
        if any(isinstance(each, ast.Yield) for each in handed):
            path = path[1:] if path[:1] == (EACH,) else path
        for each in reversed(handed):
            if each.value is not None:
                place = Place(file=called.file, line=each.lineno)
                link = Link(place, f"{called.node.name}()", _calls(each.value, path))
                yield from self._on([Spot(each.value, frame, each.lineno, path)], depth, link)

    def _made(self, called: Callee, node: ast.Call, spot: Spot, depth: int) -> Iterator[Chain]:
        """What an object of a class of the project holds under an attribute, or gives one after the other."""
        cls = called.node
        if not spot.path or not isinstance(cls, ast.ClassDef):
            yield Chain(end=spot)
            return
        given = given_by(node, called, spot.frame, spot.line)
        (kind, name), rest = spot.path[0], spot.path[1:]
        if spot.path[0] == BATCH:
            kind, name = "attr", "batch_size"
        if kind == "attr" and isinstance(name, str):
            if name in fields(cls) and name in given:
                yield from self._on([replace(each, path=(*each.path, *rest)) for each in given[name]], depth)
            yield from self._held(cls, name, called.frame(None, given), rest, depth)
            return
        gives = method(cls, "__getitem__") or method(cls, "__iter__")
        if gives is None:
            yield Chain(end=spot)
            return
        way = Callee(gives, called.file, called.tree, called.others)
        yield from self._handed_back(way, {}, replace(spot, path=rest), depth, owned=given)


def _calls(value: ast.expr, path: Path) -> bool:
    """Whether something is called for the part of a value that is looked for."""
    if isinstance(value, (ast.Tuple, ast.List)) and path and isinstance(path[0][1], int):
        value = value.elts[path[0][1]] if -len(value.elts) <= path[0][1] < len(value.elts) else value
    return any(isinstance(each, ast.Call) for each in ast.walk(value))


def _entered_from(spot: Spot) -> int | None:
    """The line of the module from which a call enters a function."""
    return spot.frame.called_at if spot.frame.scopes else spot.line


_BY_KIND = {
    ast.Name: Follower._name,
    ast.Attribute: Follower._attribute,
    ast.Subscript: Follower._subscript,
    ast.Tuple: Follower._sequence,
    ast.List: Follower._sequence,
    ast.Dict: Follower._dictionary,
    ast.ListComp: Follower._comprehension,
    ast.GeneratorExp: Follower._comprehension,
    ast.Call: Follower._call,
}
