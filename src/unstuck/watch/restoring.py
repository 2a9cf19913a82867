"""What the user's own code can change while a probe runs it, and everything of it put back.

Layers, losses, metrics and schedules of the user's may count their calls, keep their last values or draw
from generators of their own. From the model on, what such code can reach is gone through: attributes of
the user's objects and classes, what their functions find in closures and by global names, the lists,
dicts, small arrays and generators in there. Keras's own objects are gone through and not kept.
"""

from __future__ import annotations

import collections
import contextlib
import copy
import functools
import itertools
import random
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from unstuck.watch.constructed import from_keras
from unstuck.watch.places import is_library

#: Objects that are gone through; what lies beyond is not put back. A thousand layers have some ten thousand.
MOST_OBJECTS = 20_000

#: Entries of a list or dict, and bytes of an array, beyond which it holds data and not a program's state.
MOST_ENTRIES, MOST_BYTES = 10_000, 2**16

#: Values that cannot change.
_IMMUTABLE = (type(None), bool, int, float, complex, str, bytes, range, type(Ellipsis), np.generic, np.dtype)

_MISSING = object()


@contextlib.contextmanager
def restored(*roots: Any) -> Iterator[None]:
    """Put back, after the block, what the user's code behind these objects may have changed in it."""
    put_back = keep(*roots)
    try:
        yield
    finally:
        put_back()


def keep(*roots: Any) -> Callable[[], None]:
    """What puts back, as often as it is called, what the user's code behind these objects may change."""
    kept = _Kept()
    with contextlib.suppress(Exception):  # an object that cannot be looked at is left as it is
        kept.go_through(roots)
    return kept.put_back


class _Kept:
    """Everything that was gone through, and how to put each piece back."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._seen: dict[int, Any] = {}  # the objects too, so that no id is used again
        self._waiting: collections.deque[tuple[Any, bool]] = collections.deque()

    def go_through(self, roots: Iterable[Any]) -> None:
        """Keep what can be reached, the nearest first."""
        self._wait(roots, False)
        while self._waiting and len(self._seen) < MOST_OBJECTS:
            found, own = self._waiting.popleft()
            if id(found) not in self._seen:
                self._seen[id(found)] = found
                with contextlib.suppress(Exception):
                    self._look(found, own)

    def put_back(self) -> None:
        """Undo every change, the last one kept first."""
        for undo in reversed(self._undo):
            with contextlib.suppress(Exception):
                undo()

    def _wait(self, found: Iterable[Any], own: bool) -> None:
        self._waiting.extend((each, own) for each in found if not isinstance(each, _IMMUTABLE))

    def _look(self, found: Any, own: bool) -> None:
        """Keep one object; `own` is true for what was found at an object of the user's."""
        if isinstance(found, types.FunctionType):
            self._look_at_function(found)
        elif isinstance(found, types.MethodType):
            self._wait((found.__self__, found.__func__), own)
        elif isinstance(found, functools.partial):
            self._wait((found.func, *found.args, *found.keywords.values()), own)
        elif isinstance(found, (property, staticmethod, classmethod, functools.cached_property)):
            names = ("fget", "fset", "__func__", "func")
            self._wait((getattr(found, name, None) for name in names), own)
        elif isinstance(found, (list, dict, set, collections.deque, tuple)):
            self._look_at_container(found, own)
        elif isinstance(found, type):
            self._look_at_class(found)
        elif not isinstance(found, types.ModuleType):
            self._look_at_object(found, own)

    def _look_at_container(self, found: Any, own: bool) -> None:
        if len(found) > MOST_ENTRIES:
            return
        if own and not isinstance(found, tuple):
            self._undo.append(_putting_back_entries(found))
        self._wait(list(found.values() if isinstance(found, dict) else found), own)

    def _look_at_function(self, function: types.FunctionType) -> None:
        """A function of the user's can change what it closes over and what it finds by global names."""
        self._wait((getattr(function, "__wrapped__", None),), True)
        cells = function.__closure__ or ()
        held = [cell.cell_contents for cell in cells if not _is_empty(cell)]
        if is_library(function.__code__.co_filename):
            self._wait((each for each in held if callable(each)), False)  # a decorator's
            return
        for cell in cells:
            self._keep_cell(cell)
        names = _names(function.__code__)
        self._keep_names(function.__globals__, names)
        for value in [function.__globals__[name] for name in names if name in function.__globals__]:
            if isinstance(value, types.ModuleType) and not is_library(
                getattr(value, "__file__", None) or "<frozen"
            ):
                self._keep_names(vars(value), names)
        self._undo.append(_putting_back_entries(vars(function)))
        self._wait((*held, *(function.__defaults__ or ()), *vars(function).values()), True)

    def _keep_cell(self, cell: Any) -> None:
        if not _is_empty(cell):
            value = _as_it_is(cell.cell_contents)
            self._undo.append(lambda: setattr(cell, "cell_contents", _as_it_is(value)))

    def _keep_names(self, space: dict[str, Any], names: Iterable[str]) -> None:
        """Keep what global names stand for, names that stand for nothing yet as well."""
        held = {name: _as_it_is(space.get(name, _MISSING)) for name in names}

        def undo() -> None:
            for name, value in held.items():
                if value is _MISSING:
                    space.pop(name, None)
                elif space.get(name, _MISSING) is not value:
                    space[name] = _as_it_is(value)

        self._undo.append(undo)
        self._wait((value for value in held.values() if value is not _MISSING), True)

    def _look_at_class(self, found: type) -> None:
        """Attributes of the user's own classes, and what their methods reach."""
        for cls in found.__mro__:
            if not _is_users(cls):
                continue
            held = {k: v for k, v in vars(cls).items() if not (k.startswith("__") and k.endswith("__"))}

            def undo(cls: type = cls, held: dict[str, Any] = held) -> None:
                for name, value in held.items():
                    if vars(cls).get(name) is not value:
                        setattr(cls, name, value)

            self._undo.append(undo)
            self._wait((*vars(cls).values(),), True)

    def _look_at_object(self, found: Any, own: bool) -> None:
        keep = _way_back(found)
        if keep is not None:
            if own:
                self._undo.append(keep(found))
            return
        attributes, users = getattr(found, "__dict__", None), _is_users(type(found))
        if users:
            self._look_at_class(type(found))
            self._look_at_slots(found)
        if not isinstance(attributes, dict):
            return
        if users:
            self._undo.append(_putting_back_entries(attributes))
        self._wait(list(attributes.values()), users or (own and not _is_structure(found)))

    def _look_at_slots(self, found: Any) -> None:
        slots = [s for cls in type(found).__mro__ for s in _listed(cls.__dict__.get("__slots__", ()))]
        held = {slot: getattr(found, slot) for slot in slots if hasattr(found, slot)}

        def undo() -> None:
            for slot, value in held.items():
                setattr(found, slot, value)

        self._undo.append(undo)
        self._wait(held.values(), True)


def _listed(slots: Any) -> tuple[str, ...]:
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if not name.startswith("__"))


def _is_empty(cell: Any) -> bool:
    try:
        return cell.cell_contents is _MISSING
    except ValueError:
        return True


def _names(code: types.CodeType) -> set[str]:
    """The global names and attributes that a function's code speaks of, its inner functions included."""
    inner = (each for each in code.co_consts if isinstance(each, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _is_users(cls: type) -> bool:
    """Whether a class stands in the user's own code."""
    module = sys.modules.get(cls.__module__)
    if cls.__module__ == "__main__":
        return True
    file = getattr(module, "__file__", None)
    return file is not None and not is_library(file)


def _is_structure(found: Any) -> bool:
    """Whether an object is one of Keras's own, whose lists and dicts are its own affair."""
    return from_keras(type(found))


def _putting_back_entries(found: Any) -> Callable[[], None]:
    """A way to give a list, dict, set or deque the entries back that it has now."""
    entries = list(found.items()) if isinstance(found, dict) else list(found)
    before = (
        [(k, _as_it_is(v)) for k, v in entries] if isinstance(found, dict) else list(map(_as_it_is, entries))
    )

    def undo() -> None:
        now = list(found.items()) if isinstance(found, dict) else list(found)
        if isinstance(found, set):
            if found != set(before):
                set.clear(found)
                set.update(found, before)
        elif not _same(now, before):
            plain = found if isinstance(found, (collections.OrderedDict, collections.deque)) else None
            base: Any = type(plain) if plain is not None else dict if isinstance(found, dict) else list
            base.clear(found)
            if isinstance(found, dict):
                base.update(found, [(key, _as_it_is(value)) for key, value in before])
            else:
                base.extend(found, map(_as_it_is, before))

    return undo


def _same(now: list[Any], before: list[Any]) -> bool:
    """Whether these are the very same entries in the same order."""
    if len(now) != len(before):
        return False
    pairs = zip(now, before, strict=True)
    return all(
        (a[0] is b[0] and a[1] is b[1])
        if type(a) is tuple and type(b) is tuple and len(a) == len(b) == 2
        else a is b
        for a, b in pairs
    )


def _as_it_is(value: Any) -> Any:
    """The value; of a counter, which only goes forward, one that stands where it stands now."""
    if isinstance(value, itertools.count):
        with contextlib.suppress(TypeError):  # from Python 3.14 on they cannot be copied
            return copy.copy(value)
    return value


def _way_back(found: Any) -> Callable[[Any], Callable[[], None]] | None:
    """How the state of an array, tensor, variable or generator is kept; None for other objects."""
    if isinstance(found, np.ndarray):
        return _keeping_array
    if isinstance(found, (np.random.Generator, np.random.RandomState, random.Random)):
        return _keeping_generator
    package = type(found).__module__.partition(".")[0]
    if package == "torch" and type(found).__name__ == "Generator":
        return _keeping_generator
    if package == "torch" and hasattr(found, "detach"):
        return _keeping_tensor
    # An optimizer has `assign` as well.
    variable = package in ("keras", "tensorflow") and hasattr(found, "assign") and hasattr(found, "shape")
    return _keeping_variable if variable else None


def _nothing() -> None:
    """What is too large to be kept, or lies elsewhere during a fit, is left as it is."""


def _keeping_generator(found: Any) -> Callable[[], None]:
    if isinstance(found, np.random.Generator):
        bits, drawn = found.bit_generator, found.bit_generator.state
        return lambda: setattr(bits, "state", drawn)
    getter, setter = (
        ("getstate", "setstate") if isinstance(found, random.Random) else ("get_state", "set_state")
    )
    state = getattr(found, getter)()
    return functools.partial(getattr(found, setter), state)


def _keeping_array(found: np.ndarray) -> Callable[[], None]:
    if found.nbytes > MOST_BYTES or not found.flags.writeable:
        return _nothing
    before = found.copy()
    return lambda: np.copyto(found, before)


def _keeping_tensor(found: Any) -> Callable[[], None]:
    if found.numel() * found.element_size() > MOST_BYTES:
        return _nothing
    before, tensor = found.detach().clone(), found.detach()
    return lambda: None if tensor.equal(before) else tensor.copy_(before)


def _keeping_variable(found: Any) -> Callable[[], None]:
    """A variable of the user's own; those of the model are never written to by a probe."""
    value = getattr(found, "_value", found)  # not `value`: of an unbuilt one it would call the initialiser
    if value is None or int(np.prod(tuple(found.shape))) * 8 > MOST_BYTES:
        return _nothing
    if hasattr(value, "detach"):
        return _keeping_tensor(value)
    before = np.array(value)
    return lambda: (
        None if np.array_equal(np.array(getattr(found, "_value", found)), before) else found.assign(before)
    )
