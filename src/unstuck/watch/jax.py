"""What only JAX can answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np

from unstuck.evidence.facts import Place
from unstuck.watch.backend import LiveTensors
from unstuck.watch.places import line_in
from unstuck.watch.randomness import shared_streams

#: The parts of the running state, in the order of LiveTensors.
_GROUPS = ("trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables")

#: A gradient probe runs once or twice: compiling it thoroughly would cost more than it saves.
_QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


def _running_state(model: Any) -> Mapping[str, Any] | None:
    """The state that fit holds while the model's own variables are purged; None outside of that."""
    state = getattr(model, "_jax_state", None)
    return state if state and not getattr(model, "_jax_state_synced", True) else None


def _jit(function: Callable[..., Any], quick: bool = False) -> Callable[..., Any]:
    options: dict[str, Any] = {}
    if (
        quick
        and jax.default_backend() == "cpu"
        and "compiler_options" in inspect.signature(jax.jit).parameters
    ):
        options["compiler_options"] = _QUICK
    return jax.jit(function, **options)  # type: ignore[no-any-return]


def _equations(jaxpr: Any) -> Iterator[Any]:
    """The equations of a traced function, those of the functions that it calls in their place."""
    for equation in jaxpr.eqns:
        inner = [getattr(each, "jaxpr", each) for each in equation.params.values() if hasattr(each, "eqns")]
        for each in inner:
            yield from _equations(each)
        if not inner:
            yield equation


class Jax:
    """The adapter for JAX: steps run asynchronously and fit purges the model's variables."""

    name = "jax"

    def wait(self, model: Any) -> None:
        """Return when the queued steps are done, so that their time is not counted as watching.

        Array by array, because Keras's tracked containers are no trees to JAX, which would return
        at once. Every step makes all its arrays, so the optimizer's are waited for as well.
        """
        for group in self.live_tensors(model):
            for array in group:
                array.block_until_ready()

    def live_tensors(self, model: Any) -> LiveTensors:
        """The variables as tensors, uncopied, readable in the middle of fit."""
        state = _running_state(model)
        if state is None:
            return LiveTensors.of(model)
        return LiveTensors(*(list(state.get(name) or ()) for name in _GROUPS))

    def live_state(self, model: Any) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
        """Copies of (trainable, non-trainable, optimizer) variables, readable in the middle of fit."""
        live = self.live_tensors(model)
        trainable, fixed, slots = ([self.to_numpy(each) for each in group] for group in live[:3])
        return trainable, fixed, slots

    @contextmanager
    def random_guard(self) -> Iterator[None]:
        """Restore every random stream that a probe could move; JAX itself keeps none."""
        with shared_streams():
            yield

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function under jit: JAX one operation at a time takes seconds for a small network."""
        return _jit(function)

    def gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """From f(tensors, *rest) -> (scalar, aux) make g(...) -> ((scalar, aux), gradients).

        A tensor that the scalar does not depend on has a gradient of zeros: JAX cannot tell.
        """
        both = _jit(jax.value_and_grad(function, has_aux=True), quick=True)

        def call(tensors: Sequence[Any], *rest: Any) -> Any:
            value, gradients = both(list(tensors), *rest)
            return value, list(gradients)

        return call

    def own_step(self, model: Any, state: tuple[list[Any], list[Any]]) -> Callable[[Any, Any], Any]:
        """The model's train_step as f(x, y) -> logs, each time from these tensors: it is pure on JAX."""
        live = self.live_tensors(model)
        metrics = [jax.numpy.zeros_like(each) for each in live.metrics]

        def step(x: Any, y: Any) -> Any:
            held = (list(state[0]), list(state[1]), list(live.optimizer), metrics)
            return model.train_step(held, (x, y))[0]

        return _jit(step, quick=True)

    def line_of_shape(
        self, shape: tuple[int, ...], function: Callable[..., Any], *given: Any
    ) -> Place | None:
        """The user's line in which the function first makes a tensor of this shape, None for none."""
        traced = jax.make_jaxpr(function)(*given)
        for equation in _equations(traced.jaxpr):
            trace = getattr(equation.source_info, "traceback", None)
            if trace is not None and any(getattr(v.aval, "shape", None) == shape for v in equation.outvars):
                frames = ((each.file_name, each.line_num, each.function_name) for each in trace.frames)
                place = next(filter(None, (line_in(*frame) for frame in frames)), None)
                if place is not None:
                    return place
        return None

    def to_numpy(self, tensor: Any) -> np.ndarray:
        """A numpy copy of a backend tensor: the next step may take the buffer over."""
        return np.array(tensor)


ADAPTER = Jax()
