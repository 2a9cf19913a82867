"""Which callbacks of the user's own belong to a training: those that change it, and nothing outside of it."""

from __future__ import annotations

import types
from typing import Any

from unstuck.watch.constructed import from_keras
from unstuck.watch.places import is_library

#: Methods that put weights into a model or a variable.
SETS_WEIGHTS = frozenset({"assign", "assign_add", "assign_sub", "load_weights", "set_weights"})

#: By what a callback changes a training: the weights, the steps, or its end.
_CHANGES = SETS_WEIGHTS | {"learning_rate", "stop_training", "trainable"}

#: What leaves traces outside of the program: a proof trains many times, and is to leave none.
_OUTSIDE = frozenset(
    {
        "Path",
        "dump",
        "mkdir",
        "open",
        "os",
        "requests",
        "save",
        "save_model",
        "save_weights",
        "savefig",
        "shutil",
        "socket",
        "subprocess",
        "to_csv",
        "tofile",
        "urllib",
        "wandb",
        "write",
        "write_bytes",
        "write_text",
    }
)

#: Functions of the program that a callback calls, and those that they call, looked at for that.
_MOST = 100


def steers(callback: Any) -> bool:
    """Whether a callback is of the user's own class, changes the training, and leaves no traces elsewhere.

    What it does is read from the names in its code. That only decides whether it is made again; whether it
    is at fault, trainings with and without it tell.
    """
    import keras

    cls = type(callback)
    if from_keras(cls) or not isinstance(callback, keras.callbacks.Callback):
        return False
    own = [each for each in cls.__mro__ if each is not object and not from_keras(each)]
    waiting = [value for each in own for value in vars(each).values()]
    names: set[str] = set()
    seen: set[int] = set()
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        if isinstance(value, (property, staticmethod, classmethod)):
            waiting.append(getattr(value, "fget", None) or getattr(value, "__func__", None))
        elif isinstance(value, types.FunctionType) and id(value) not in seen:
            seen.add(id(value))
            if is_library(value.__code__.co_filename):
                continue
            found = _names(value.__code__)
            names |= found
            waiting += [value.__globals__[name] for name in found & value.__globals__.keys()]
    return bool(names & _CHANGES) and not names & _OUTSIDE


def _names(code: types.CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))
