"""Objects of the user's own classes made again with the arguments that they were made with.

Keras makes an object again from its `get_config`. Where the user's class has none that can be used, a
configuration names an `Again` instead, under a key of its own among the recipe's custom objects.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from unstuck.lab.executors import packed
from unstuck.watch.backend import backend
from unstuck.watch.constructed import Construction, Lost, construction_of, from_keras

#: Before the name of what is made again, among the recipe's custom objects.
AGAIN = "unstuck>"

#: Bytes of an array that is given to a constructor, beyond which it is not kept.
_MOST_BYTES = 64 * 2**20


class LostArgumentError(Exception):
    """An argument cannot be kept. The text says which and why."""


@dataclass(frozen=True)
class Again:
    """How to make one object: its class with its arguments, or as its configuration says without any.

    `made` is what was made in one build of the model, by key: a layer that was given to another one is the
    same in both places.
    """

    key: str
    cls: Any
    arguments: Construction | None
    made: dict[str, Any] = field(default_factory=dict)

    def from_config(self, config: Mapping[str, Any]) -> Any:
        """The object; the first that was made in this build."""
        if self.key not in self.made:
            self.made[self.key] = self._made(dict(config))
        return self.made[self.key]

    def once_more(self) -> Any:
        """Another object with the same arguments: a callback keeps what it saw in one training."""
        return self._made({})

    def _made(self, config: dict[str, Any]) -> Any:
        if self.arguments is None:
            return self.cls.from_config(config)
        name, trainable = config.pop("name", None), config.pop("trainable", True)
        made = self._called(config)
        if name is not None and getattr(made, "name", name) != name:
            made.name = name
        if not trainable:
            made.trainable = False
        return made

    def _called(self, changes: Mapping[str, Any]) -> Any:
        """The constructor called as it was, but for what a remedy has changed since."""
        assert self.arguments is not None
        given = inspect.signature(self.cls).bind(*self.arguments.args, **self.arguments.kwargs)
        further = next((each.name for each in _parameters(self.cls) if each.kind is each.VAR_KEYWORD), "")
        for name, value in changes.items():
            known = name in {each.name for each in _parameters(self.cls)}
            (given.arguments if known else given.arguments.setdefault(further, {}))[name] = value
        return self.cls(
            *map(_thawed, given.args), **{name: _thawed(each) for name, each in given.kwargs.items()}
        )


def _parameters(cls: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(cls).parameters.values())


@dataclass(frozen=True)
class _Tensor:
    """A tensor of the backend that was given to a constructor."""

    values: np.ndarray


@dataclass(frozen=True)
class _Made:
    """A layer or other object of Keras's kind that was given to a constructor."""

    again: Again
    config: Mapping[str, Any]


@dataclass(frozen=True)
class _Described:
    """An initialiser, a constraint or the like, as Keras serialises it."""

    spec: Mapping[str, Any]


@dataclass
class Remade:
    """What of a model is made again from its arguments, as it is found.

    `custom` are the recipe's custom objects, which it adds to; `specify` gives the configuration of an object
    of Keras's kind.
    """

    custom: dict[str, Any]
    specify: Callable[[Any], Any]
    _by_id: dict[int, Again] = field(default_factory=dict)
    _objects: list[Any] = field(default_factory=list)
    _made: dict[str, Any] = field(default_factory=dict)

    def of(self, thing: Any) -> dict[str, Any] | None:
        """The configuration of an object of the user's class; None where its arguments were not seen.

        Raises:
            LostArgumentError: they are not all there any more.
        """
        seen = construction_of(thing)
        if seen is None:
            return None
        return self._named(thing, self._again(thing, self._frozen(thing, seen)))

    @contextmanager
    def in_place(self, layers: list[Any]) -> Iterator[None]:
        """A block in which Keras serialises these layers as what they were made with."""
        changed = []
        try:
            for layer in layers:
                spec = self.of(layer)
                if spec is not None:
                    object.__setattr__(layer, "get_config", lambda config=spec["config"]: dict(config))
                    changed.append(layer)
            yield
        finally:
            for layer in changed:
                object.__delattr__(layer, "get_config")

    def named(self, node: Any) -> Any:
        """A configuration in which what is made again has the key of its own."""
        if isinstance(node, Mapping):
            config = node.get("config")
            if "class_name" in node and isinstance(config, Mapping):
                for key, again in self._keys():
                    if config.get("name") == again[0] and node["class_name"] == again[1]:
                        node = {**node, "registered_name": key}
            return {name: self.named(part) for name, part in node.items()}
        return type(node)(map(self.named, node)) if type(node) in (list, tuple) else node

    def _keys(self) -> list[tuple[str, tuple[str, str]]]:
        return [
            (self._by_id[id(each)].key, (each.name, type(each).__name__))
            for each in self._objects
            if hasattr(each, "name")
        ]

    def _again(self, thing: Any, arguments: Construction | None) -> Again:
        if id(thing) not in self._by_id:
            name = getattr(thing, "name", "") or type(thing).__name__
            key = f"{AGAIN}{name}#{len(self._by_id)}"
            self._objects.append(thing)
            self._by_id[id(thing)] = self.custom[key] = Again(key, type(thing), arguments, self._made)
        return self._by_id[id(thing)]

    def _named(self, thing: Any, again: Again) -> dict[str, Any]:
        config = {"name": thing.name} if isinstance(getattr(thing, "name", None), str) else {}
        if getattr(thing, "trainable", True) is False:
            config["trainable"] = False
        return {
            "module": None,
            "class_name": type(thing).__name__,
            "config": config,
            "registered_name": again.key,
        }

    def _frozen(self, thing: Any, seen: Construction) -> Construction:
        kind = type(thing).__name__
        return Construction(
            tuple(self._kept(value, f"argument {at} of {kind}") for at, value in enumerate(seen.args, 1)),
            {name: self._kept(value, f"{name} of {kind}") for name, value in seen.kwargs.items()},
        )

    def _kept(self, value: Any, what: str) -> Any:
        import keras

        if isinstance(value, Lost):
            raise LostArgumentError(f"the {what} is not there any more")
        if isinstance(value, np.ndarray):
            if value.nbytes > _MOST_BYTES:
                raise LostArgumentError(f"the {what} is too large to be kept")
            return np.array(value)
        if type(value) in (list, tuple):
            return type(value)(self._kept(each, what) for each in value)
        if type(value) is dict:
            return {key: self._kept(each, what) for key, each in value.items()}
        if isinstance(value, keras.Variable):
            raise LostArgumentError(f"the {what} is a variable of another object")
        if keras.ops.is_tensor(value):
            return _Tensor(np.array(backend().to_numpy(value)))
        if isinstance(value, keras.Layer):
            return self._layer(value)
        if isinstance(value, (str, int, float, bool, type(None), type, types.FunctionType)):
            return value
        if hasattr(value, "get_config"):
            return _Described(self.specify(value))
        try:
            return pickle.loads(packed(value))
        except Exception:
            raise LostArgumentError(f"the {what} is a {type(value).__name__}, which cannot be kept") from None

    def _layer(self, layer: Any) -> _Made:
        known = self._by_id.get(id(layer))
        if known is None:
            spec = self.of(layer) if lacks_config(layer) else None
            if spec is not None:
                return _Made(self._by_id[id(layer)], spec["config"])
            spec = self.named(self.specify(layer))
            return _Made(self._again(layer, None), spec["config"])
        return _Made(known, self._named(layer, known)["config"])


def lacks_config(thing: Any) -> bool:
    """Whether Keras cannot make an object of the user's class again as it is."""
    cls = type(thing)
    if from_keras(cls):
        return False
    owner = next((each for each in cls.__mro__ if "get_config" in vars(each)), None)
    own = owner is not None and not from_keras(owner)
    if own or "__init__" not in _own_names(cls):
        return False
    import keras

    if not isinstance(thing, keras.Layer) or isinstance(thing, keras.Model):
        return True  # Keras keeps no arguments of losses, and of models only what is left out
    try:
        thing.get_config()
    except Exception:
        return True
    return False


def _own_names(cls: type) -> set[str]:
    """What the user's own classes define of it."""
    return {name for each in cls.__mro__ if not (each is object or from_keras(each)) for name in vars(each)}


@contextmanager
def anew(custom: Mapping[str, Any]) -> Iterator[None]:
    """A block in which one model is made: what it is made of is its own, and let go at the end."""
    agains = [each for each in custom.values() if isinstance(each, Again)]
    for each in agains:
        each.made.clear()
    try:
        yield
    finally:
        for each in agains:
            each.made.clear()


def _thawed(value: Any) -> Any:
    if isinstance(value, _Tensor):
        import keras

        return keras.ops.convert_to_tensor(value.values)
    if isinstance(value, _Made):
        return value.again.from_config(copy.deepcopy(dict(value.config)))
    if isinstance(value, _Described):
        import keras

        return keras.saving.deserialize_keras_object(copy.deepcopy(dict(value.spec)))
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(map(_thawed, value))
    if type(value) is dict:
        return {key: _thawed(part) for key, part in value.items()}
    return value
