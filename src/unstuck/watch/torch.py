"""What only torch can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from unstuck.evidence.facts import Place
from unstuck.watch.backend import LiveTensors
from unstuck.watch.places import calling_place
from unstuck.watch.randomness import shared_streams


def _as_tensor(leaf: Any) -> Any:
    """A numpy array of numbers as a tensor on Keras's device; everything else as it is."""
    import keras

    numeric = isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "biuf"
    return keras.ops.convert_to_tensor(leaf) if numeric else leaf


def _as_tensors(structure: Any) -> Any:
    import keras

    return keras.tree.map_structure(_as_tensor, structure)


class Torch:
    """The adapter for torch: eager, with one global generator that Dropout draws from."""

    name = "torch"

    def wait(self, model: Any) -> None:
        """Wait for the steps queued on an accelerator; the CPU has none."""
        if any(variable.value.is_cuda for variable in model.trainable_variables[:1]):
            torch.cuda.synchronize()

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
        cpu = torch.get_rng_state()
        devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
        try:
            with shared_streams():
                yield
        finally:
            torch.set_rng_state(cpu)
            if devices:
                torch.cuda.set_rng_state_all(devices)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function without gradients. torch.compile costs more than a probe ever saves."""

        def call(*arguments: Any) -> Any:
            with torch.no_grad():
                return function(*_as_tensors(arguments))

        return call

    def gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """From f(tensors, *rest) -> (scalar, aux) make g(...) -> ((scalar, aux), gradients)."""

        def call(tensors: Sequence[Any], *rest: Any) -> Any:
            # Detached leaves, so that `.grad` of the user's parameters is never touched.
            leaves = [_as_tensor(tensor).detach().requires_grad_() for tensor in tensors]
            with torch.enable_grad():
                value, aux = function(leaves, *_as_tensors(rest))
                gradients = (
                    torch.autograd.grad(value, leaves, allow_unused=True)
                    if value.requires_grad
                    else [None] * len(leaves)
                )
            return (value.detach(), aux), list(gradients)

        return call

    def own_step(self, model: Any, state: tuple[list[Any], list[Any]]) -> Callable[[Any, Any], Any]:
        """The model's train_step as f(x, y) -> logs, each time from these tensors, in a scope of its own."""
        import keras

        optimizer = getattr(model, "optimizer", None)
        slots = list(optimizer.variables) if optimizer is not None and optimizer.built else []
        weights = [*model.trainable_variables, *model.non_trainable_variables]
        metrics = list(model.metrics_variables)

        def begin() -> list[tuple[Any, Any]]:
            held = [each.detach().clone() for each in (*state[0], *state[1])]
            for tensor in held[: len(state[0])]:
                tensor.requires_grad_()
            pairs = [*zip(weights, held, strict=True), *((v, v.value.detach().clone()) for v in slots)]
            return [*pairs, *((v, torch.zeros_like(v.value)) for v in metrics)]

        def step(x: Any, y: Any) -> Any:
            gradients = [(each, each.grad) for each in model.parameters()]
            try:
                with torch.enable_grad(), keras.StatelessScope(state_mapping=begin()):
                    return model.train_step((x, y))
            finally:
                for parameter, gradient in gradients:
                    parameter.grad = gradient

        return step

    def line_of_shape(
        self, shape: tuple[int, ...], function: Callable[..., Any], *given: Any
    ) -> Place | None:
        """The user's line in which the function first makes a tensor of this shape, None for none."""
        found: list[Place | None] = []

        class LineOfShape(TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(self, called: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                made = called(*args, **(kwargs or {}))
                if not found and isinstance(made, torch.Tensor) and tuple(made.shape) == shape:
                    found.append(calling_place())
                return made

        with LineOfShape():
            function(*given)
        return next(iter(found), None)

    def to_numpy(self, tensor: Any) -> np.ndarray:
        """A numpy copy of a backend tensor."""
        if not isinstance(tensor, torch.Tensor):
            return np.array(tensor)
        held = tensor.detach().cpu()
        return np.array((held.float() if held.dtype == torch.bfloat16 else held).numpy())  # no bfloat16 there


ADAPTER = Torch()
