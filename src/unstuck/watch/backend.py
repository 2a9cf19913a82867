"""What only a backend can answer, asked in one way. The answers are in tensorflow.py, jax.py, torch.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

import numpy as np

from unstuck.evidence.facts import Place


class _Values(Sequence[Any]):
    """What variables hold, each read when it is asked for: Keras looks for a model's variables in all its
    layers, and most questions are put to one of them.
    """

    def __init__(self, variables: Callable[[], Sequence[Any]]) -> None:
        self._listed = variables

    @cached_property
    def _variables(self) -> Sequence[Any]:
        return self._listed()

    def __len__(self) -> int:
        return len(self._variables)

    def __getitem__(self, index: Any) -> Any:
        return self._variables[index].value


class LiveTensors(NamedTuple):
    """Tensors of a model's variables, in the order of the model's and its optimizer's own lists.

    Lists are empty for what is not built yet; an optimizer is empty until it has its slots.
    """

    trainable: Sequence[Any]
    non_trainable: Sequence[Any]
    optimizer: Sequence[Any]
    metrics: Sequence[Any]

    @classmethod
    def of(cls, model: Any) -> LiveTensors:
        """What the model's variables hold when they are asked, where nothing else holds their values."""

        def slots() -> Sequence[Any]:
            optimizer: Any = getattr(model, "optimizer", None)
            return optimizer.variables if optimizer is not None and optimizer.built else ()

        return cls(
            _Values(lambda: model.trainable_variables),
            _Values(lambda: model.non_trainable_variables),
            _Values(slots),
            _Values(lambda: model.metrics_variables),
        )


class Backend(Protocol):
    """The questions. `model` is a live keras.Model; arrays are numpy unless said."""

    name: str

    def wait(self, model: Any) -> None:
        """Return when the training steps queued so far are done (JAX runs them asynchronously)."""

    def live_tensors(self, model: Any) -> LiveTensors:
        """The variables as the backend's own tensors, uncopied, readable in the middle of fit.

        Copy what is kept (`to_numpy`) before the next step: steps update or free these buffers.
        """

    def live_state(self, model: Any) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
        """Copies of (trainable, non-trainable, optimizer) variables, readable in the middle of fit.

        Model variables in the order of `model.trainable_variables` and
        `model.non_trainable_variables`, optimizer variables in that of `model.optimizer.variables`.
        Empty lists for what is not built yet.
        """

    def random_guard(self) -> AbstractContextManager[None]:
        """Restore every random stream that a probe could move (torch's global generators)."""

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of backend tensors, traced without XLA where that pays, without gradients."""

    def gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """From f(tensors, *rest) -> (scalar, aux) make g(...) -> ((scalar, aux), gradients).

        Gradients are with respect to the first argument, a list of tensors; None for a tensor the
        scalar does not depend on. Never touches `.grad` of the user's parameters.
        """

    def own_step(self, model: Any, state: tuple[list[Any], list[Any]]) -> Callable[[Any, Any], Any]:
        """The model's train_step as f(x, y) -> logs, each time from these (trainable, fixed) tensors.

        Metrics begin at zero, so that a logged mean is that of the one batch. The model, its optimizer
        and its metrics are left as they are.
        """

    def line_of_shape(
        self, shape: tuple[int, ...], function: Callable[..., Any], *given: Any
    ) -> Place | None:
        """The user's line in which the function first makes a tensor of this shape, None for none."""

    def to_numpy(self, tensor: Any) -> np.ndarray:
        """A numpy copy of a backend tensor."""


def backend() -> Backend:
    """The adapter of the backend that the imported Keras runs on."""
    import keras

    return cast("Backend", import_module(f"unstuck.watch.{keras.backend.backend()}").ADAPTER)
