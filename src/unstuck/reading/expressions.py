"""What expressions stand for, and how the file's own functions are walked into."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import Any

from unstuck.evidence.facts import Operation
from unstuck.evidence.signatures import OPTIMIZERS
from unstuck.reading.arithmetic import LARGEST_NUMBER, LONGEST, combine, compared, negated
from unstuck.reading.values import (
    UNSURE,
    Class,
    DictValue,
    Function,
    Instance,
    Items,
    Known,
    Made,
    Named,
    Network,
    Scope,
    Tensor,
    Unread,
    Value,
    hashable,
    members,
    plain,
)
from unstuck.reading.walk import MOST_DEPTH, MOST_ROUNDS, ProgramEnded, Returned, Walk


class Expressions(Walk):
    """Evaluates expressions to Values."""

    def value(self, node: ast.expr) -> Any:
        """What an expression stands for."""
        self.left -= 1
        if self.left < 0:
            raise ProgramEnded
        handler = _EXPRESSIONS.get(type(node))
        return Unread() if handler is None else handler(self, node)

    def _constant(self, node: ast.Constant) -> Value:
        huge = isinstance(node.value, int) and abs(node.value) > LARGEST_NUMBER
        return Unread() if huge else Known(node.value)

    def _name(self, node: ast.Name) -> Any:
        found = self.scope.get(node.id)
        if found is not None:
            return Unread() if node.id in self.shared_names and isinstance(found, Known) else found
        if node.id in _BUILTINS:
            return Named(f"builtins.{node.id}")
        return self._starred(node.id)

    def _starred(self, name: str) -> Any:
        """A name that nothing here binds: from a module of which all was imported, or unknown."""
        found: Any = Unread()
        keras = [each for each in self.stars if each.startswith("keras")]
        if keras and name[:1].isupper():
            home = (
                "models"
                if name in ("Sequential", "Model")
                else "optimizers"
                if name in OPTIMIZERS
                else "layers"
            )
            if any(each in ("keras", f"keras.{home}") for each in keras):
                found = Named(f"keras.{home}.{name}")
        outermost = self.scope
        while outermost.outer is not None:
            outermost = outermost.outer
        outermost.names[name] = found  # each time it is read it is the same
        if outermost.file == self.file:
            self.unbound[name] = found
        return found

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Items:
        found = Items()
        for each in node.elts:
            if isinstance(each, ast.Starred):
                more = members(self.value(each.value))
                found.members.extend(more or ())
                found.open = found.open or more is None
            else:
                found.members.append(self.value(each))
        return found

    def _dict(self, node: ast.Dict) -> DictValue:
        found = DictValue()
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.value(each)
            if key is None:
                found.open = found.open or not isinstance(value, DictValue) or value.open
                found.entries.update(value.entries if isinstance(value, DictValue) else {UNSURE: value})
                continue
            known = plain(self.value(key))
            found.entries[known if hashable(known) else UNSURE] = value
            found.open = found.open or known is UNSURE
        return found

    def _attribute(self, node: ast.Attribute) -> Any:
        return self.attribute(self.value(node.value), node.attr, node)

    def attribute(self, owner: Any, name: str, node: ast.AST) -> Any:
        """What `.name` of a value stands for."""
        if isinstance(owner, Named):
            return self.named(f"{owner.path}.{name}")
        if isinstance(owner, (Made, Instance, Network)) and name in owner.attributes:
            return owner.attributes[name]
        if isinstance(owner, Network) and name == "layers" and not owner.whole:
            layers = Unread(origin="layers")
            self.held_by[layers.root] = owner
            return layers
        if isinstance(owner, Network):
            return _of_network(owner, name)
        if isinstance(owner, Instance):
            return self._member(owner.of, name, owner)
        if isinstance(owner, Class):
            return self._member(owner, name, None)
        if isinstance(owner, Unread):
            return owner.then(Operation(kind=name, place=self.place(node)))
        if isinstance(owner, Made) and name == "layers":
            return Items(list(owner.parts), open=True)
        return Unread()

    def _member(self, owner: Class, name: str, bound: Any) -> Any:
        found = owner.find(name)
        if isinstance(found, Function) and bound is not None:
            marks = {self.text(each) for each in getattr(found.node, "decorator_list", ())}
            method = Function(found.node, found.scope, bound)
            if "property" in marks:
                return self.enter(method, [], {})
            return found if "staticmethod" in marks else method
        return found if found is not None else Unread()

    def _subscript(self, node: ast.Subscript) -> Any:
        owner, index = self.value(node.value), self.value(node.slice)
        key = plain(index)
        if isinstance(owner, Items) and isinstance(key, int) and not owner.open:
            if -len(owner.members) <= key < len(owner.members):
                return owner.members[key]
        elif isinstance(owner, Items) and isinstance(node.slice, ast.Slice) and not owner.open:
            bounds = [
                None if part is None else plain(self.value(part))
                for part in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            if UNSURE not in bounds and not any(bound is UNSURE for bound in bounds):
                return _sliced(owner, bounds)
        elif isinstance(owner, DictValue) and not owner.open and hashable(key) and key in owner.entries:
            return owner.entries[key]
        elif isinstance(owner, Unread):
            ordering = index.ordering if isinstance(index, Unread) else None
            return owner.then(
                ordering or Operation(kind="take", value=self.text(node.slice), place=self.place(node))
            )
        elif isinstance(owner, Tensor):
            return Tensor("GetItem", (owner,), self.place(node))
        elif isinstance(owner, Known) and isinstance(owner.value, (str, tuple)) and isinstance(key, int):
            return Known(owner.value[key]) if -len(owner.value) <= key < len(owner.value) else Unread()
        return Unread()

    def _slice(self, node: ast.Slice) -> Any:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.value(part)
        return Unread()

    def _binary(self, node: ast.BinOp) -> Any:
        return combine(node.op, self.value(node.left), self.value(node.right), self.place(node))

    def _unary(self, node: ast.UnaryOp) -> Any:
        return negated(node.op, self.value(node.operand), self.place(node))

    def _compare(self, node: ast.Compare) -> Any:
        return compared(node, [self.value(node.left), *map(self.value, node.comparators)], self.place(node))

    def _boolean(self, node: ast.BoolOp) -> Any:
        found = [self.value(each) for each in node.values]
        known = [plain(each) for each in found]
        short = isinstance(node.op, ast.Or)
        for each, value in zip(known, found, strict=True):
            if each is UNSURE:
                return Unread()
            if bool(each) is short:
                return value
        return found[-1]

    def _choice(self, node: ast.IfExp) -> Any:
        with self.taking(node.test, [node.body], [node.orelse]) as taken:
            return self.value(taken[0])

    def _lambda(self, node: ast.Lambda) -> Function:
        return Function(node, self.scope)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Any:
        if len(node.generators) != 1:
            return Unread()
        clause = node.generators[0]
        over = self.value(clause.iter)
        rounds = members(over)
        known = rounds is not None and len(rounds) <= MOST_ROUNDS and not clause.ifs
        found: list[Any] = []
        outer, self.scope = self.scope, Scope(self.scope)
        try:
            with self.looping(node, known):
                for each in (rounds if known else [Unread()]) or ():
                    self.bind(clause.target, each)
                    found.append(self.value(node.elt))
        finally:
            self.scope = outer
        if known:
            return Items(found)
        return (
            Items(found, open=True) if any(isinstance(each, (Made, Network)) for each in found) else Unread()
        )

    def _joined(self, node: ast.JoinedStr) -> Any:
        parts = []
        for each in node.values:
            inner = each.value if isinstance(each, ast.FormattedValue) else each
            parts.append(plain(self.value(inner)))
        if any(part is UNSURE for part in parts) or any(
            not isinstance(part, (str, int, float)) for part in parts
        ):
            return Unread()
        text = "".join(map(str, parts))
        return Known(text) if len(text) <= LONGEST else Unread()

    def _walrus(self, node: ast.NamedExpr) -> Any:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _inside(self, node: ast.Await | ast.YieldFrom | ast.Starred) -> Any:
        return self.value(node.value)

    def _yield(self, node: ast.Yield) -> Any:
        value = self.value(node.value) if node.value is not None else Known(None)
        return value if isinstance(value, Unread) else Unread()

    def _call_node(self, node: ast.Call) -> Any:
        callee = self._callee(node.func)
        positional: list[Any] = []
        hidden = False
        for each in node.args:
            if isinstance(each, ast.Starred):
                more = members(self.value(each.value))
                positional.extend(more or ())
                hidden = hidden or more is None
            else:
                positional.append(self.value(each))
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif (
                isinstance(value, DictValue)
                and not value.open
                and all(isinstance(key, str) for key in value.entries)
            ):
                keywords.update(value.entries)
            else:
                hidden = True
        if isinstance(callee, Function):
            return self.enter(callee, positional, keywords, hidden)
        return self.calls(self, node, callee, positional, keywords, hidden)

    def _callee(self, node: ast.expr) -> Any:
        """What is called: a Value, or (owner, name) for a method of one."""
        if not isinstance(node, ast.Attribute):
            return self.value(node)
        owner = self.value(node.value)
        if isinstance(owner, (Named, Class)):
            return self.attribute(owner, node.attr, node)
        if isinstance(owner, (Instance, Network)):
            known = owner.attributes.get(node.attr)
            if known is not None:
                return known
            of = owner.of
            found = self._member(of, node.attr, owner) if of is not None else None
            if isinstance(found, Function):
                return found
        return (owner, node.attr)

    def enter(
        self, function: Function, positional: list[Any], keywords: dict[str, Any], hidden: bool = False
    ) -> Any:
        """Walk into a function of the file; what it returns."""
        function.entered = True
        self.walked.add(function.node)
        if len(self.entering) >= MOST_DEPTH or function.node in self.entering:
            return Unread()
        scope = Scope(function.scope)
        outer, self.scope = self.scope, function.scope
        try:
            self._parameters(function, positional, keywords, hidden, scope)
        finally:
            self.scope = outer
        return self._inside_of(function, scope)

    def _inside_of(self, function: Function, scope: Scope) -> Any:
        outer, self.scope = self.scope, scope
        self.entering.append(function.node)
        try:
            if isinstance(function.node, ast.Lambda):
                return self.value(function.node.body)
            self.run(function.node.body)
        except Returned as found:
            return found.value
        finally:
            self.entering.pop()
            self.scope = outer
        return Known(None)

    def _parameters(
        self, function: Function, positional: list[Any], keywords: dict[str, Any], hidden: bool, scope: Scope
    ) -> None:
        signature = function.node.args
        names = [*signature.posonlyargs, *signature.args]
        given = [function.bound, *positional] if function.bound is not None else list(positional)
        defaults: list[ast.expr | None] = [None] * (len(names) - len(signature.defaults))
        defaults += signature.defaults
        for index, (parameter, default) in enumerate(zip(names, defaults, strict=True)):
            if index < len(given):
                scope.names[parameter.arg] = given[index]
            elif parameter.arg in keywords:
                scope.names[parameter.arg] = keywords[parameter.arg]
            else:
                unsure = hidden or default is None
                scope.names[parameter.arg] = Unread() if unsure or default is None else self.value(default)
        for parameter, default in zip(signature.kwonlyargs, signature.kw_defaults, strict=True):
            if parameter.arg in keywords:
                scope.names[parameter.arg] = keywords[parameter.arg]
            else:
                scope.names[parameter.arg] = Unread() if default is None or hidden else self.value(default)
        if signature.vararg is not None:
            scope.names[signature.vararg.arg] = Items(given[len(names) :], open=hidden)
        if signature.kwarg is not None:
            own = {each.arg for each in (*names, *signature.kwonlyargs)}
            rest = {key: value for key, value in keywords.items() if key not in own}
            scope.names[signature.kwarg.arg] = Unread() if hidden else DictValue(dict(rest))


_BUILTINS = frozenset(dir(builtins))


def _sliced(owner: Items, bounds: list[Any]) -> Any:
    try:
        return Items(owner.members[slice(*bounds)])
    except (TypeError, ValueError):  # the program would raise here
        return Unread()


def _of_network(network: Network, name: str) -> Any:
    """What an attribute of a model is."""
    if name == "layers":
        return Items(list(network.layers), open=not network.whole)
    if name in ("output", "outputs") and network.outputs:
        outputs = list(network.outputs.values())
        return outputs[0] if len(outputs) == 1 else Items(list(outputs))
    if name in ("input", "inputs") and network.inputs:
        return network.inputs[0] if len(network.inputs) == 1 else Items(list(network.inputs))
    if name in ("input", "output"):
        return Tensor(None) if name == "input" else Tensor(network)
    return Unread()


_EXPRESSIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Attribute: Expressions._attribute,
    ast.Await: Expressions._inside,
    ast.BinOp: Expressions._binary,
    ast.BoolOp: Expressions._boolean,
    ast.Call: Expressions._call_node,
    ast.Compare: Expressions._compare,
    ast.Constant: Expressions._constant,
    ast.Dict: Expressions._dict,
    ast.GeneratorExp: Expressions._comprehension,
    ast.IfExp: Expressions._choice,
    ast.JoinedStr: Expressions._joined,
    ast.Lambda: Expressions._lambda,
    ast.List: Expressions._list,
    ast.ListComp: Expressions._comprehension,
    ast.Name: Expressions._name,
    ast.NamedExpr: Expressions._walrus,
    ast.Set: Expressions._list,
    ast.SetComp: Expressions._comprehension,
    ast.Slice: Expressions._slice,
    ast.Starred: Expressions._inside,
    ast.Subscript: Expressions._subscript,
    ast.Tuple: Expressions._list,
    ast.UnaryOp: Expressions._unary,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._inside,
}
