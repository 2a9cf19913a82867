"""The table of programs, and what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

BACKENDS = ("torch", "jax", "tensorflow")

#: Gives the callbacks to add to a fit: none, or a fresh `unstuck.Watch()`.
Watching = Callable[[], list[Any]]


@dataclass(frozen=True)
class Program:
    """One program: its name, what it does (it returns all that it saw), and the backends it can run on.

    `many_fits` is true where an examination of each fit would take minutes.
    """

    name: str
    run: Callable[[Watching], Any]
    on: Sequence[str] = BACKENDS
    many_fits: bool = False


PROGRAMS: dict[str, Program] = {}


def program(
    name: str, *, on: Sequence[str] = BACKENDS, many_fits: bool = False
) -> Callable[[Callable[[Watching], Any]], Callable[[Watching], Any]]:
    """Put a function into the table."""

    def put(run: Callable[[Watching], Any]) -> Callable[[Watching], Any]:
        assert name not in PROGRAMS
        PROGRAMS[name] = Program(name, run, on, many_fits)
        return run

    return put


def rows(count: int = 96, *shape: int, classes: int = 2) -> tuple[Any, Any]:
    """Inputs and labels that have nothing to do with each other: trainings on them look stuck."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, *(shape or (6,)))).astype("float32")
    return x, rng.integers(0, classes, count)


def dense(*between: Any, classes: int = 2, size: int = 6) -> Any:
    """A small Sequential with these layers between its two Dense ones."""
    import keras

    layers = [keras.Input((size,)), keras.layers.Dense(8, activation="relu"), *between]
    return keras.Sequential([*layers, keras.layers.Dense(classes, activation="softmax")])


def compiled(model: Any = None, optimizer: Any = "adam", **more: Any) -> Any:
    """The model, compiled for classes."""
    model = dense() if model is None else model
    more = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], **more}
    model.compile(optimizer, **more)
    return model


def fitted(model: Any, watching: Watching, x: Any = None, y: Any = None, **more: Any) -> Any:
    """Everything that a fit of two epochs leaves: its history, and the weights and optimizer's variables."""
    if x is None:
        x, y = rows()
    callbacks = [*more.pop("callbacks", ()), *watching()]
    history = model.fit(x, y, **{"epochs": 2, "batch_size": 16, "verbose": 0, **more}, callbacks=callbacks)
    return history.history, state(model)


def state(model: Any) -> list[Any]:
    """Weights, optimizer's and random generators' variables."""
    import keras

    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(optimizer.variables if optimizer is not None else ())]
    return [keras.ops.convert_to_numpy(variable.value) for variable in variables]
