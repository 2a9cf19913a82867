"""Keras objects from the configurations that a Recipe holds, and what of a file is not made."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from unstuck.lab.record import CALLBACKS, NoRecipeError
from unstuck.recipe import Recipe

#: Where Keras keeps the functions that a configuration names by their bare name.
_FUNCTIONS = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")

#: Classes of Keras that hold the user's code, as byte code or by name.
_HOLD_CODE = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "FlaxLayer", "JaxLayer", "__lambda__"})


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
        kind, module = str(node.get("class_name")), node.get("module")
        if kind in _HOLD_CODE:
            raise NoRecipeError(f"it holds code ({kind}), and nothing that stands in a file is run")
        if kind == "function" and not _names_a_function(node.get("config")):
            raise NoRecipeError(
                f"its configuration names the function {node.get('config')!r}, which is not Keras's"
            )
        if module not in (None, "builtins") and str(module).partition(".")[0] != "keras":
            raise NoRecipeError(f"it names {module}.{kind}, which is not Keras's own")


def _names_a_function(name: Any) -> bool:
    import keras

    return isinstance(name, str) and any(hasattr(getattr(keras, each), name) for each in _FUNCTIONS)


def _nodes(spec: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(spec, Mapping):
        if "class_name" in spec:
            yield spec
        spec = tuple(spec.values())
    if isinstance(spec, (list, tuple)):
        for part in spec:
            yield from _nodes(part)


def make_callbacks(recipe: Recipe) -> list[Any]:
    """The user's callbacks that set the learning rate or end the training.

    Raises:
        NoRecipeError: a file names another callback: it might write files, or ask for code.
    """
    import keras

    foreign = [name for name, _ in recipe.callbacks if name not in CALLBACKS]
    if foreign:
        raise NoRecipeError(f"its file names the callback {foreign[0]}, which is no part of a recipe")
    return [getattr(keras.callbacks, name)(**arguments) for name, arguments in recipe.callbacks]
