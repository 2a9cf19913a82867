"""The parts of how the model is trained: its step, loss, optimizer, callbacks and weights of rows."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

from unstuck.lab.exchange.parts import Part, is_own, name_of, written_at
from unstuck.lab.exchange.stage import Stage
from unstuck.lab.exchange.standard import RATE
from unstuck.watch.places import defined_at

#: Methods by which a model trains in its own way, and what is Keras's for each.
_STEPS = ("train_step", "compute_loss")


def training_parts(stage: Stage, loss: tuple[Any, str]) -> Iterator[Part]:
    """The parts of how the model is trained.

    Args:
        stage: the user's training.
        loss: the standard loss and its name in source.
    """
    import keras

    cls = type(stage.model)
    for name in _STEPS:
        method = getattr(cls, name)
        if method is not getattr(keras.Model, name):
            instead = (
                "Keras's own" if stage.compiled.get("loss") is not None else f"Keras's own with {loss[1]}"
            )
            yield Part(name, name, "training", instead, _keras_method(name, loss[0]), defined_at(method))
    given = stage.compiled.get("loss")
    if is_own(given):
        yield Part("loss", name_of(given), "training", loss[1], _compiled(loss=loss[0]), written_at(given))
    optimizer = stage.compiled.get("optimizer")
    schedule = getattr(optimizer, "_learning_rate", None)
    if optimizer is not None and is_own(optimizer):
        yield _optimizer_part("optimizer", optimizer)
    elif is_own(schedule) and not hasattr(schedule, "path"):
        yield _optimizer_part("schedule", schedule)
    for callback in stage.fitted.get("callbacks") or ():
        inner = getattr(callback, "schedule", None) or callback
        if is_own(inner):
            yield Part("callback", name_of(inner), "training", "none", _without(callback), written_at(inner))
    if stage.fitted.get("sample_weight") is not None:
        yield Part("sample_weight", "sample_weight", "training", "none", _fitted(sample_weight=None))
    if stage.fitted.get("class_weight") is not None:
        yield Part("class_weight", "class_weight", "training", "none", _fitted(class_weight=None))


def _keras_method(name: str, loss: Any) -> Callable[[Stage], None]:
    def swap(stage: Stage) -> None:
        import keras

        object.__setattr__(stage.model, name, types.MethodType(getattr(keras.Model, name), stage.model))
        if stage.compiled.get("loss") is None:
            stage.compiled["loss"] = loss

    return swap


def _optimizer_part(kind: str, thing: Any) -> Part:
    def swap(stage: Stage) -> None:
        stage.compiled["optimizer"] = standard_optimizer()

    return Part(kind, name_of(thing), "training", "keras.optimizers.Adam", swap, written_at(thing))


def standard_optimizer() -> Any:
    """The optimizer of the reference."""
    import keras

    return keras.optimizers.Adam(RATE)


def _compiled(**arguments: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.compiled.update(arguments)


def _fitted(**arguments: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.fitted.update(arguments)


def _without(callback: Any) -> Callable[[Stage], None]:
    kind = type(callback)

    def swap(stage: Stage) -> None:
        stage.fitted["callbacks"] = [each for each in stage.fitted["callbacks"] if type(each) is not kind]

    return swap
