"""Where an expression stands, and what the names there are bound to: scopes, calls, files of one project."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from unstuck.evidence.beside import beside
from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import parsed

#: What can hold names and be called.
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

#: A step into a value: an entry by its key, an attribute by its name, a part by its number, or each of many.
Step = tuple[str, object]
Path = tuple[Step, ...]

#: Each of what is iterated over.
EACH: Step = ("each", None)

#: The entry of a dictionary whose key is not written out.
SOME: Step = ("some", None)

#: The rows of a batch of what gives batches.
BATCH: Step = ("batch", None)


@dataclass(frozen=True)
class Spot:
    """An expression where it stands, and the way from its value to the one that is looked for.

    `line` is that before which names are bound, None for the end of the scope.
    """

    expression: ast.expr
    frame: Frame
    line: int | None
    path: Path = ()


@dataclass(frozen=True)
class Frame:
    """A scope of a file as it was entered.

    `scopes` are the functions and classes around, the innermost first; `given` what the parameters hold of a
    function that was entered by a call, `owned` likewise those of the `__init__` of its object, each None
    where that is not known; `near` are the names of a comprehension. `called_at` is the line of the module
    from which it was entered. `others` are further files of the program.
    """

    file: str
    tree: ast.Module
    scopes: tuple[Function | ast.ClassDef, ...] = ()
    given: Given | None = None
    owned: Given | None = None
    near: Given = field(default_factory=dict)
    called_at: int | None = None
    others: tuple[str, ...] = ()

    @property
    def function(self) -> Function | None:
        """The function that the frame is of, None for the module and for a class."""
        inner = self.scopes[0] if self.scopes else None
        return None if isinstance(inner, ast.ClassDef) else inner

    @property
    def owner(self) -> ast.ClassDef | None:
        """The class that its function is a method of."""
        return next((each for each in self.scopes if isinstance(each, ast.ClassDef)), None)

    @property
    def outer(self) -> Frame:
        """The frame around: names that are not bound here are looked for there."""
        rest = self.scopes[1:]
        while rest and isinstance(rest[0], ast.ClassDef):
            rest = rest[1:]
        return Frame(self.file, self.tree, rest, others=self.others)


#: What names hold, the likeliest first.
Given = Mapping[str, tuple[Spot, ...]]


def frame_at(file: str, node: ast.AST, others: tuple[str, ...] = ()) -> Frame | None:
    """The frame that a node of a file stands in."""
    tree = parsed(file)
    return None if tree is None else frame_in(file, tree, node, others)


def frame_in(file: str, tree: ast.Module, node: ast.AST, others: tuple[str, ...] = ()) -> Frame:
    """The frame that a node of this tree of a file stands in."""
    return Frame(file, tree, _around(tree).get(node, ()), others=others)


@lru_cache(maxsize=16)
def _around(tree: ast.Module) -> dict[ast.AST, tuple[Function | ast.ClassDef, ...]]:
    """Of each node the functions and classes around it, the innermost first."""
    found: dict[ast.AST, tuple[Function | ast.ClassDef, ...]] = {}
    waiting: list[tuple[ast.AST, tuple[Function | ast.ClassDef, ...]]] = [(tree, ())]
    while waiting:
        node, scopes = waiting.pop()
        found[node] = scopes
        inner = scopes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            inner = (node, *scopes)
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return found


def function_at(place: Place) -> ast.AST | None:
    """The innermost function that a line stands in, None for the module."""
    tree = parsed(place.file)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    around = [
        node
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, kinds) and node.lineno <= place.line <= (node.end_lineno or node.lineno)
    ]
    return max(around, key=lambda node: node.lineno, default=None)


@lru_cache(maxsize=16)
def calls_in_order(tree: ast.Module) -> tuple[ast.Call, ...]:
    """All calls of a file, in the order of their lines."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return tuple(sorted(found, key=lambda each: (each.lineno, each.col_offset)))


@lru_cache(maxsize=16)
def defined(tree: ast.Module) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The functions and classes of a file by name, those of the module before others."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nested = {node.name: node for node in ast.walk(tree) if isinstance(node, kinds)}
    methods = {id(part) for node in nested.values() if isinstance(node, ast.ClassDef) for part in node.body}
    plain = {name: node for name, node in nested.items() if id(node) not in methods}
    return plain | {node.name: node for node in tree.body if isinstance(node, kinds)}


@dataclass(frozen=True)
class Callee:
    """A function or class of the project, in the file where it stands."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    file: str
    tree: ast.Module
    others: tuple[str, ...] = ()

    def frame(
        self, given: Given | None = None, owned: Given | None = None, called_at: int | None = None
    ) -> Frame:
        """The frame of its body, entered with what its parameters are given."""
        scopes = (self.node, *_around(self.tree).get(self.node, ()))
        return Frame(self.file, self.tree, scopes, given, owned, {}, called_at, self.others)


def definition(name: ast.expr, frame: Frame) -> Callee | None:
    """The function or class of the project that an expression names."""
    if isinstance(name, ast.Lambda):
        return Callee(name, frame.file, frame.tree, frame.others)
    if isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name):
        if name.value.id in ("self", "cls") and frame.owner is not None:
            found = method(frame.owner, name.attr)
            return Callee(found, frame.file, frame.tree, frame.others) if found is not None else None
        other = _module(name.value.id, frame)
        if other is not None:
            return _defined_in(other, name.attr, frame)
    if isinstance(name, ast.Attribute):
        only = methods_named(frame.tree, name.attr)
        return Callee(only[0], frame.file, frame.tree, frame.others) if len(only) == 1 else None
    if not isinstance(name, ast.Name):
        return None
    found_here = defined(frame.tree).get(name.id)
    if found_here is not None:
        return Callee(found_here, frame.file, frame.tree, frame.others)
    imported = imported_from(name.id, frame)
    return _defined_in(*imported, frame) if imported is not None else None


def _defined_in(file: str, name: str, frame: Frame) -> Callee | None:
    tree = parsed(file)
    found = defined(tree).get(name) if tree is not None else None
    others = (frame.file, *frame.others)
    return Callee(found, file, tree, others) if tree is not None and found is not None else None


def methods_named(tree: ast.Module, name: str) -> list[ast.FunctionDef]:
    """The methods of this name that the classes of a file define."""
    classes = [each for each in defined(tree).values() if isinstance(each, ast.ClassDef)]
    found = [method(each, name) for each in classes]
    return [each for each in found if each is not None]


def method(cls: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A method that a class defines itself."""
    return next((each for each in cls.body if isinstance(each, ast.FunctionDef) and each.name == name), None)


def imported_from(name: str, frame: Frame) -> tuple[str, str] | None:
    """The file of the project that a name is imported from, and its name there."""
    for node in _imports(frame.tree):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                if (each.asname or each.name) == name:
                    path = beside(frame.file, node.module or "", node.level)
                    return (str(path), each.name) if path is not None else None
    return None


def module_named(name: str, frame: Frame) -> Frame | None:
    """The module of the project that a name stands for: `import settings`, `from . import settings`."""
    file = _module(name, frame)
    tree = parsed(file) if file is not None else None
    others = (frame.file, *frame.others)
    return Frame(file, tree, others=others) if file is not None and tree is not None else None


def _module(name: str, frame: Frame) -> str | None:
    for node in _imports(frame.tree):
        for each in node.names:
            if (each.asname or each.name) != name:
                continue
            if isinstance(node, ast.Import):
                path = beside(frame.file, each.name, 0)
            else:
                inside = f"{node.module}.{each.name}" if node.module else each.name
                path = beside(frame.file, inside, node.level)
            if path is not None:
                return str(path)
    return None


@lru_cache(maxsize=16)
def _imports(tree: ast.Module) -> tuple[ast.Import | ast.ImportFrom, ...]:
    return tuple(node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))


def given_by(call: ast.Call, called: Callee, frame: Frame, line: int | None) -> dict[str, tuple[Spot, ...]]:
    """What a call gives each parameter of a function of the project, what is likeliest first.

    Of a class these are the parameters of its `__init__`, else the fields of a data class.
    """
    node, skip = called.node, 0
    if isinstance(node, ast.ClassDef):
        made = method(node, "__init__")
        names = [each.arg for each in made.args.args[1:]] if made is not None else fields(node)
        found = dict(_defaults(called, made.args)) if made is not None else {}
    else:
        arguments = node.args
        names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        skip = 1 if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute) else 0
        found = dict(_defaults(called, arguments))
        names = [*names[skip:], *(each.arg for each in arguments.kwonlyargs)]
    named = {each.arg: each.value for each in call.keywords if each.arg is not None}
    if not any(isinstance(each, ast.Starred) for each in call.args):
        named |= dict(zip(names, call.args, strict=False))
    options = [each.value for each in call.keywords if each.arg is None]  # **options
    for name in (*names, *named):
        ways = [Spot(named[name], frame, line)] if name in named else []
        if not ways:
            ways = [Spot(each, frame, line, (("item", name),)) for each in options]
        found[name] = (*ways, *(found.get(name, ()) if name not in named else ()))
    return found


def fields(cls: ast.ClassDef) -> list[str]:
    """The names of the fields of a data class or a named tuple, in their order."""
    annotated = [each.target for each in cls.body if isinstance(each, ast.AnnAssign)]
    return [each.id for each in annotated if isinstance(each, ast.Name)]


def _defaults(called: Callee, arguments: ast.arguments) -> Iterator[tuple[str, tuple[Spot, ...]]]:
    """The parameters that have a default, each with it."""
    outside = called.frame().outer
    places = [*arguments.posonlyargs, *arguments.args]
    for each, value in zip(reversed(places), reversed(arguments.defaults), strict=False):
        yield each.arg, (Spot(value, outside, None),)
    for each, held in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if held is not None:
            yield each.arg, (Spot(held, outside, None),)
