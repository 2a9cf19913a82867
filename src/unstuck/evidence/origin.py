"""The statements of a program that made what a name holds, followed into the program's own functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from unstuck.evidence.bindings import ScopeNode, bindings, statements
from unstuck.evidence.syntax import parsed

#: A chain of statements is followed so far.
_DEEPEST = 8


def origins(file: str, name: str, before: int | None) -> list[ast.stmt]:
    """The statements that made what a name holds, the last one first.

    Each is a statement that binds the name, or hands back what it is bound to in a function of this file that
    is called for it; from there the names that are handed on without more than a method called on them. A
    parameter is followed to the first call of its function.

    Args:
        file: a part of the program.
        name: a name in it.
        before: the line in whose scope the name is asked for, and before which it is bound; None for the
            end of the file.
    """
    tree = parsed(file)
    if tree is None:
        return []
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return list(_made(tree, functions, _scope_at(tree, before), name, before))


def origins_of_argument(file: str, line: int, name: str) -> list[ast.stmt]:
    """The statements that made what the call at a line is given under this name, the last one first."""
    tree = parsed(file)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    covering = [each for each in calls if each.lineno <= line <= (each.end_lineno or each.lineno)]
    given = [part.value for each in covering for part in each.keywords if part.arg == name]
    if tree is None or not given:
        return []
    if isinstance(given[0], ast.Name):
        return origins(file, given[0].id, line)
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    here = ast.copy_location(ast.Expr(given[0]), given[0])
    return list(_followed((here, None, _scope_at(tree, line)), functions, _DEEPEST))


def _scope_at(tree: ast.Module, line: int | None) -> ScopeNode:
    """The innermost function that a line stands in, or the module."""
    inner = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and line is not None
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(inner, key=lambda node: node.lineno, default=tree)


def _made(
    tree: ast.Module, functions: dict[str, ast.FunctionDef], scope: ScopeNode, name: str, before: int | None
) -> Iterator[ast.stmt]:
    found = _bound(scope, name, before)
    if found:
        yield from _followed(max(found, key=lambda each: each[0].lineno), functions, _DEEPEST)
    elif not isinstance(scope, ast.Module):
        places = [each.arg for each in scope.args.args]
        call = _first_call(tree, scope.name) if name in places else None
        if call is None:
            yield from _made(tree, functions, tree, name, None)
            return
        given = {each.arg: each.value for each in call.keywords} | dict(zip(places, call.args, strict=False))
        for each in _handed_on(given[name]) if name in given else ():
            yield from _made(tree, functions, _scope_at(tree, call.lineno), each.id, call.lineno)


def _first_call(tree: ast.Module, function: str) -> ast.Call | None:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == function)
    return min(calls, key=lambda node: node.lineno, default=None)


def _bound(scope: ScopeNode, name: str, before: int | None) -> list[tuple[ast.stmt, int | None, ScopeNode]]:
    """The statements of a scope that bind a name, and which of several names it is there."""
    return [
        (statement, _element(statement, name), scope)
        for statement in statements(scope)
        if (before is None or statement.lineno < before)
        and any(bound == name for bound, _ in bindings(statement))
    ]


def _element(statement: ast.stmt, name: str) -> int | None:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            for index, each in enumerate(target.elts):
                if isinstance(each, ast.Name) and each.id == name:
                    return index
    return None


def _followed(
    made: tuple[ast.stmt, int | None, ScopeNode], functions: dict[str, ast.FunctionDef], depth: int
) -> Iterator[ast.stmt]:
    statement, element, scope = made
    yield statement
    value = getattr(statement, "value", None)
    if depth == 0 or value is None:
        return
    if element is not None and isinstance(value, (ast.Tuple, ast.List)) and element < len(value.elts):
        value, element = value.elts[element], None
    called = functions.get(_called(value))
    if called is not None:
        returns = [each for each in statements(called) if isinstance(each, ast.Return)]
        if len(returns) == 1:
            yield from _followed((returns[0], element, called), functions, depth - 1)
        return
    for each in _handed_on(value):
        before = statement.lineno if not isinstance(statement, ast.Return) else None
        found = _bound(scope, each.id, before)
        if found:
            last = max(found, key=lambda one: one[0].lineno)
            yield from _followed(last, functions, depth - 1)
            return


def _called(value: ast.expr) -> str:
    return value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""


def _handed_on(value: ast.expr) -> list[ast.Name]:
    """The names that an expression goes back to: what methods are called on, or what functions are given."""
    if isinstance(value, ast.Name):
        return [value]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return [*_handed_on(value.func.value), *(_handed_on(value.args[0]) if value.args else ())]
    if isinstance(value, ast.Subscript):
        return [*_handed_on(value.value), *_handed_on(value.slice)]
    if isinstance(value, ast.Attribute):
        return _handed_on(value.value)
    if isinstance(value, ast.BinOp):
        return _handed_on(value.left)
    if isinstance(value, (ast.ListComp, ast.GeneratorExp)):
        return _handed_on(value.generators[0].iter)
    return []


def calls_in(statement: ast.stmt) -> set[str]:
    """The last names of the functions that a statement calls."""
    calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
    return {
        each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
        for each in calls
    }
