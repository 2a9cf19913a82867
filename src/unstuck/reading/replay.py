"""What each statement of a module did in the first walk, so that later walks pass only those that may differ.

A later walk takes another side of some conditions. A statement that met none of them, and that shares nothing
that changes with one that did, does what it did before: its effects are taken over, with the same objects.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from unstuck.reading.names_in import NamesIn
from unstuck.reading.nodes import stored
from unstuck.reading.values import Class, Function, Known, Named, Unread
from unstuck.reading.walk import Walk

#: Statements that are passed in each walk: what they bind belongs to its scope, at next to no cost.
ALWAYS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

#: Statements of a module that are watched: each costs a look at all names. Longer modules are passed whole.
MOST_WATCHED = 1500

_LISTS = ("notes", "networks", "objects", "trainings", "stars")
_OWN_SETS = ("met", "left_out", "looked_for", "walked")
_FLAGS = ("doubtful", "through_tensorflow")
_TABLES = ("opaque", "predicted", "held_by")


@dataclass
class Effects:
    """What one statement did to the state of a walk: the names that it bound and unbound, and `more` by the
    name of what it added to; what it left as it was is not in it.
    """

    names: dict[str, Any] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    more: dict[str, Any] = field(default_factory=dict)
    fitted_by: Counter[tuple[int, int]] = field(default_factory=Counter)
    ended: bool = False

    @property
    def met(self) -> set[str]:
        """The conditions that it came upon."""
        return set(self.more.get("met", ()))

    def onto(self, walk: Walk) -> None:
        """Take the effects over into another walk."""
        walk.scope.names.update(self.names)
        for name in self.gone:
            walk.scope.names.pop(name, None)
        for name, added in self.more.items():
            if name in _LISTS:
                getattr(walk, name).extend(added)
            elif name in _FLAGS:
                setattr(walk, name, added)
            else:
                getattr(walk, name).update(added)
        walk.undecided.update(self.met)
        walk.fitted_by.update(self.fitted_by)


def watched(walk: Walk, act: Callable[[], bool]) -> Effects:
    """What an act on a walk does; it says whether the program has ended."""
    names = dict(walk.scope.names)
    long = {name: len(getattr(walk, name)) for name in (*_LISTS, *_TABLES)}
    fitted, fitted_by = set(walk.fitted), walk.fitted_by.copy()
    before: dict[str, Any] = {name: getattr(walk, name) for name in (*_OWN_SETS, *_FLAGS)}
    for name in _OWN_SETS:
        setattr(walk, name, set())
    for name in _FLAGS:
        setattr(walk, name, False)
    ended = act()
    after = walk.scope.names
    more: dict[str, Any] = {name: getattr(walk, name)[long[name] :] for name in _LISTS}
    more |= {name: getattr(walk, name) for name in (*_OWN_SETS, *_FLAGS)}
    more["fitted"] = walk.fitted - fitted
    for name in _TABLES:
        more[name] = dict(list(getattr(walk, name).items())[long[name] :])
    for name in _OWN_SETS:
        setattr(walk, name, before[name] | more[name])
    for name in _FLAGS:
        setattr(walk, name, before[name] or more[name])
    return Effects(
        names={name: value for name, value in after.items() if names.get(name) is not value},
        gone=names.keys() - after.keys(),
        more={name: added for name, added in more.items() if added},
        fitted_by=walk.fitted_by - fitted_by,
        ended=ended,
    )


class FirstWalk:
    """The first walk over a module, statement by statement, and then the functions that nothing calls."""

    def __init__(self, body: Sequence[ast.stmt], unbound: Mapping[str, Any]) -> None:
        self.unbound = unbound
        self.effects: dict[ast.AST, Effects] = {}
        self.always = Effects(more={"met": set()})
        self.foreign: set[str] = set()
        self._body = body

    def keep(self, node: ast.AST, effects: Effects, held: Mapping[str, Any]) -> None:
        """Note what a statement of the module did, after which the names hold this."""
        if not isinstance(node, ALWAYS):
            self.effects[node] = effects
            # One that was bound to what it held before is bound all the same.
            effects.names.update({name: held[name] for name in stored(node) if name in held})
            return
        self.always.more["met"] |= effects.met
        given = effects.names.items() if isinstance(node, ALWAYS[:2]) else ()
        self.foreign |= {name for name, value in given if not isinstance(value, (Named, Function, Class))}

    def keep_entered(self, node: ast.AST, effects: Effects) -> None:
        """Note what a function did that nothing calls."""
        self.effects[node] = effects

    @cached_property
    def _shared(self) -> _Shared:
        return _Shared(self._body, self.effects, self.foreign, self.unbound)

    def differing(self, flipped: set[str]) -> set[ast.AST]:
        """The statements and functions that may do something else where these conditions are turned over."""
        nodes = list(self.effects)
        if self.always.met & flipped:
            return set(nodes)
        chosen = {at for at, node in enumerate(nodes) if self.effects[node].met & flipped}
        waiting = list(chosen)
        while waiting:
            at = waiting.pop()
            for other in self._shared.following(at):
                if other not in chosen:
                    chosen.add(other)
                    waiting.append(other)
        return {nodes[at] for at in chosen}


class _Shared:
    """The names that statements have in common. Those that only imports and definitions bind are left out."""

    def __init__(
        self,
        body: Sequence[ast.stmt],
        effects: dict[ast.AST, Effects],
        foreign: set[str],
        unbound: Mapping[str, Any],
    ) -> None:
        of = {each: NamesIn(each) for each in (*body, *effects)}
        definitions = {each.name: each for each in body if isinstance(each, ALWAYS[2:])}
        inside = {name: of[each].foreign for name, each in definitions.items()}
        declared = {name for each in definitions.values() for name in of[each].parts_set}
        stored = {name for each in body if not isinstance(each, ALWAYS) for name in of[each].bound}
        parts_set = {name for each in body for name in of[each].parts_set}
        stored |= parts_set
        # A class is made anew in each walk: what was set on it is set again with all that reads it.
        changing = foreign | (parts_set & inside.keys())
        known = {root for each in effects.values() for table in _TABLES for root in each.more.get(table, ())}
        always = {name for name, value in unbound.items() if not _changes(value, known)}
        fixed = ((inside.keys() | _imported(body) | always) - foreign) - stored
        self._mutable: set[_Version] = set()
        self._names: list[set[_Version]] = []
        self._binds: list[set[str]] = []
        self._users: dict[_Version, list[int]] = {}
        since: dict[str, int] = {}
        for at, (node, effect) in enumerate(effects.items()):
            own = of[node]
            names = _reached(own.foreign if isinstance(node, ALWAYS) else own.all, inside)
            if isinstance(node, ast.stmt) and not isinstance(node, ALWAYS):
                called = _reached(own.all & inside.keys(), inside)
                since.update(dict.fromkeys(own.fresh - called - declared, at))
            versions = {(name, since.get(name, -1)) for name in (names | effect.names.keys()) - fixed}
            self._names.append(versions)
            self._binds.append(own.bound | own.parts_set | effect.names.keys() | (names & declared))
            for version in versions:
                self._users.setdefault(version, []).append(at)
                if version[0] in changing or _changes(effect.names.get(version[0]), known):
                    self._mutable.add(version)

    def following(self, at: int) -> Iterator[int]:
        """The statements that share something that changes with this one, or read what it binds."""
        for version in self._names[at]:
            changed = version[0] in self._binds[at]
            for other in self._users[version]:
                if version in self._mutable or (changed and other > at):
                    yield other


#: A name, with the place of the statement that has bound it anew whatever it held before.
_Version = tuple[str, int]


def _changes(value: Any, known: set[int]) -> bool:
    """Whether later statements may change what this value holds."""
    if isinstance(value, Unread):
        return value.root in known
    return value is not None and not isinstance(value, (Known, Named))


def _reached(names: set[str], inside: dict[str, set[str]]) -> set[str]:
    """Names with those in the functions and classes of the module that they lead to."""
    found, waiting = set(names), list(names)
    while waiting:
        for name in inside.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _imported(body: Iterable[ast.stmt]) -> set[str]:
    imports = [each for each in body if isinstance(each, (ast.Import, ast.ImportFrom))]
    return {alias.asname or alias.name.partition(".")[0] for each in imports for alias in each.names}
