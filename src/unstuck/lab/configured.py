"""Keras objects from the configurations that a Recipe holds, and what of a file is not made."""

from __future__ import annotations

import copy
import importlib
import re
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from unstuck.lab.again import Again
from unstuck.lab.recipe import Recipe
from unstuck.lab.record import CALLBACKS, NoRecipeError

#: Where Keras keeps the functions that a configuration names by their bare name, and those of them that
#: make other objects.
_FUNCTIONS = ("activations", "constraints", "initializers", "losses", "metrics", "regularizers")
_MAKING = frozenset({"get", "serialize", "deserialize"})

#: What a configuration may describe, by where Keras keeps the class that all its kinds derive from. Keras
#: 3.3 has no DTypePolicyMap.
_KINDS = (
    "Operation",
    "layers.Layer",
    "initializers.Initializer",
    "regularizers.Regularizer",
    "constraints.Constraint",
    "losses.Loss",
    "metrics.Metric",
    "optimizers.Optimizer",
    "optimizers.schedules.LearningRateSchedule",
    "mixed_precision.DTypePolicy",
    "dtype_policies.DTypePolicyMap",
    "random.SeedGenerator",
)

#: Modules whose classes a configuration names: Keras's public ones, and those in which the classes stand
#: that have no public name.
_MODULES = re.compile(
    r"keras(?!\.src\b)(\.[a-z]\w*)*"
    r"|keras\.src\.(models|layers|ops|optimizers|losses|metrics|initializers|regularizers|constraints|random"
    r"|dtype_policies|applications|backend\.[a-z]+\.optimizers)(\.\w+)*"
)

#: Plain values that are no JSON.
_VALUES = frozenset({"__tensor__", "__numpy__", "__keras_tensor__", "__bytes__", "__ellipsis__", "__slice__"})

#: Classes of Keras that hold the user's code, as byte code or by name.
_HOLD_CODE = (
    "layers.Lambda",
    "layers.TFSMLayer",
    "layers.TorchModuleWrapper",
    "layers.FlaxLayer",
    "layers.JaxLayer",
)
_CODE = frozenset({*(each.removeprefix("layers.") for each in _HOLD_CODE), "__lambda__", "__typespec__"})


def made_from(spec: Mapping[str, Any], recipe: Recipe) -> Any:
    """The object that a serialised configuration describes.

    The configurations of this process's own trainings may name the user's classes and functions. In those
    of a file nothing may run: only Keras's own classes are made, in Keras's safe mode.

    Raises:
        NoRecipeError: a file's configuration names or holds code.
    """
    import keras

    if recipe.from_file:
        refuse_code(spec)
    return keras.saving.deserialize_keras_object(
        copy.deepcopy(dict(spec)),  # Keras empties the configuration that it reads
        custom_objects={} if recipe.from_file else dict(recipe.custom),
        safe_mode=recipe.from_file,
    )


def refuse_code(spec: Any) -> None:
    """Raise NoRecipeError where a configuration, or one inside it, is not Keras's own or holds code."""
    for node in _nodes(spec):
        kind, module, config = node["class_name"], node.get("module"), node.get("config")
        if not isinstance(kind, str):
            raise NoRecipeError("its configuration names no class where one belongs")
        if kind in _CODE:
            raise NoRecipeError(f"it holds code ({kind}), and nothing that stands in a file is run")
        if kind in _VALUES:
            continue
        if kind == "function":
            if module not in (None, "builtins") or not _is_function(config):
                raise NoRecipeError(f"its configuration names the function {config!r}, which is not Keras's")
        elif not isinstance(module, str) or not _is_class(module, kind):
            raise NoRecipeError(f"it names {module}.{kind}, which is no layer or other part of a Keras model")
        name = config if kind == "function" else kind
        if node.get("registered_name") not in (None, kind, name) or _is_registered(name):
            raise NoRecipeError(f"it names {node.get('registered_name') or name}, which a program registered")
        if isinstance(config, Mapping) and isinstance(config.get("vocabulary"), str):
            raise NoRecipeError(f"it would read the file {config['vocabulary']}")


def _is_function(name: Any) -> bool:
    import keras

    if not isinstance(name, str) or name in _MAKING:
        return False
    return any(isinstance(vars(getattr(keras, each)).get(name), types.FunctionType) for each in _FUNCTIONS)


@cache
def _is_class(module: str, name: str) -> bool:
    """Whether this is one of Keras's own classes that a model and its training are made of."""
    if not _MODULES.fullmatch(module):
        return False
    try:
        found = vars(importlib.import_module(module)).get(name)
    except ImportError:
        return False
    if not isinstance(found, type) or not found.__module__.startswith("keras."):
        return False
    return issubclass(found, _classes(_KINDS)) and not issubclass(found, _classes(_HOLD_CODE))


@cache
def _classes(names: tuple[str, ...]) -> tuple[type, ...]:
    """Those of these classes, named by their place in Keras, that this version of Keras has."""
    import keras

    found = []
    for dotted in names:
        held: Any = keras
        for name in dotted.split("."):
            held = getattr(held, name, None)
        if held is not None:
            found.append(held)
    return tuple(found)


def _is_registered(name: Any) -> bool:
    """Whether a program of this process registered its own under the name: Keras would take that."""
    import keras

    return keras.saving.get_registered_object(name) is not None


def _nodes(spec: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(spec, Mapping):
        if "class_name" in spec:
            yield spec
        spec = tuple(spec.values())
    if isinstance(spec, (list, tuple)):
        for part in spec:
            yield from _nodes(part)


def make_callbacks(recipe: Recipe) -> list[Any]:
    """The user's callbacks that set the learning rate or the weights, or end the training.

    Raises:
        NoRecipeError: a file names another callback: it might write files, or ask for code.
    """
    import keras

    made = []
    for name, arguments in recipe.callbacks:
        own = recipe.custom.get(name)
        if isinstance(own, Again) and not recipe.from_file:
            made.append(own.once_more())
        elif name in CALLBACKS:
            made.append(getattr(keras.callbacks, name)(**arguments))
        else:
            raise NoRecipeError(f"its file names the callback {name}, which is no part of a recipe")
    return made
