"""What an object of the user's own class was made with: Keras keeps that of some classes only.

Keras notes the arguments of layers where all are plain values, and of models none but the defaults. Arrays
and layers are held weakly: nothing of the user's lives longer for it.
"""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

_WITH: weakref.WeakKeyDictionary[Any, Construction] = weakref.WeakKeyDictionary()

#: Larger containers are data: what is noted of them would take the time and memory of a copy.
_MOST_ELEMENTS = 1000

#: Bytes up to which an array is copied: nothing else may hold it once the object is made.
_SMALL = 2**16

_PLAIN = (np.generic, str, bytes, int, float, complex, bool, type(None), range, slice)


@dataclass(frozen=True)
class Construction:
    """The arguments of a constructor's call, positional and by name."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


class Lost:
    """Stands for an argument that nothing holds any more."""


class _Weak:
    """An argument held weakly."""

    def __init__(self, held: Any) -> None:
        self.get = weakref.ref(held)


def note_arguments(keras: ModuleType) -> None:
    """Note from now on what the user's models, losses, optimizers, schedules, callbacks are made with."""
    owners = (
        keras.Model,
        keras.callbacks.Callback,
        keras.losses.Loss,
        keras.optimizers.Optimizer,
        keras.optimizers.schedules.LearningRateSchedule,
    )
    for owner in owners:
        plain = owner.__new__ is object.__new__
        owner.__new__ = noted_new(owner.__new__)
        if plain:  # what `inspect` tells of the class itself is what its constructor takes, as before
            owner.__new__.__signature__ = inspect.signature(owner.__init__)


def noted_new(original: Callable[..., Any]) -> Callable[..., Any]:
    """The `__new__` of a class that also notes the arguments."""
    plain = original is object.__new__

    @functools.wraps(original)
    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(cls) if plain else original(cls, *args, **kwargs)
        note(made, cls, args, kwargs)
        return made

    return __new__


def note(made: Any, cls: type, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Note the arguments of an object of the user's class. Never raises."""
    if from_keras(cls) or type(made) is not cls:
        return
    caller = sys._getframe(2).f_code.co_name
    if caller in ("__newobj__", "__newobj_ex__"):  # a copy gets its state another way
        return
    try:
        if not from_keras(next(owner for owner in cls.__mro__ if "__new__" in vars(owner))):
            return  # it may hand on other arguments than it was given
        kept = Construction(tuple(map(_kept, args)), {name: _kept(value) for name, value in kwargs.items()})
        if made not in _WITH or args or kwargs:  # a base class is often given none of them
            _WITH[made] = kept
    except Exception:  # not hashable, or no weak reference to it: it stays unknown
        return


def construction_of(made: Any) -> Construction | None:
    """What an object was made with, None where that was not seen; `Lost` for what is gone."""
    try:
        found = _WITH.get(made)
    except TypeError:
        return None
    if found is None:
        return None
    return Construction(
        tuple(map(_given, found.args)), {name: _given(value) for name, value in found.kwargs.items()}
    )


def from_keras(cls: type) -> bool:
    """Whether a class names a module of Keras as its own."""
    return cls.__module__.partition(".")[0] == "keras"


def _kept(value: Any) -> Any:
    if type(value) is np.ndarray and value.nbytes <= _SMALL:
        return value.copy()
    if isinstance(value, _PLAIN):
        return value
    if type(value) in (list, tuple):
        if len(value) > _MOST_ELEMENTS:
            return Lost()
        return type(value)(map(_kept, value))
    if type(value) is dict:
        return {key: _kept(part) for key, part in value.items()} if len(value) <= _MOST_ELEMENTS else Lost()
    try:
        return _Weak(value)
    except TypeError:
        return Lost()


def _given(value: Any) -> Any:
    if isinstance(value, _Weak):
        held = value.get()
        return Lost() if held is None else held
    if type(value) in (list, tuple):
        return type(value)(map(_given, value))
    if type(value) is dict:
        return {key: _given(part) for key, part in value.items()}
    return value
