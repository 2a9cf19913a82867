"""What only TensorFlow can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf

from unstuck.evidence.facts import Place
from unstuck.watch.backend import LiveTensors
from unstuck.watch.places import line_in
from unstuck.watch.randomness import shared_streams


def _dense(gradient: Any) -> Any:
    """An embedding's gradient comes as slices of rows; callers want the whole array."""
    return None if gradient is None else tf.convert_to_tensor(gradient)


class TensorFlow:
    """The adapter for TensorFlow: graphs without XLA, whose compilation would take seconds."""

    name = "tensorflow"

    def wait(self, model: Any) -> None:
        """Nothing to wait for: reading a variable returns when it is there."""

    def live_tensors(self, model: Any) -> LiveTensors:
        """The variables as tensors, uncopied, readable in the middle of fit."""
        return LiveTensors.of(model)

    def live_state(self, model: Any) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
        """Copies of (trainable, non-trainable, optimizer) variables, readable in the middle of fit."""
        live = self.live_tensors(model)
        trainable, fixed, slots = ([self.to_numpy(each) for each in group] for group in live[:3])
        return trainable, fixed, slots

    @contextmanager
    def random_guard(self) -> Iterator[None]:
        """Restore every random stream that a probe could move."""
        from tensorflow.python.eager import context

        # The stream of operation seeds: shuffling datasets made later would otherwise change.
        stream = getattr(context.context(), "_rng", None)
        state = stream.getstate() if stream is not None else None
        try:
            with shared_streams():
                yield
        finally:
            if stream is not None:
                stream.setstate(state)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as a graph: eager recurrent layers take most of a second for each call."""
        return tf.function(function, autograph=False, reduce_retracing=True, jit_compile=False)  # type: ignore[no-any-return]

    def gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """From f(tensors, *rest) -> (scalar, aux) make g(...) -> ((scalar, aux), gradients)."""

        def call(tensors: Sequence[Any], *rest: Any) -> Any:
            leaves = [tf.convert_to_tensor(tensor) for tensor in tensors]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                for leaf in leaves:
                    tape.watch(leaf)
                value, aux = function(leaves, *rest)
            return (value, aux), [_dense(gradient) for gradient in tape.gradient(value, leaves)]

        graph = self.compiled(call)
        return lambda tensors, *rest: graph(list(tensors), *rest)

    def own_step(self, model: Any, state: tuple[list[Any], list[Any]]) -> Callable[[Any, Any], Any]:
        """The model's train_step as f(x, y) -> logs, each time from these tensors, which are taken back."""
        optimizer = getattr(model, "optimizer", None)
        slots = list(optimizer.variables) if optimizer is not None and optimizer.built else []
        weights = [*model.trainable_variables, *model.non_trainable_variables]
        metrics = list(model.metrics_variables)

        def step(x: Any, y: Any) -> Any:
            kept = [(each, tf.identity(each.value)) for each in (*weights, *slots, *metrics)]
            try:
                for variable, value in zip(weights, (*state[0], *state[1]), strict=True):
                    variable.assign(value)
                for variable in metrics:
                    variable.assign(tf.zeros_like(variable.value))
                return model.train_step((x, y))
            finally:
                for variable, value in kept:
                    variable.assign(value)

        return step

    def line_of_shape(
        self, shape: tuple[int, ...], function: Callable[..., Any], *given: Any
    ) -> Place | None:
        """The user's line in which the function first makes a tensor of this shape, None for none."""
        plain = getattr(function, "python_function", function)
        graph = tf.function(plain, autograph=False).get_concrete_function(*given).graph
        for operation in graph.get_operations():
            if any(each.shape.rank is not None and tuple(each.shape) == shape for each in operation.outputs):
                frames = ((each.filename, each.lineno, each.name) for each in reversed(operation.traceback))
                place = next(filter(None, (line_in(*frame) for frame in frames)), None)
                if place is not None:
                    return place
        return None

    def to_numpy(self, tensor: Any) -> np.ndarray:
        """A numpy copy of a backend tensor."""
        # A variable's own `numpy` is half as slow as going through `__array__`.
        return np.array(tensor.numpy() if hasattr(tensor, "numpy") else tensor)


ADAPTER = TensorFlow()
