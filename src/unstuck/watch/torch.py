"""What only torch can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from unstuck.watch.backend import LiveTensors
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

    def to_numpy(self, tensor: Any) -> np.ndarray:
        """A numpy copy of a backend tensor."""
        if not isinstance(tensor, torch.Tensor):
            return np.array(tensor)
        held = tensor.detach().cpu()
        return np.array((held.float() if held.dtype == torch.bfloat16 else held).numpy())  # no bfloat16 there


ADAPTER = Torch()
