"""Record a Recipe from an ended fit: copies of what is needed to train again, nothing that is alive."""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

from unstuck.evidence.facts import Evidence
from unstuck.evidence.placing import placing
from unstuck.evidence.sample import leaves, spaced
from unstuck.lab.again import LostArgumentError, Remade, lacks_config
from unstuck.lab.recipe import ROW_BYTES, LayerPlan, Recipe, same_place, taken
from unstuck.lab.steering import steers
from unstuck.watch.constructed import from_keras
from unstuck.watch.observation import Observation
from unstuck.watch.places import place_of
from unstuck.watch.rows import as_rows, map_leaves

#: Bytes of weights that a recipe keeps, for the initial and for the trained ones each.
WEIGHT_BYTES = 64 * 2**20

#: Callbacks that set the learning rate or end the training, and the arguments that make them again.
CALLBACKS = {
    "EarlyStopping": (
        "monitor",
        "mode",
        "min_delta",
        "patience",
        "baseline",
        "restore_best_weights",
        "start_from_epoch",
    ),
    "ReduceLROnPlateau": ("monitor", "mode", "factor", "patience", "min_delta", "cooldown", "min_lr"),
    "LearningRateScheduler": ("schedule",),
    "TerminateOnNaN": (),
}

#: What compile is given that matters to training again.
_COMPILED = ("loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "jit_compile")


class NoRecipeError(Exception):
    """The model cannot be built or trained again outside the user's script. The text says why."""

    says_all = True


def record(seen: Observation, evidence: Evidence) -> Recipe:
    """Copy what is needed to train again.

    Raises:
        NoRecipeError: it cannot be had; the text says why, as the end of a sentence.
    """
    import keras

    model, fit = seen.model, evidence.fit
    if fit is None:
        raise NoRecipeError("how long it was trained is not known; give its history")
    custom: dict[str, Any] = {}
    config = _model_config(model, custom)
    rows = _rows(seen)
    initial = seen.vitals.initial_weights if seen.vitals is not None else None
    optimizer = evidence.optimizer
    done = max(fit.updates, 1)
    rate = optimizer.learning_rate if optimizer is not None and optimizer.schedule is None else None
    return Recipe(
        backend=keras.backend.backend(),
        policy=keras.config.dtype_policy().name,
        kind=evidence.model.kind if evidence.model is not None else type(model).__name__,
        name=model.name,
        model=config,
        layers=_layers(seen),
        outputs=_outputs(evidence),
        compiled=_compiled(model, custom, rate),
        learning_rate=rate,
        custom=custom,
        shuffle=fit.shuffle if seen.data == "arrays" else False,
        batch_size=fit.batch_size or 32,
        epochs=max(fit.epochs, fit.epochs_done),
        class_weight=dict(fit.class_weight) if fit.class_weight else None,
        callbacks=_callbacks(seen.arguments.get("callbacks"), custom),
        initial=tuple(initial) if initial is not None else None,
        trained=_weights(model),
        paths=tuple(weight.path for weight in model.weights),
        seconds_per_update=_worked(seen) / done,
        **rows,
    )


def _worked(seen: Observation) -> float:
    """The seconds of the fit, without those in which other programs had its processor."""
    worked = seen.vitals.worked if seen.vitals is not None else 0.0
    return min(seen.seconds, worked or seen.seconds)


def _model_config(model: Any, custom: dict[str, Any]) -> dict[str, Any]:
    """The model as Keras serialises it; the user's classes and functions go into `custom`."""
    import keras

    if type(model).compile is not keras.Model.compile:
        raise NoRecipeError(f"{type(model).__name__} compiles itself in a way of its own")
    layers = model._flatten_layers(include_self=False)
    remade = Remade(custom, lambda thing: _spec(thing, custom))
    spec = None
    try:
        with remade.in_place([each for each in layers if lacks_config(each)]):
            spec = remade.of(model) if lacks_config(model) and not _is_graph(model) else None
            config = _accepted(type(model), dict(model.get_config())) if spec is None else {}
    except LostArgumentError as reason:
        raise NoRecipeError(f"{type(model).__name__} cannot be built again: {reason}") from None
    except Exception as error:  # a user's get_config, or none at all
        raise NoRecipeError(
            f"{type(model).__name__} cannot be built again from its arguments ({_short(error)})"
        ) from None
    for layer in [model, *layers]:
        _note_custom(layer, custom)
    if spec is not None:
        return spec
    config = remade.named(config)
    for layer in layers:
        if type(layer).__name__ == "Lambda" and isinstance(layer.function, types.FunctionType):
            # Keras saves a lambda's byte code without what it refers to: hand over the function itself.
            config = _replace_function(config, layer.name, _function(layer.function, custom))
    cls = type(model)
    ours = not from_keras(cls)
    return {
        "module": None if ours else cls.__module__,
        "class_name": cls.__name__,
        "config": config,
        "registered_name": keras.saving.get_registered_name(cls) if ours else None,
    }


def _is_graph(model: Any) -> bool:
    """Whether a model is a graph of layers, of whatever class: its configuration holds them."""
    import keras

    return isinstance(model, keras.Sequential) or hasattr(model, "_operations")


def _accepted(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """The arguments that the constructor of a user's model takes, of those that Keras noted."""
    parameters = inspect.signature(cls).parameters
    if from_keras(cls) or any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return config
    return {name: value for name, value in config.items() if name in parameters}


def _replace_function(node: Any, name: str, spec: Mapping[str, Any]) -> Any:
    if isinstance(node, Mapping):
        held = node.get("config")
        if node.get("class_name") == "Lambda" and isinstance(held, Mapping) and held.get("name") == name:
            return {**node, "config": {**held, "function": spec}}
        return {key: _replace_function(part, name, spec) for key, part in node.items()}
    if isinstance(node, (list, tuple)):
        return type(node)([_replace_function(part, name, spec) for part in node])
    return node


def _note_custom(made: Any, custom: dict[str, Any]) -> None:
    """Keep the user's class of an object, and the user's functions and objects it was given."""
    import keras

    cls = type(made)
    if not from_keras(cls):
        custom[cls.__name__] = custom[keras.saving.get_registered_name(cls)] = cls
    for name, value in list(vars(made).items()):
        if isinstance(getattr(cls, name, None), types.FunctionType):
            continue  # Keras wraps a layer's own build, which then holds the live layer
        if isinstance(value, types.FunctionType) and not value.__module__.startswith("keras."):
            custom.setdefault(value.__name__, value)
        elif hasattr(value, "get_config") and not from_keras(type(value)) and not hasattr(value, "weights"):
            kind = type(value)
            custom[kind.__name__] = custom[keras.saving.get_registered_name(kind)] = kind


def _function(function: types.FunctionType, custom: dict[str, Any]) -> dict[str, Any]:
    """A user's function as Keras names it in a configuration."""
    name = function.__name__ if function.__name__.isidentifier() else f"lambda_{len(custom)}"
    if custom.get(name, function) is not function:
        name = f"{name}_{len(custom)}"
    custom[name] = function
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}


def _layers(seen: Observation) -> tuple[LayerPlan, ...]:
    look_up, _ = seen.attempt("places", placing, seen) or (place_of, None)
    return tuple(
        LayerPlan(
            name=layer.name,
            kind=type(layer).__name__,
            place=look_up(layer),
            trainable=bool(layer.trainable),
        )
        for layer in seen.model._flatten_layers(include_self=False)
    )


def _outputs(evidence: Evidence) -> dict[str, tuple[str | None, str | None]]:
    """The layers that end each output: of its activation, and of its width."""
    found = {}
    for output in evidence.outputs:
        layer = output.head.layer if output.head is not None else None
        place = output.head.units_place if output.head is not None else None
        wide = layer
        if layer is not None and layer.units is None and evidence.model is not None:
            before = [each for each in evidence.model.layers if each.units is not None]
            at = [each for each in before if same_place(each.place, place)]
            wide = next(reversed(at or before), None)
        found[output.name] = (layer.name if layer else None, wide.name if wide else None)
    return found


def _compiled(model: Any, custom: dict[str, Any], rate: float | None) -> dict[str, Any]:
    """What compile was given, serialised."""
    given = getattr(getattr(model, "_compile_config", None), "config", None)
    if given is None:
        raise NoRecipeError("what it was compiled with was not seen")
    compiled = {name: _spec(given.get(name), custom) for name in _COMPILED if name in given}
    optimizer = _spec(given["optimizer"], custom)
    if not isinstance(optimizer, Mapping):
        raise NoRecipeError("it has no optimizer of Keras's kind")
    recipe = Recipe(compiled={**compiled, "optimizer": optimizer})
    # The optimizer holds the last rate now; the training began with the first.
    return dict((recipe.with_optimizer(learning_rate=rate) if rate is not None else recipe).compiled)


def _spec(value: Any, custom: dict[str, Any]) -> Any:
    """A loss, metric or optimizer as plain data; the user's own functions by name."""
    import keras

    if isinstance(value, Mapping):
        return {key: _spec(part, custom) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spec(part, custom) for part in value]
    if isinstance(value, types.FunctionType) and not value.__module__.startswith("keras."):
        return _function(value, custom)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if hasattr(value, "__dict__") and not isinstance(value, (type, types.FunctionType)):
        _note_custom(value, custom)
        again = _again(value, custom)
        if again is not None:
            return again
        for part in vars(value).values():
            if hasattr(part, "get_config"):
                _note_custom(part, custom)
    try:
        return keras.saving.serialize_keras_object(value)
    except Exception as error:  # a user's object without a usable get_config
        raise NoRecipeError(f"{type(value).__name__} cannot be made again ({_short(error)})") from None


def _again(value: Any, custom: dict[str, Any]) -> dict[str, Any] | None:
    """A loss, optimizer or schedule of the user's class, with what it was made with."""
    if not lacks_config(value) or hasattr(value, "weights"):
        return None
    try:
        return Remade(custom, lambda thing: _spec(thing, custom)).of(value)
    except LostArgumentError as reason:
        raise NoRecipeError(f"{type(value).__name__} cannot be made again: {reason}") from None


def _callbacks(given: Any, custom: dict[str, Any]) -> tuple[tuple[str, dict[str, Any]], ...]:
    given = getattr(given, "callbacks", given)
    listed = given if isinstance(given, (list, tuple)) else [given]
    found = []
    for callback in listed:
        name = type(callback).__name__
        if name in CALLBACKS and from_keras(type(callback)):
            arguments = {key: getattr(callback, key) for key in CALLBACKS[name] if hasattr(callback, key)}
            if "min_delta" in arguments:  # Keras gives it the sign of the direction
                arguments["min_delta"] = abs(arguments["min_delta"])
            found.append((name, arguments))
            custom.update(
                {
                    value.__name__: value
                    for value in arguments.values()
                    if isinstance(value, types.FunctionType)
                }
            )
        elif steers(callback):
            spec = _steering(callback, custom)
            found += [(spec["registered_name"], {})] if spec is not None else []
    return tuple(found)


def _steering(callback: Any, custom: dict[str, Any]) -> dict[str, Any] | None:
    """A callback of the user's class with what it was made with, None where that is not all there."""
    try:
        return Remade(custom, lambda thing: _spec(thing, custom)).of(callback)
    except (LostArgumentError, NoRecipeError):
        return None


def _weights(model: Any) -> tuple[np.ndarray, ...] | None:
    """Copies of the weights as they are, None where they are lost or too large."""
    import keras

    try:
        if sum(int(np.prod(w.shape)) * 4 for w in model.weights) > WEIGHT_BYTES:
            return None
        return tuple(np.array(keras.ops.convert_to_numpy(weight.value)) for weight in model.weights)
    except Exception:  # JAX: the buffers are gone after an exception in the step
        return None


def _rows(seen: Observation) -> dict[str, Any]:
    """Copies of an even choice of the rows, as fit was given them."""
    asked = seen.arguments
    if seen.data == "arrays":
        x, y = as_rows(asked.get("x")), as_rows(asked.get("y"))
        weight = asked.get("sample_weight")
        weight = weight if isinstance(weight, np.ndarray) and weight.ndim == 1 else None
        split = float(asked.get("validation_split") or 0.0) if asked.get("validation_data") is None else 0.0
        complete = True
    elif seen.training is not None:
        x, y, weight, split, complete = seen.training.x, seen.training.y, None, 0.0, False
    else:
        raise NoRecipeError("its rows could not be looked at")
    held_out = None
    if asked.get("validation_data") is not None and seen.validation is not None:
        held_out = (seen.validation.x, seen.validation.y)
    if not leaves(x):
        raise NoRecipeError("its rows could not be looked at")
    count = min(len(leaf) for leaf in leaves(x))
    share = min(1.0, ROW_BYTES / max(1, sum(leaf.nbytes for leaf in leaves((x, y, held_out)))))
    x, y, weight = (_copied(part, share) for part in (x, y, weight))
    return {
        "x": x,
        "y": y,
        "sample_weight": weight,
        "held_out": tuple(_copied(part, share) for part in held_out) if held_out else None,
        "validation_split": split,
        "count": count,
        "complete": complete and share == 1.0,
    }


def _copied(structure: Any, share: float) -> Any:
    """Copies, of an even choice of the rows where only a share of them is kept."""
    arrays = leaves(structure)
    if not arrays or share >= 1.0:
        return map_leaves(np.array, structure)
    count = min(len(leaf) for leaf in arrays)
    return taken(structure, spaced(count, max(1, int(count * share))))


def _short(error: Exception) -> str:
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= 160 else text[:157] + "..."
