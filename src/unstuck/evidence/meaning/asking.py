"""Ask a function of the user's for a value so that nothing of the user's program can notice.

What it prints is dropped, and the random streams and all that it can reach and change are put back. A
function that reaches out of the program (files, connections, other processes), or that holds layers or
variables, is not called at all.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

from unstuck.evidence.layers import is_keras
from unstuck.watch.unseen import unseen

#: Names by which a function reaches out of the program, or changes the variables of a model.
_REACHING_OUT = (
    "assign assign_add assign_sub breakpoint connect eval exec input open popen put run send system write "
    "write_text writelines"
)
_REACHES_OUT = frozenset(_REACHING_OUT.split())

#: Arrays that a function holds are looked at up to this size; a larger one takes longer than it is worth.
_MOST_BYTES = 2**20

#: Functions that call functions are followed this far.
_DEEPEST = 8


#: What a train_step may do in a scope of its own: the scope takes it.
_KEPT_IN_SCOPE = frozenset({"assign", "assign_add", "assign_sub", "pop"})

#: Modules that a function logs to or speaks through.
_OUTSIDE = frozenset({"wandb", "mlflow", "requests", "socket", "subprocess", "writer", "SummaryWriter"})


def reaches_out(function: Callable[..., Any]) -> bool:
    """Whether a method of the user's names what leaves the program: files, connections, loggers."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        return False
    names = {*code.co_names, *code.co_freevars}
    return bool(names & ((_REACHES_OUT - _KEPT_IN_SCOPE) | _OUTSIDE))


def answer_of(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives for these arguments.

    Raises:
        NoAnswerError: the function reaches out of the program, or raises.
    """
    _look_into(function, 0, set())
    try:
        with unseen(function):
            return function(*arguments)
    except Exception as error:  # whatever a user's function may raise on values that are not its own
        raise NoAnswerError(f"it raised {type(error).__name__} on values made up for it") from error


class NoAnswerError(Exception):
    """A user's function that cannot be asked without its being noticed, or gives nothing."""


def _look_into(thing: Any, depth: int, seen: set[int]) -> None:
    """Go through all that a function can reach; raise where it reaches out."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if depth > _DEEPEST:
        raise NoAnswerError("it calls functions that call functions, too deep to be looked through")
    if isinstance(thing, functools.partial):
        for part in (thing.func, *thing.args, *thing.keywords.values()):
            _look_into(part, depth + 1, seen)
    elif isinstance(thing, types.MethodType):
        _look_into(thing.__func__, depth + 1, seen)
        _look_into(thing.__self__, depth + 1, seen)
    elif isinstance(thing, types.FunctionType):
        if not is_keras(thing):
            _look_into_code(thing.__code__)
            for part in _reached(thing):
                _look_into(part, depth + 1, seen)
    elif not _is_harmless(thing):
        _look_into_object(thing, depth, seen)


def _look_into_code(code: types.CodeType) -> None:
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith("LOAD_") and instruction.argval in _REACHES_OUT:
            raise NoAnswerError(f"it calls {instruction.argval}")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _look_into_code(constant)


def _reached(function: types.FunctionType) -> Iterator[Any]:
    """The globals that a function names, what its closure holds, and its defaults."""
    names = set(function.__code__.co_names)
    for constant in function.__code__.co_consts:
        if isinstance(constant, types.CodeType):
            names |= set(constant.co_names)
    yield from (function.__globals__[name] for name in sorted(names) if name in function.__globals__)
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # a cell that was never filled
            yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()


def _is_harmless(thing: Any) -> bool:
    """Whether a value only computes, or is a plain value."""
    if thing is None or isinstance(thing, (bool, int, float, complex, str, bytes, types.ModuleType)):
        return True
    if isinstance(thing, (types.BuiltinFunctionType, type)):
        return not isinstance(thing, type) or _is_known(thing)
    return (
        isinstance(thing, (list, tuple, dict, set))
        and len(thing) <= _DEEPEST
        and all(map(_is_harmless, thing.values() if isinstance(thing, dict) else thing))
    )


def _is_known(cls: type) -> bool:
    return cls.__module__.partition(".")[0] in (
        "builtins",
        "keras",
        "numpy",
        "math",
        "tensorflow",
        "torch",
        "jax",
    )


def _look_into_object(thing: Any, depth: int, seen: set[int]) -> None:
    import keras

    if isinstance(thing, (keras.Layer, keras.Variable, keras.Metric, keras.random.SeedGenerator)):
        raise NoAnswerError(f"it holds a {type(thing).__name__}, whose state it may change")
    if not isinstance(thing, keras.losses.Loss):
        _look_into_array(thing)
        return
    for function in _methods(type(thing)):
        _look_into(function, depth + 1, seen)
    for value in vars(thing).values():
        _look_into_part(value, depth, seen)


def _methods(cls: type) -> Iterator[Any]:
    """What of a class of the user's may run when a loss is called; setting it up and saving it do not."""
    apart = ("__init__", "get_config", "from_config")
    for base in cls.__mro__:
        if not is_keras(base) and base is not object:
            yield from (each for name, each in vars(base).items() if callable(each) and name not in apart)


def _look_into_part(value: Any, depth: int, seen: set[int]) -> None:
    """Go through what a loss object holds, the arguments of its function among them."""
    import keras

    if isinstance(value, dict):
        for part in value.values():
            _look_into_part(part, depth, seen)
    elif not isinstance(value, keras.DTypePolicy):
        _look_into(value, depth + 1, seen)


def _look_into_array(thing: Any) -> None:
    size = getattr(thing, "nbytes", None)
    if not isinstance(size, int):
        raise NoAnswerError(f"it holds a {type(thing).__name__}, which may be shared with the program")
    if size > _MOST_BYTES:
        raise NoAnswerError("it holds large arrays")
