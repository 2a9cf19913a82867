"""What binds a name or an attribute: statements, parameters, imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from unstuck.evidence.bindings import ScopeNode, called_name, statements
from unstuck.evidence.made.scopes import (
    EACH,
    Callee,
    Frame,
    Given,
    Path,
    Spot,
    calls_in_order,
    defined,
    frame_in,
    given_by,
    imported_from,
)
from unstuck.evidence.syntax import parsed

#: Calls of one function that are looked at.
_MOST_CALLS = 8

#: Methods that put one thing into what a name holds, and those that put many.
_PUT_ONE, _PUT_MANY = frozenset({"append", "add", "appendleft"}), frozenset({"extend"})


@dataclass(frozen=True)
class Bound:
    """A line that gives a name what it holds, and where to go on; `spot` is None where it is made there.

    `line` is 0 for what tells a reader nothing. `sure` is false where other lines are as likely.
    """

    file: str
    line: int
    name: str
    spot: Spot | None
    sure: bool = True


def bound(name: str, spot: Spot) -> Iterator[Bound]:
    """What a name is bound to before its line, the last first; nothing where it is not the program's."""
    frame = spot.frame
    if name in frame.near:
        yield from (
            Bound(frame.file, 0, name, replace(each, path=(*each.path, *spot.path)))
            for each in frame.near[name]
        )
        return
    function = frame.function
    scope = frame.tree if function is None else function
    there = False
    if not isinstance(scope, ast.Lambda):
        for statement in _last_first(scope):
            if spot.line is None or statement.lineno < spot.line:
                for each in _of_statement(statement, name, spot):
                    there = True
                    yield each
    if function is not None:
        if name in parameters(function):
            yield from _parameter(name, function, spot)
        elif not there:
            yield from bound(name, replace(spot, frame=frame.outer, line=frame.called_at))
    elif not there:
        yield from _elsewhere(name, spot)


@lru_cache(maxsize=64)
def _last_first(scope: ScopeNode) -> tuple[ast.stmt, ...]:
    """The statements of a scope, the last first."""
    return tuple(sorted(statements(scope), key=lambda each: each.lineno, reverse=True))


def _elsewhere(name: str, spot: Spot) -> Iterator[Bound]:
    """A function or class of the file, or what another file of the project binds."""
    frame = spot.frame
    here = defined(frame.tree).get(name)
    imported = imported_from(name, frame)
    if here is not None:
        yield Bound(frame.file, here.lineno, name, None)
    elif imported is not None and (tree := parsed(imported[0])) is not None:
        module = Frame(imported[0], tree, others=(frame.file, *frame.others))
        yield from bound(imported[1], Spot(spot.expression, module, None, spot.path))


def _of_statement(statement: ast.stmt, name: str, spot: Spot) -> Iterator[Bound]:
    """What a statement does to a name, if anything."""
    here = (spot.frame.file, statement.lineno)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        made = Spot(statement.value, spot.frame, statement.lineno)
        for target in targets:
            for text, found in _unpacked(target, name, made, spot.path):
                yield Bound(*here, text, found)
    elif isinstance(statement, ast.AugAssign):
        if (
            isinstance(statement.target, ast.Name)
            and statement.target.id == name
            and not _looks_in(spot.path)
        ):
            yield Bound(*here, name, None)
    elif isinstance(statement, (ast.For, ast.AsyncFor)):
        made = Spot(statement.iter, spot.frame, statement.lineno, (EACH,))
        for text, found in _unpacked(statement.target, name, made, spot.path):
            yield Bound(*here, text, found)
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        for each in statement.items:
            if each.optional_vars is not None and _is(each.optional_vars, name):
                opened = isinstance(each.context_expr, ast.Call) and called_name(each.context_expr) == "open"
                yield Bound(
                    *here, name, Spot(each.context_expr, spot.frame, statement.lineno) if opened else None
                )
    elif isinstance(statement, ast.Expr):
        put = _put_in(statement.value, name, spot)
        if put is not None:
            yield Bound(*here, name, put)


def _unpacked(target: ast.expr, name: str, made: Spot, path: Path) -> Iterator[tuple[str, Spot | None]]:
    """What a target of an assignment gives a name, on the way that is looked for."""
    if isinstance(target, ast.Name):
        if target.id == name:
            yield name, replace(made, path=(*made.path, *path))
    elif isinstance(target, (ast.Tuple, ast.List)):
        for index, each in enumerate(target.elts):
            yield from _unpacked(each, name, replace(made, path=(*made.path, ("item", index))), path)
    elif isinstance(target, (ast.Subscript, ast.Attribute)) and _is(target.value, name):
        yield from _into(target, made, path)


def _into(target: ast.Subscript | ast.Attribute, made: Spot, path: Path) -> Iterator[tuple[str, Spot | None]]:
    """What `name[key] = ...` and `name.key = ...` give on the way that is looked for."""
    key = target.attr if isinstance(target, ast.Attribute) else None
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        key = target.slice.value if isinstance(target.slice.value, str) else None
    text = ast.unparse(target)
    if key is None and (not _looks_in(path) or _may_name(target, made, path[0][1])):
        yield text, None  # x[rows] = ..., table[columns] = ...: made there, in part
    elif key is not None and path and path[0][0] in ("item", "attr") and path[0][1] == key:
        yield text, replace(made, path=(*made.path, *path[1:]))


def _may_name(target: ast.expr, made: Spot, key: object) -> bool:
    """Whether the key of `table[columns] = ...` may be this one: as written out, else where code chooses the
    columns, and does so without a word of this one.
    """
    if not isinstance(target, ast.Subscript) or not isinstance(target.slice, (ast.Name, ast.List)):
        return False
    columns: ast.expr | None = target.slice
    if isinstance(columns, ast.Name):
        chosen = next((each.spot for each in bound(columns.id, made)), None)
        columns = chosen.expression if chosen is not None else None
    if columns is None:
        return False
    names = [each.value for each in ast.walk(columns) if isinstance(each, ast.Constant)]
    return (key in names) == isinstance(columns, (ast.List, ast.Tuple))


def _is(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name


def _looks_in(path: Path) -> bool:
    return bool(path) and path[0][0] in ("item", "attr") and isinstance(path[0][1], str)


def _put_in(value: ast.expr, name: str, spot: Spot) -> Spot | None:
    """What `name.append(value)` puts into a name."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and len(value.args) == 1):
        return None
    if not (isinstance(value.func.value, ast.Name) and value.func.value.id == name) or _looks_in(spot.path):
        return None
    if value.func.attr in _PUT_ONE:
        path = spot.path[1:] if spot.path[:1] == (EACH,) else spot.path
        return Spot(value.args[0], spot.frame, value.lineno, path)
    return Spot(value.args[0], spot.frame, value.lineno, spot.path) if value.func.attr in _PUT_MANY else None


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names of the parameters of a function."""
    arguments = function.args
    return {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def _parameter(
    name: str, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, spot: Spot
) -> Iterator[Bound]:
    """What a parameter holds: by the call that was entered, else by the calls that stand in the program."""
    frame, owner = spot.frame, spot.frame.owner
    is_init = isinstance(function, ast.FunctionDef) and function.name == "__init__"
    given = frame.owned if is_init and frame.owned is not None else frame.given
    if given is not None:
        for each in given.get(name, ()):
            yield Bound(frame.file, 0, name, replace(each, path=(*each.path, *spot.path)))
        return
    if isinstance(function, ast.Lambda):
        return
    node = owner if is_init and owner is not None else function
    called = Callee(node, frame.file, frame.tree, frame.others)
    sites = list(_calls_of(called))
    for call, there in sites[:_MOST_CALLS]:
        for each in given_by(call, called, there, call.lineno).get(name, ()):
            place = (
                (there.file, call.lineno) if each.frame.file == there.file else (frame.file, function.lineno)
            )
            yield Bound(*place, name, replace(each, path=(*each.path, *spot.path)), sure=len(sites) == 1)


def _calls_of(called: Callee) -> Iterator[tuple[ast.Call, Frame]]:
    """The calls of a function or class that stand in the files of the program."""
    name = getattr(called.node, "name", "")
    for file in dict.fromkeys((called.file, *called.others)):
        tree = called.tree if file == called.file else parsed(file)
        for call in calls_in_order(tree) if tree is not None else ():
            if tree is not None and name == called_name(call):
                frame = frame_in(file, tree, call, called.others)
                if called.node not in frame.scopes:
                    yield call, frame


def bound_in_class(cls: ast.ClassDef, name: str, frame: Frame, path: Path) -> Iterator[Bound]:
    """What `self.name` holds by the statements of its class, `__init__` first."""
    methods = [each for each in cls.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    methods.sort(key=lambda each: each.name != "__init__")
    for each in methods:
        inside = Callee(each, frame.file, frame.tree, frame.others).frame(None, frame.owned)
        for statement in _last_first(each):
            if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
                continue
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            made = Spot(statement.value, inside, statement.lineno)
            for target in targets:
                for found in _attributes(target, name, made, path):
                    yield Bound(frame.file, statement.lineno, f"self.{name}", found)
    for statement in cls.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                outside = Frame(frame.file, frame.tree, others=frame.others)
                found = Spot(statement.value, outside, statement.lineno, path)
                yield Bound(frame.file, statement.lineno, f"{cls.name}.{name}", found)


def _attributes(target: ast.expr, name: str, made: Spot, path: Path) -> Iterator[Spot]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for index, each in enumerate(target.elts):
            yield from _attributes(each, name, replace(made, path=(*made.path, ("item", index))), path)
    elif isinstance(target, ast.Attribute) and target.attr == name and _is(target.value, "self"):
        yield replace(made, path=(*made.path, *path))


def called_with(target: ast.expr, made: Spot) -> Given:
    """What the names of a comprehension hold."""
    if isinstance(target, ast.Name):
        return {target.id: (made,)}
    found: dict[str, tuple[Spot, ...]] = {}
    for index, each in enumerate(target.elts if isinstance(target, (ast.Tuple, ast.List)) else ()):
        found |= called_with(each, replace(made, path=(*made.path, ("item", index))))
    return found
