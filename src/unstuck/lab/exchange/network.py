"""The parts of the network: the program's own layers and activations, their start, the model's call."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.layers import is_keras
from unstuck.lab.exchange.looking import LayerPass, is_own_layer, look
from unstuck.lab.exchange.parts import Part, is_own, name_of, written_at
from unstuck.lab.exchange.stage import Stage
from unstuck.lab.exchange.standard import NoStandardError, layer_for
from unstuck.watch.places import defined_at


def network_parts(stage: Stage, rows: Any) -> Iterator[Part]:
    """The user's own layers and activations, those that hold others before what they hold."""
    seen = look(stage.model, rows)
    groups: dict[str, list[Any]] = {}
    for layer in stage.model._flatten_layers(include_self=False):
        if is_own_layer(layer):
            groups.setdefault(layer_name(layer), []).append(layer)
    for name, group in groups.items():
        looks = [seen.get(each.name) for each in group]
        if any(each is None for each in looks):
            continue
        try:
            instead = layer_for(looks[0].given, looks[0].made)[1]  # type: ignore[union-attr]
        except NoStandardError:
            continue
        swap = _stand_ins([each.name for each in group], seen)
        yield Part(
            "layer", name, "network", instead, swap, _layer_place(group[0]), _holder(stage.model, group[0])
        )
    yield from _activations(stage.model)


def layer_name(layer: Any) -> str:
    """What a layer is called among the parts: its class, or for a Lambda its name."""
    return type(layer).__name__ if type(layer).__name__ != "Lambda" else f"Lambda {layer.name}"


def _layer_place(layer: Any) -> Place | None:
    return defined_at(layer.function if type(layer).__name__ == "Lambda" else layer)


def _holder(model: Any, layer: Any) -> str:
    """The key of the part that holds a layer, "" for none."""
    for other in model._flatten_layers(include_self=False):
        inner = other is not layer and any(
            each is layer for each in other._flatten_layers(include_self=False)
        )
        if inner and is_own_layer(other):
            return f"layer {layer_name(other)}"
    return ""


def _stand_ins(names: Sequence[str], seen: dict[str, LayerPass]) -> Callable[[Stage], None]:
    def swap(stage: Stage) -> None:
        by_name = {each.name: each for each in stage.model._flatten_layers(include_self=False)}
        for name in names:
            stage.substitute(by_name[name], layer_for(seen[name].given, seen[name].made)[0], alone=True)

    return swap


def _activations(model: Any) -> Iterator[Part]:
    own: dict[str, Any] = {}
    for layer in model._flatten_layers(include_self=False):
        function = getattr(layer, "activation", None)
        if isinstance(function, types.FunctionType) and is_own(function) and is_keras(type(layer)):
            own.setdefault(name_of(function), function)
    for name, function in own.items():

        def swap(stage: Stage, name: str = name) -> None:
            import keras

            for layer in stage.model._flatten_layers(include_self=False):
                if name_of(getattr(layer, "activation", None)) == name:
                    layer.activation = keras.activations.relu

        yield Part("activation", name, "network", "relu", swap, written_at(function))


#: Kernels of at least so many numbers show how they were drawn: the deviation of 16 scatters by 18 %.
_FEWEST = 16

#: A kernel whose deviation is this many times off Glorot's was not drawn to pass signals on: over two layers
#: the signal is then a hundred times too large or too small.
_OFF = 10.0


def starting_parts(stage: Stage, places: dict[str, Place | None]) -> Iterator[Part]:
    """The weights it starts from, what they are held to and what they cost, where that is not standard.

    The layers that one initialiser of the user's fills are one part: each of them alone may spoil a training.

    Args:
        stage: the user's training.
        places: where each layer was made, by its name.
    """
    filled: dict[str, list[Any]] = {}
    penalties: dict[str, Any] = {}
    for layer in stage.model._flatten_layers(include_self=False):
        penalties |= {name_of(each): each for each in _penalties(layer) if is_own(each)}
        where, initialiser = places.get(layer.name), getattr(layer, "kernel_initializer", None)
        if _kernels(layer) and is_own(initialiser):
            filled.setdefault(name_of(initialiser), []).append(layer)
        elif any(map(is_off, _kernels(layer))):
            yield Part("initial weights", layer.name, "network", "Glorot's", _redrawn([layer.name]), where)
        bound = [each for each in layer._trainable_variables if each.constraint is not None]
        if bound:
            place = written_at(bound[0].constraint) if is_own(bound[0].constraint) else where
            yield Part("constraint", layer.name, "network", "none", _unbounded(layer.name), place)
    for name, group in filled.items():
        swap, place = _redrawn([each.name for each in group]), written_at(group[0].kernel_initializer)
        yield Part("initial weights", name, "network", "Glorot's", swap, place)
    for name, penalty in penalties.items():
        yield Part("regulariser", name, "network", "none", _unpenalised(name), written_at(penalty))


def _penalties(layer: Any) -> list[Any]:
    """What a layer adds to the loss for its weights and its output."""
    held = [*(each.regularizer for each in layer._trainable_variables), _activity(layer)]
    return [each for each in held if each is not None]


def _activity(layer: Any) -> Any:
    return getattr(layer, "activity_regularizer", None)


def _unpenalised(name: str) -> Callable[[Stage], None]:
    def swap(stage: Stage) -> None:
        for layer in stage.model._flatten_layers(include_self=False):
            for each in layer._trainable_variables:
                if each.regularizer is not None and name_of(each.regularizer) == name:
                    each.regularizer = None
            if _activity(layer) is not None and name_of(_activity(layer)) == name:
                layer.activity_regularizer = None

    return swap


def _kernels(layer: Any) -> list[np.ndarray]:
    import keras

    held = [each for each in layer._trainable_variables if "kernel" in each.name]
    return [np.asarray(keras.ops.convert_to_numpy(each.value)) for each in held]


def is_off(kernel: np.ndarray) -> bool:
    """Whether a kernel, (..., inputs, outputs), is far larger or smaller than what passes signals on."""
    if kernel.ndim < 2 or kernel.size < _FEWEST:
        return False
    receptive = int(np.prod(kernel.shape[:-2])) if kernel.ndim > 2 else 1
    usual = float(np.sqrt(2.0 / (receptive * (kernel.shape[-2] + kernel.shape[-1]))))
    return not 1.0 / _OFF < float(np.std(kernel, dtype=np.float64)) / usual < _OFF


def _redrawn(names: Sequence[str]) -> Callable[[Stage], None]:
    def swap(stage: Stage) -> None:
        import keras

        variables = [each for name in names for each in _named(stage, name)._trainable_variables]
        for index, each in enumerate(variables):
            if len(each.shape) >= 2:
                each.assign(keras.initializers.GlorotUniform(seed=index)(each.shape, dtype=each.dtype))

    return swap


def _unbounded(name: str) -> Callable[[Stage], None]:
    def swap(stage: Stage) -> None:
        for each in _named(stage, name)._trainable_variables:
            each.constraint = None

    return swap


def _named(stage: Stage, name: str) -> Any:
    return next(each for each in stage.model._flatten_layers(include_self=False) if each.name == name)


def call_part(stage: Stage, network: Callable[[], Any]) -> Iterator[Part]:
    """The `call` of a model of the user's own class, which as a whole a standard network can stand for.

    None where the model adds losses of its own: it is then to do something else than answer as it should.
    """
    cls = type(stage.model)
    if stage.model.losses or is_keras(cls) or defined_at(cls.call) is None:
        return

    def swap(stage: Stage) -> None:
        stage.substitute(stage.model, network(), alone=True)

    yield Part("call", cls.__name__, "network", "a standard network", swap, defined_at(cls.call))
