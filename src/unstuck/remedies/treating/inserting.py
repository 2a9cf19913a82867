"""One more layer in a recipe's Sequential model, and layers that begin from other weights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from unstuck.lab.recipe import Recipe, UntreatableError


def serialised(module: str, kind: str, **config: Any) -> dict[str, Any]:
    """An object of Keras's own as Keras serialises it."""
    return {"module": f"keras.{module}", "class_name": kind, "config": config, "registered_name": None}


def before(recipe: Recipe, name: str, kind: str, **config: Any) -> Recipe:
    """One more layer before the named one.

    Raises:
        UntreatableError: the model is not Sequential, or the layer stands inside another one.
    """
    taken = {layer.name for layer in recipe.layers}
    names = (f"{kind.lower()}_{number}" for number in range(len(taken) + 1))
    new = next(each for each in names if each not in taken)
    return recipe.with_inserted(name, serialised("layers", kind, name=new, **config))


def after(recipe: Recipe, name: str, kind: str, **config: Any) -> Recipe:
    """One more layer after the named one.

    Raises:
        UntreatableError: as for `before`, or it is the last one.
    """
    listed = listed_layers(recipe)
    if name not in listed:
        raise UntreatableError("only a Sequential model can be given another layer")
    if name == listed[-1]:
        raise UntreatableError("it is the last layer of the model")
    return before(recipe, listed[listed.index(name) + 1], kind, **config)


def first(recipe: Recipe, kind: str, **config: Any) -> Recipe:
    """One more layer before all others, after the input.

    Raises:
        UntreatableError: the model is not Sequential.
    """
    listed = [name for name in listed_layers(recipe) if recipe.kind_of(name) != "InputLayer"]
    if not listed:
        raise UntreatableError("only a Sequential model can be given another layer")
    return before(recipe, listed[0], kind, **config)


def listed_layers(recipe: Recipe) -> list[str]:
    """The names of a Sequential model's layers in their order; empty for other models."""
    if recipe.kind != "Sequential":
        return []
    return [str(each["config"]["name"]) for each in recipe.model.get("config", {}).get("layers", ())]


def without_weights(recipe: Recipe, names: Collection[str]) -> Recipe:
    """The recipe with the recorded weights of these layers forgotten, so that they are drawn anew.

    Weights are matched by their paths ("model/layer/kernel"); where these are not known, all are
    forgotten.
    """
    if recipe.initial is None:
        return replace(recipe, trained=None)
    if len(recipe.paths) != len(recipe.initial):
        return replace(recipe, initial=None, trained=None, paths=())
    kept = [index for index, path in enumerate(recipe.paths) if not set(path.split("/")[:-1]) & set(names)]
    return replace(
        recipe,
        initial=tuple(recipe.initial[index] for index in kept),
        trained=None,
        paths=tuple(recipe.paths[index] for index in kept),
    )
