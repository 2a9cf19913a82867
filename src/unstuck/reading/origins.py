"""The statements that made what fit is given: where an input is to be mended."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from unstuck.evidence.bindings import ScopeNode, bindings, statements
from unstuck.evidence.facts import Input, Inputs, Place
from unstuck.evidence.signatures import PARAMETERS

#: Steps from one name to the next that are followed at most.
_MOST_STEPS = 8

#: Methods that hand the same values on in another form.
_SAME_VALUES = ("astype", "reshape", "to_numpy", "numpy", "squeeze", "ravel", "flatten")

#: Functions that do so with their first argument.
_SAME_VALUES_OF = ("array", "asarray", "ascontiguousarray", "expand_dims", "float32", "convert_to_tensor")


def with_origins(inputs: Inputs, tree: ast.Module, fit: Place) -> Inputs:
    """The inputs with the place of the last statement that gave each its values, as far as that can be seen.

    Names are followed back from the call of fit through slices, splits and changes of form, within the
    function that calls it and the module. Where nothing is found, an input is as it was.
    """
    found = _call_at(tree, fit)
    if found is None:
        return inputs
    call, scopes = found
    given = dict(zip(PARAMETERS["fit"], call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords if word.arg}
    held = given.get("validation_data")
    judged = held.elts[0] if isinstance(held, ast.Tuple) and held.elts else None
    target = _handed_on(given["y"]) if "y" in given else None
    seeker = _Seeker(fit.file, call.lineno, scopes, target)
    return replace(
        inputs,
        training=seeker.placed(inputs.training, given.get("x")),
        validation=seeker.placed(inputs.validation, judged),
    )


def _call_at(tree: ast.Module, place: Place) -> tuple[ast.Call, tuple[ScopeNode, ...]] | None:
    """The call of fit at a place, with the scopes around it, the innermost first."""

    def search(
        node: ast.AST, scopes: tuple[ScopeNode, ...]
    ) -> Iterator[tuple[ast.Call, tuple[ScopeNode, ...]]]:
        if isinstance(node, ast.Call) and node.lineno == place.line:
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if method == "fit":
                yield node, scopes
        inner = (node, *scopes) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else scopes
        for child in ast.iter_child_nodes(node):
            yield from search(child, inner)

    return next(search(tree, (tree,)), None)


class _Seeker:
    """Follows expressions back to the statements that made their values.

    An input that is made of the `target` by name is made an input where that is said.
    """

    def __init__(self, file: str, line: int, scopes: tuple[ScopeNode, ...], target: str | None) -> None:
        self._file, self._line, self._scopes, self._target = file, line, scopes, target

    def placed(self, inputs: tuple[Input, ...], given: ast.expr | None) -> tuple[Input, ...]:
        """The inputs with the places of what is given for them."""
        if given is None:
            return inputs
        parts = self._parts(given, inputs)
        if len(parts) != len(inputs):
            return inputs
        return tuple(
            replace(each, place=each.place or self._made(part))
            for each, part in zip(inputs, parts, strict=True)
        )

    def _parts(self, given: ast.expr, inputs: tuple[Input, ...]) -> list[ast.expr]:
        """What is given for each input, in their order; Keras sorts a dictionary's by its keys."""
        held = self._value_of(given) if isinstance(given, ast.Name) else given
        if isinstance(held, (ast.List, ast.Tuple)) and len(held.elts) == len(inputs):
            return list(held.elts)
        if isinstance(held, ast.Dict):
            pairs = zip(held.keys, held.values, strict=True)
            named = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
            return [named[key] for key in sorted(named, key=str)]
        return [given]

    def _value_of(self, name: ast.Name) -> ast.expr | None:
        found = self._assigned(name.id, self._line)
        return None if found is None else found[1]

    def _made(self, expression: ast.expr) -> Place | None:
        """The last statement that gave an expression its values."""
        line, place = self._line, None
        for _ in range(_MOST_STEPS):
            name = _handed_on(expression)
            found = self._assigned(name, line) if name is not None else None
            if found is None:
                return place
            line, value = found
            place = Place(file=self._file, line=line)
            if value is None or _handed_on(value) == self._target:
                return place
            expression = value
        return place

    def _assigned(self, name: str, before: int) -> tuple[int, ast.expr | None] | None:
        """The line of the last statement before a line that binds a name, with the value it is bound to."""
        for scope in self._scopes:
            found = [
                (statement.lineno, value)
                for statement in statements(scope)
                for bound, value in bindings(statement)
                if bound == name and statement.lineno < before
            ]
            if found:
                return max(found, key=lambda each: each[0])
            if not isinstance(scope, ast.Module) and name in _parameters(scope):
                return None
        return None


def _handed_on(expression: ast.expr) -> str | None:
    """The name whose values an expression hands on in another form or in part, None for what it makes."""
    inner: ast.expr | None = expression
    while inner is not None and not isinstance(inner, ast.Name):
        inner = _inside(inner)
    return inner.id if inner is not None else None


def _inside(expression: ast.expr) -> ast.expr | None:
    """What an expression takes a part or another form of, None where it makes new values."""
    if isinstance(expression, ast.Subscript):
        return expression.value
    if isinstance(expression, ast.Attribute):
        return expression.value if expression.attr in ("values", "T") else None
    if not isinstance(expression, ast.Call) or not isinstance(expression.func, ast.Attribute):
        return None
    if expression.func.attr in _SAME_VALUES:
        return expression.func.value
    return expression.args[0] if expression.func.attr in _SAME_VALUES_OF and expression.args else None


def _parameters(function: ScopeNode) -> set[str]:
    if isinstance(function, ast.Module):
        return set()
    arguments = function.args
    return {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
