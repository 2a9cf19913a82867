"""Build a live, compiled model from a Recipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from unstuck.lab.again import anew
from unstuck.lab.configured import made_from, refuse_code
from unstuck.lab.recipe import Recipe, taken
from unstuck.lab.record import NoRecipeError
from unstuck.watch.muting import muted
from unstuck.watch.rows import map_leaves

Start = Literal["initial", "fresh", "trained"]

#: A kernel whose deviation is within this factor of a newly drawn one is taken for newly drawn: the
#: deviation of n numbers scatters by 1/sqrt(2n), 18 % for the smallest kernel that is judged.
_ALIKE = 2.0
_FEWEST_JUDGED = 16


def build(recipe: Recipe, seed: int = 0, weights: Start = "initial") -> Any:
    """A compiled and built `keras.Model`.

    Args:
        recipe: what to build.
        seed: seeds every random stream of Keras, numpy and Python, for weights that are drawn.
        weights: "initial" are those the user's run began with where they are known; "trained"
            those it ended with; "fresh" are drawn anew, but for layers that are frozen or did not
            begin as their initialiser would have them (pretrained ones keep what they had).

    Raises:
        NoRecipeError: the model cannot be built again; the text says why.
    """
    import keras

    if recipe.from_file:  # what Keras reads by itself, without `made_from`
        refuse_code((recipe.policy, recipe.layer_changes, recipe.compiled))
    keras.config.set_dtype_policy(recipe.policy)
    with muted():
        keras.utils.set_random_seed(seed)
        try:
            model = _made(recipe)
            keras.Model.compile(model, **compile_arguments(recipe))
            _build(model, recipe)
        except NoRecipeError:
            raise
        except Exception as error:  # a user's class, or a change that does not fit the model
            text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise NoRecipeError(f"the model could not be built again ({text})") from None
        _set_weights(model, recipe, weights)
    return model


def _made(recipe: Recipe) -> Any:
    with anew(recipe.custom):
        model = made_from(recipe.model, recipe)
    layers = model._flatten_layers(include_self=False)
    if recipe.kind == "subclassed":
        _change_layers(layers, recipe)
        for layer, plan in zip(layers, recipe.layers, strict=False):
            if type(layer).__name__ == plan.kind and not plan.trainable:
                layer.trainable = False
    return model


def _change_layers(layers: list[Any], recipe: Recipe) -> None:
    """Give the layers of a subclassed model, which its constructor has made, other arguments."""
    at = {plan.name: index for index, plan in enumerate(recipe.layers)}
    for name, changes in recipe.layer_changes.items():
        layer = layers[at[name]] if at.get(name, len(layers)) < len(layers) else None
        if layer is None or type(layer).__name__ != recipe.kind_of(name):
            raise NoRecipeError("its layers are not the same when it is built again")
        if set(changes) == {"trainable"}:
            layer.trainable = changes["trainable"]
            continue
        if layer.weights:
            raise NoRecipeError(f"{name} is built already where it is made")
        # The same object made once more: wherever the model keeps it, it is the changed one.
        layer.__init__(**{**layer.get_config(), **changes})


def compile_arguments(recipe: Recipe) -> dict[str, Any]:
    """Live arguments of compile, made anew at each call."""

    def read(spec: Any) -> Any:
        if isinstance(spec, Mapping):
            if "class_name" in spec and "config" in spec:
                return made_from(spec, recipe)
            return {key: read(part) for key, part in spec.items()}
        return [read(part) for part in spec] if isinstance(spec, (list, tuple)) else spec

    return {name: read(spec) for name, spec in recipe.compiled.items() if spec is not None}


def _build(model: Any, recipe: Recipe) -> None:
    """Give a model that is not built yet its weights, by one batch that is never computed."""
    some = slice(0, max(1, min(recipe.batch_size, recipe.rows)))
    x, y = (map_leaves(_as_keras, taken(part, some)) for part in (recipe.x, recipe.y))
    try:
        model._symbolic_build(data_batch=(x, y, None))
    except Exception:  # a call that works on values only
        if not model.built:
            model(x)


def _as_keras(leaf: np.ndarray) -> np.ndarray:
    import keras

    return leaf.astype(keras.config.floatx()) if leaf.dtype.kind == "f" else leaf


def fit_arrays(structure: Any) -> Any:
    """Rows as fit takes them: floats in Keras's own float type."""
    return map_leaves(_as_keras, structure)


def _set_weights(model: Any, recipe: Recipe, start: Start) -> None:
    """Put the recorded weights where they belong."""
    known = recipe.trained if start == "trained" else recipe.initial
    if known is None:
        if start == "trained":
            raise NoRecipeError("the trained weights were not kept")
        return
    recorded = _matched(model, recipe, known)
    if start == "trained" and len(recorded) < len(model.weights):
        raise NoRecipeError("the trained weights are those of another architecture")
    groups: dict[str, list[int]] = {}
    for index, weight in enumerate(model.weights):
        groups.setdefault(weight.path.rpartition("/")[0], []).append(index)
    for members in groups.values():
        held = [(model.weights[index], recorded.get(index)) for index in members]
        if start != "fresh" or not _newly_drawn(held):
            for weight, value in held:
                if value is not None:
                    weight.assign(value)
    _refresh(model)


def _refresh(model: Any) -> None:
    """Let Normalization layers read the statistics that were put into their weights."""
    for layer in model._flatten_layers(include_self=False):
        if type(layer).__name__ == "Normalization" and hasattr(layer, "finalize_state"):
            layer.finalize_state()


def _matched(model: Any, recipe: Recipe, known: Iterable[np.ndarray]) -> dict[int, np.ndarray]:
    """The recorded array of each weight by its place in the model, those of another shape left out."""
    arrays = list(known)
    same = len(arrays) == len(model.weights)
    by_path = dict(zip(recipe.paths, arrays, strict=False)) if len(arrays) == len(recipe.paths) else {}
    found = {}
    for index, weight in enumerate(model.weights):
        value = by_path.get(weight.path, arrays[index] if same else None)
        if value is not None and tuple(value.shape) == tuple(weight.shape):
            found[index] = value
    return found


def _newly_drawn(held: list[tuple[Any, np.ndarray | None]]) -> bool:
    """Whether the recorded weights of a layer are such as its initialisers draw."""
    import keras

    for weight, value in held:
        if value is None or value.dtype.kind != "f":
            continue  # the state of a random stream is no weight
        if not weight.trainable and not (value == value.flat[0]).all():
            return False  # frozen, or statistics that were gathered
        drawn = np.asarray(keras.ops.convert_to_numpy(weight.value))
        spread, usual = float(np.std(value)), float(np.std(drawn))
        if usual == 0.0 or spread == 0.0:
            if not np.array_equal(drawn, value):
                return False
        elif value.size >= _FEWEST_JUDGED and not 1 / _ALIKE < spread / usual < _ALIKE:
            return False
    return True
