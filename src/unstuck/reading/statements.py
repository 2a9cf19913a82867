"""What statements do to the names of a file."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from unstuck.evidence.beside import MOST_MODULES, beside, candidates
from unstuck.evidence.facts import Operation
from unstuck.evidence.syntax import parsed
from unstuck.reading.arithmetic import combine
from unstuck.reading.expressions import Expressions
from unstuck.reading.nodes import stored
from unstuck.reading.values import (
    OWN_WORK,
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
    Unread,
    hashable,
    members,
    plain,
)
from unstuck.reading.walk import LONG_LOOP, MOST_ROUNDS, LoopEnd, ProgramEnded, Raised, Returned


class Interpreter(Expressions):
    """Walks a file as Python would run it, without running it: names stand for Values.

    Where a condition is not known, one side is taken; the caller walks the file again for the
    other. A loop over something unknown is walked once. A budget bounds the work.
    """

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Walk statements in order."""
        for statement in body:
            self.left -= 1
            if self.left < 0:
                raise ProgramEnded
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self.scope.bind(alias.asname, self.named(alias.name))
            else:
                first = alias.name.partition(".")[0]
                self.scope.bind(first, Named(first))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        home = self._module(node.module or "", node.level)
        for alias in node.names:
            if home is not None and alias.name in home.names:
                self.scope.bind(alias.asname or alias.name, home.names[alias.name])
            elif alias.name == "*":
                self.stars.append(self.named(module).path)
            else:
                self.scope.bind(alias.asname or alias.name, self.named(f"{module}.{alias.name}"))

    def _module(self, name: str, level: int) -> Scope | None:
        """The names of a module of the project itself, None where no such file stands beside this one."""
        if not self.follows:
            return None
        home = self.scope.home or self.file
        self.looked_for.update(map(str, candidates(home, name, level)))
        path = beside(home, name, level)
        if path is None:
            return None
        if str(path) not in self.modules and len(self.modules) < MOST_MODULES:
            self.modules[str(path)] = None  # a circle of imports ends here
            tree = parsed(path)
            self.modules[str(path)] = self._names_of(tree, str(path)) if tree is not None else None
        return self.modules.get(str(path))

    def _names_of(self, tree: ast.Module, file: str) -> Scope:
        outer, self.scope = self.scope, Scope(file=file)
        found = self.scope
        found.bind("__name__", Known(Path(file).stem))
        try:
            for statement in tree.body:
                with contextlib.suppress(Raised, RecursionError, Returned, LoopEnd):
                    self.run([statement])
        finally:
            self.scope = outer
        return found

    def _assign(self, node: ast.Assign) -> None:
        self._note_swap(node)
        value = self.value(node.value)
        for target in node.targets:
            self.bind(target, value)

    def _note_swap(self, node: ast.Assign) -> None:
        """`X[i], X[j] = X[j], X[i]`."""
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple):
            return
        if len(target.elts) != 2 or len(value.elts) != 2:
            return
        first, second = target.elts
        if not isinstance(first, ast.Subscript) or not isinstance(second, ast.Subscript):
            return
        texts = [ast.unparse(each) for each in (first, second, *value.elts)]
        if texts[:2] == texts[:1:-1] and ast.unparse(first.value) == ast.unparse(second.value):
            self.note("swapped", node, how="assignment", of=self.value(first.value))

    def _ann_assign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.bind(node.target, self.value(node.value))

    def _aug_assign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            before = self.value(node.target)
            change = self.value(node.value)
            if isinstance(before, Items) and isinstance(node.op, ast.Add):
                more = members(change)
                before.members.extend(more or ())
                before.open = before.open or more is None
                return
            self.bind(node.target, combine(node.op, before, change, self.place(node)))
        else:
            self.value(node.value)
            self.bind(node.target, Unread())

    def bind(self, target: ast.expr, value: Any) -> None:
        """Bind what stands on the left of an assignment."""
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, Unread())
        elif isinstance(target, ast.Attribute):
            self._set_attribute(target, value)
        elif isinstance(target, ast.Subscript):
            self._set_item(target, value)

    def _unpack(self, targets: list[ast.expr], value: Any) -> None:
        found = members(value) if not isinstance(value, (Unread, DictValue)) else None
        if found is not None and len(found) == len(targets):
            for target, each in zip(targets, found, strict=True):
                self.bind(target, each)
            return
        for index, target in enumerate(targets):
            part = value.then(Operation(kind="take", value=index)) if isinstance(value, Unread) else Unread()
            self.bind(target, part)

    def _set_attribute(self, target: ast.Attribute, value: Any) -> None:
        owner = self.value(target.value)
        partly = self.conditional > 0
        if isinstance(owner, Unread):
            partly = partly or any(each.value != "each" for each in owner.operations)
            owner = self.held_by.get(owner.root)
        if isinstance(owner, Class):
            owner.members[target.attr] = Unread() if partly else value
        if not isinstance(owner, (Made, Instance, Network)):
            return
        value = Unread() if partly and target.attr == "trainable" else value
        owner.attributes[target.attr] = value
        if isinstance(owner, Made) and target.attr != "trainable":
            owner.arguments[target.attr] = value
            owner.custom = owner.custom or target.attr in OWN_WORK
        if target.attr == "trainable":
            self.note("trainable-set", target, value=plain(value), of=owner)

    def _set_item(self, target: ast.Subscript, value: Any) -> None:
        owner, key = self.value(target.value), plain(self.value(target.slice))
        if isinstance(owner, DictValue):
            owner.entries[key if hashable(key) else UNSURE] = value
            owner.open = owner.open or key is UNSURE or not hashable(key) or bool(self.open_loops)
        elif isinstance(owner, Named) and owner.path == "os.environ":
            self.note("environment", target, name=key, value=plain(value))
        elif (
            isinstance(owner, Items)
            and isinstance(key, int)
            and -len(owner.members) <= key < len(owner.members)
        ):
            owner.members[key] = value
        elif isinstance(owner, Unread) and isinstance(target.value, ast.Name):
            step = Operation(kind="set-part", value=self.text(target.slice), place=self.place(target))
            self.scope.bind(target.value.id, owner.then(step))

    def _expression(self, node: ast.Expr) -> None:
        self.value(node.value)

    def _if(self, node: ast.If) -> None:
        with self.taking(node.test, node.body, node.orelse) as taken:
            self.run(taken)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        over = self.value(node.iter)
        rounds = members(over)
        known = rounds is not None and len(rounds) <= MOST_ROUNDS
        if not known:
            first = over.then(Operation(kind="take", value="each")) if isinstance(over, Unread) else Unread()
            rounds = [first]
            self._forget(node)
        stopped, begun, made = False, self.left, len(self.networks) + len(self.objects)
        with self.looping(node, known):
            for each in rounds or ():
                if begun - self.left > LONG_LOOP and len(self.networks) + len(self.objects) == made:
                    known = False  # episodes, epochs: what is made of them is not worked out to the end
                    break
                self.bind(node.target, each)
                stopped = not self._round(node.body)
                if stopped:
                    break
        if not known:
            self._forget(node)
        if not stopped:
            self.run(node.orelse)

    def _while(self, node: ast.While) -> None:
        if plain(self.value(node.test)) in (False, 0, None):
            return
        self._forget(node)
        with self.looping(node, False):
            self._round(node.body)
        self._forget(node)

    def _forget(self, loop: ast.AST) -> None:
        """What a loop of unknown length assigns has no known value, neither in it nor after it."""
        for name in stored(loop):
            held = self.scope.get(name)
            if isinstance(held, Known):
                self.scope.bind(name, Unread())
            elif isinstance(held, (Items, DictValue)):
                held.open = True

    def _round(self, body: Sequence[ast.stmt]) -> bool:
        """One round of a loop; whether it goes on."""
        try:
            self.run(body)
        except LoopEnd as end:
            return not end.stops
        return True

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        taped = False
        for item in node.items:
            value = self.value(item.context_expr)
            taped = taped or (isinstance(value, Made) and value.kind == "GradientTape")
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        if taped:
            self.tapes.append(node)
        try:
            self.run(node.body)
        finally:
            if taped:
                self.tapes.pop()

    def _try(self, node: ast.Try) -> None:
        if _makes_otherwise(node) and not self._goes_well(node):
            self.run(node.handlers[0].body)
            self.run(node.finalbody)
            return
        try:
            self.run(node.body)
            self.run(node.orelse)
        except Raised:
            if not node.handlers:
                raise
            self.run(node.handlers[0].body)
        self.run(node.finalbody)

    def _goes_well(self, node: ast.Try) -> bool:
        """Whether this walk takes the body of a `try`, or what is done in its place."""
        key = f"try in line {node.lineno}"
        self.undecided.add(key)
        self.met.add(key)
        return self.decisions.setdefault(key, True)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scope.bind(node.name, Function(node, self.scope))

    def _define_class(self, node: ast.ClassDef) -> None:
        made = Class(node, self.scope, tuple(self.value(base) for base in node.bases))
        outer, self.scope = self.scope, Scope(self.scope)
        try:
            self.run(node.body)
            made.members = dict(self.scope.names)
        finally:
            self.scope = outer
        self.scope.bind(node.name, made)

    def _return(self, node: ast.Return) -> None:
        raise Returned(self.value(node.value) if node.value is not None else Known(None))

    def _raise(self, _node: ast.Raise) -> None:
        raise Raised

    def _break(self, _node: ast.Break) -> None:
        raise LoopEnd(stops=True)

    def _continue(self, _node: ast.Continue) -> None:
        raise LoopEnd(stops=False)

    def _global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.scope.globals.update(node.names)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.names.pop(target.id, None)
            elif isinstance(target, ast.Subscript):
                held = self.value(target.value)
                if isinstance(held, (Items, DictValue)):
                    held.open = True
                if isinstance(held, Network):
                    held.whole = False

    def _match(self, node: ast.Match) -> None:
        self.value(node.subject)
        for index, case in enumerate(node.cases):
            test = ast.Name(id=f"case {index} of {self.text(node.subject)}", ctx=ast.Load())
            key = test.id
            self.undecided.add(key)
            self.met.add(key)
            if self.decisions.setdefault(key, True) or index == len(node.cases) - 1:
                self.run(case.body)
                return


def _makes_otherwise(node: ast.Try) -> bool:
    """Whether the first handler makes something of its own in place of what the body would have made."""
    made = [each for handler in node.handlers[:1] for each in handler.body if isinstance(each, ast.Assign)]
    return any(isinstance(each.value, ast.Call) for each in made)


_STATEMENTS: dict[type[ast.AST], Callable[[Any, Any], None]] = {
    ast.AnnAssign: Interpreter._ann_assign,
    ast.Assign: Interpreter._assign,
    ast.AsyncFor: Interpreter._for,
    ast.AsyncFunctionDef: Interpreter._define,
    ast.AsyncWith: Interpreter._with,
    ast.AugAssign: Interpreter._aug_assign,
    ast.Break: Interpreter._break,
    ast.ClassDef: Interpreter._define_class,
    ast.Continue: Interpreter._continue,
    ast.Delete: Interpreter._delete,
    ast.Expr: Interpreter._expression,
    ast.For: Interpreter._for,
    ast.FunctionDef: Interpreter._define,
    ast.Global: Interpreter._global,
    ast.If: Interpreter._if,
    ast.Import: Interpreter._import,
    ast.ImportFrom: Interpreter._import_from,
    ast.Match: Interpreter._match,
    ast.Nonlocal: Interpreter._global,
    ast.Raise: Interpreter._raise,
    ast.Return: Interpreter._return,
    ast.Try: Interpreter._try,
    ast.While: Interpreter._while,
    ast.With: Interpreter._with,
}
