"""What an expression of the user's source may stand for, as far as the text tells."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from unstuck.evidence.facts import Operation, Place

_ROOTS = itertools.count(1)

#: Steps from an array to what is made of it that are followed; what had more has lost its history. Pipelines
#: by hand have some tens.
MOST_STEPS = 200


@dataclass(frozen=True)
class Known:
    """A value that is written in the source: a number, a text, True, None..."""

    value: Any


@dataclass
class Items:
    """A list, tuple or set whose members are known one by one. `open` says that there may be more."""

    members: list[Value] = field(default_factory=list)
    open: bool = False


@dataclass
class DictValue:
    """A dict whose keys are known. `open` says that there may be more, or others."""

    entries: dict[Any, Value] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True)
class Named:
    """Something imported, or a part of it, by its full name ("keras.layers.Dense")."""

    path: str

    @property
    def last(self) -> str:
        """The part after the last dot."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, eq=False)
class Unread:
    """Anything that the text does not tell: mostly arrays, with what was done to them since.

    `operations` are in order; values made from one another share `root`. `origin` is the call that made
    the first of them, "" where it is no call of something imported. `parts` are what a stream or a
    joined array was made of, where all of it is known.
    """

    origin: str = ""
    operations: tuple[Operation, ...] = ()
    parts: tuple[Unread, ...] = ()
    root: int = field(default_factory=lambda: next(_ROOTS))
    place: Place | None = None

    def then(self, step: Operation) -> Unread:
        """What this is after one more step."""
        if len(self.operations) >= MOST_STEPS:
            return Unread()
        return Unread(self.origin, (*self.operations, step), self.parts, self.root, self.place)

    def having(self, parts: tuple[Unread, ...]) -> Unread:
        """The same, made of these parts."""
        return Unread(self.origin, self.operations, parts, self.root, self.place)

    def did(self, *kinds: str) -> Operation | None:
        """The last step of one of these kinds, None when there was none."""
        return next((each for each in reversed(self.operations) if each.kind in kinds), None)

    @property
    def ordering(self) -> Operation | None:
        """The step that sorted or drew the row numbers that this holds, None where it may hold others.

        Rows that are taken by such numbers are in that order, whichever arrays they are taken from.
        """
        sorting = self.did("argsort", "lexsort")
        if sorting is not None:
            return sorting
        last = next((each for each in reversed(self.operations) if each.kind != "take"), None)
        if last is None and self.origin.endswith(".permutation"):
            return Operation(kind="permutation", place=self.place)
        return last if last is not None and last.kind in ("permutation", "shuffle") else None


#: What an object computes no longer follows from its class when one of these is set on it.
OWN_WORK = ("call", "__call__", "fn")


@dataclass(eq=False)
class Made:
    """An object of an imported class: a layer, an optimizer, a loss, a scaler...

    `arguments` are by parameter name where the position tells it, else by position; `hidden` says
    that more may come from `*args` or `**kwargs`. `attributes` are those set later. `custom` says that
    what it computes is of the file's own. `kind` is the class name.
    """

    path: str
    arguments: dict[Any, Value] = field(default_factory=dict)
    hidden: bool = False
    place: Place | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    custom: bool = False
    parts: list[Any] = field(default_factory=list)
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        self.kind = self.path.rpartition(".")[2]

    def get(self, name: str | int, default: Any = None) -> Any:
        """The Python value of an argument: `default` when left out, `UNSURE` when the text hides it."""
        given = self.arguments.get(name)
        if given is None:
            return UNSURE if self.hidden else default
        return plain(given)


@dataclass(frozen=True, eq=False)
class Partial:
    """A function or class with some of its arguments filled in, as functools.partial makes it."""

    of: Value
    positional: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Function:
    """A function of the file itself, with the scope it was defined in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    bound: Value | None = None
    entered: bool = False


@dataclass(eq=False)
class Class:
    """A class of the file itself."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[Value, ...] = ()
    members: dict[str, Value] = field(default_factory=dict)

    def find(self, name: str) -> Value | None:
        """A member, here or in a base that the file defines."""
        if name in self.members:
            return self.members[name]
        found = (base.find(name) for base in self.bases if isinstance(base, Class))
        return next((each for each in found if each is not None), None)

    def descends(self, *paths: str) -> bool:
        """Whether it is made from one of these imported classes."""
        return any(
            base.path in paths
            if isinstance(base, Named)
            else isinstance(base, Class) and base.descends(*paths)
            for base in self.bases
        )


@dataclass(eq=False)
class Instance:
    """An object of a class of the file itself."""

    of: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True, eq=False)
class Tensor:
    """A symbolic value of a functional model: what makes it, and from what.

    `operation` is a layer (Made), a model (Network) or the full name of a function; None for an input.
    """

    operation: Any
    inputs: tuple[Tensor, ...] = ()
    place: Place | None = None


@dataclass(eq=False)
class Network:
    """A model as far as it has been built. `kind` is "Sequential", "Functional", "subclassed",
    or "opaque" where the file does not show what is inside (`path` names it then). `doubts` are
    reasons, as ends of a sentence, for which what the file shows of it may not be what is trained.
    """

    kind: str
    layers: list[Any] = field(default_factory=list)
    inputs: tuple[Tensor, ...] = ()
    outputs: dict[str, Tensor] = field(default_factory=dict)
    place: Place | None = None
    path: str = ""
    attributes: dict[str, Value] = field(default_factory=dict)
    of: Class | None = None
    compiled: Compiled | None = None
    fits: int = 0
    whole: bool = True
    loops: tuple[int, ...] = ()
    doubts: list[str] = field(default_factory=list)

    @property
    def trains_its_own_way(self) -> bool:
        """Whether train_step or compute_loss is the file's own: what is minimised stands there then."""
        names = ("train_step", "compute_loss")
        return any(name in self.attributes or (self.of and self.of.find(name)) for name in names)


@dataclass(frozen=True, eq=False)
class Compiled:
    """One call of compile: its arguments by name, how many were given by position, its place."""

    arguments: Mapping[str, Value]
    positional: int = 0
    hidden: bool = False
    place: Place | None = None
    loops: tuple[int, ...] = ()


Value: TypeAlias = (
    Known
    | Items
    | DictValue
    | Named
    | Unread
    | Made
    | Partial
    | Function
    | Class
    | Instance
    | Tensor
    | Network
    | Compiled
)


class _Unsure:
    """Stands for a Python value that the text does not tell. It equals nothing, itself neither."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSURE"


UNSURE = _Unsure()


#: Lists and dicts inside one another that are looked into; deeper ones are no arguments of Keras.
DEEPEST = 8


def plain(value: Any, depth: int = 0) -> Any:
    """The Python value that stands behind a Value, UNSURE where the text does not tell."""
    if isinstance(value, Known):
        return value.value
    if depth > DEEPEST:
        return UNSURE
    if isinstance(value, Items) and not value.open:
        members = [plain(each, depth + 1) for each in value.members]
        return UNSURE if any(each is UNSURE for each in members) else tuple(members)
    if isinstance(value, DictValue) and not value.open:
        entries = {key: plain(each, depth + 1) for key, each in value.entries.items()}
        return UNSURE if any(each is UNSURE for each in entries.values()) else entries
    return UNSURE


def number(value: Any) -> float | None:
    """A known number, None for anything else."""
    found = plain(value) if not isinstance(value, (int, float)) else value
    if not isinstance(found, (int, float)) or isinstance(found, bool):
        return None
    return found if isinstance(found, float) or abs(found) < 1e300 else None


def members(value: Any) -> list[Any] | None:
    """The members of a list or tuple, the keys of a dict, None for anything else."""
    if isinstance(value, Items) and not value.open:
        return list(value.members)
    if isinstance(value, DictValue) and not value.open:
        return [Known(key) for key in value.entries]
    if isinstance(value, Known) and isinstance(value.value, (str, tuple, list, range)):
        return [Known(each) for each in itertools.islice(value.value, 10_000)]
    return None


@dataclass(eq=False)
class Scope:
    """Names and what they stand for, and the scope around it. `file` is set on the scope of a module,
    `home` is the file that a scope stands in, "" where nothing says.
    """

    outer: Scope | None = None
    names: dict[str, Any] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    file: str = ""
    home: str = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.file or (self.outer.home if self.outer is not None else "")

    def get(self, name: str) -> Any:
        """What a name stands for here, None where it is not bound."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def bind(self, name: str, value: Any) -> None:
        """Bind a name here, or where `global` and `nonlocal` say."""
        scope = self
        while name in self.globals and scope.outer is not None:
            scope = scope.outer
            if name in scope.names:
                break
        scope.names[name] = value


def first_rows(values: Iterable[Any], depth: int = 0) -> Unread | None:
    """The first of these values that was not read, looking into lists."""
    for value in values:
        if isinstance(value, Unread):
            return value
        if isinstance(value, Items) and depth < DEEPEST:
            found = first_rows(value.members, depth + 1)
            if found is not None:
                return found
    return None


def hashable(value: Any) -> bool:
    """Whether a Python value can be a key."""
    try:
        hash(value)
    except TypeError:
        return False
    return True
