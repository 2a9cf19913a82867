"""Gradients read out of the optimizer's slots: pure formulas on numpy arrays.

An optimizer that averages gradients holds every gradient in disguise: of Adam's first moment before
and after a step, g = (m1 - b1 m0) / (1 - b1) to about 1e-6, for the very batch that was trained on,
with no second compiled function. With clipping on it is the clipped gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

#: Entries that are worked on at once: float64 copies of a large variable would double its memory.
_CHUNK = 1 << 16

#: A difference of weights counts as a gradient when it is this many times its own rounding error,
#: so that the norm is right to a quarter at worst.
_RESOLVED = 4.0

#: What a user's subclass of a Keras optimizer may define and still move weights as Keras does.
_HARMLESS = frozenset({"__init__", "__module__", "__doc__", "__firstlineno__", "get_config", "from_config"})


@dataclass(frozen=True, kw_only=True)
class SlotReading:
    """How one optimizer holds the gradient.

    `rule` is "mean" (a slot is the running mean of gradients with `decay`), "mean-square" (of their
    squares), "sum-square" (the sum of their squares), "momentum" (a slot decays and takes in
    -rate x gradient) or "difference" (the weights themselves take in -rate x gradient). `slot` is
    the optimizer's attribute with one variable for each weight array, None for "difference".
    `start` is the slot before the first step. `weight_decay` is the decoupled decay per unit rate.
    """

    rule: Literal["mean", "mean-square", "sum-square", "momentum", "difference"]
    slot: str | None = None
    decay: float = 0.0
    start: float = 0.0
    weight_decay: float = 0.0

    @property
    def needs_rate(self) -> bool:
        """Whether the gradient is only known up to the learning rate."""
        return self.rule in ("momentum", "difference")


def slot_reading(optimizer: Any) -> SlotReading | None:
    """How the optimizer holds its gradients, None when it is not known to.

    `optimizer` is a Keras optimizer (the inner one of a LossScaleOptimizer). A subclass outside of
    Keras counts as its parent unless it defines methods, which may move the weights otherwise.
    """
    ancestors = type(optimizer).__mro__
    family = next(cls for cls in ancestors if cls.__module__.partition(".")[0] in ("keras", "builtins"))
    if any(set(vars(cls)) - _HARMLESS for cls in ancestors[: ancestors.index(family)]):
        return None
    kind = family.__name__
    if kind in ("Adam", "AdamW", "Nadam", "Lamb"):
        return SlotReading(rule="mean", slot="_momentums", decay=float(optimizer.beta_1))
    if kind == "Adamax":
        return SlotReading(rule="mean", slot="_m", decay=float(optimizer.beta_1))
    if kind == "Lion":
        return SlotReading(rule="mean", slot="_momentums", decay=float(optimizer.beta_2))
    if kind == "RMSprop" and optimizer.centered:
        return SlotReading(rule="mean", slot="_average_gradients", decay=float(optimizer.rho))
    if kind == "RMSprop":
        return SlotReading(rule="mean-square", slot="_velocities", decay=float(optimizer.rho))
    if kind == "Adadelta":
        return SlotReading(rule="mean-square", slot="_accumulated_grads", decay=float(optimizer.rho))
    if kind == "Adagrad":
        start = float(optimizer.initial_accumulator_value)
        return SlotReading(rule="sum-square", slot="_accumulators", start=start)
    if kind == "SGD" and optimizer.momentum:
        return SlotReading(rule="momentum", slot="momentums", decay=float(optimizer.momentum))
    if kind == "SGD" and not (optimizer.use_ema and optimizer.ema_overwrite_frequency):
        return SlotReading(rule="difference", weight_decay=float(optimizer.weight_decay or 0.0))
    return None


def slot_gradient(
    reading: SlotReading, before: np.ndarray, after: np.ndarray, updates: int, learning_rate: float = 1.0
) -> np.ndarray:
    """The gradient of the steps between two snapshots of a slot (or of the weights: "difference").

    Args:
        reading: how the optimizer holds gradients.
        before: the slot before, any float type.
        after: the slot after, of the same shape.
        updates: optimizer steps in between, at least 1; more than one give a weighted mean.
        learning_rate: the rate of those steps, only used where `reading.needs_rate`.

    Returns:
        The gradient in float64; its absolute value for the rules that hold squares.
    """
    start, end = before.astype(np.float64), after.astype(np.float64)
    kept = reading.decay**updates
    if reading.rule == "mean":
        return (end - kept * start) / (1.0 - kept)
    if reading.rule == "mean-square":
        return np.sqrt(np.maximum(end - kept * start, 0.0) / (1.0 - kept))
    if reading.rule == "sum-square":
        return np.sqrt(np.maximum(end - start, 0.0) / updates)
    if reading.rule == "momentum":
        taken = (1.0 - kept) / (1.0 - reading.decay) if reading.decay != 1.0 else updates
        return (kept * start - end) / (learning_rate * taken)
    shrunk = start * (1.0 - reading.weight_decay * learning_rate) ** updates
    return (shrunk - end) / (learning_rate * updates)


def norm(array: np.ndarray) -> float:
    """The Euclidean norm, summed in float64."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum(float(part @ part) for part in float_chunks(array))))


def gradient_norm(
    reading: SlotReading, before: np.ndarray, after: np.ndarray, updates: int, learning_rate: float = 1.0
) -> float | None:
    """The norm of `slot_gradient`, None where rounding of the weights hides the gradient."""
    total = 0.0
    with np.errstate(all="ignore"):
        for start, end in zip(_chunks(before), _chunks(after), strict=True):
            part = slot_gradient(reading, start, end, updates, learning_rate)
            total += float(part @ part)
    if reading.rule == "difference" and total > 0.0:
        resolution = _rounding(before, after) / (learning_rate * updates) if learning_rate else np.inf
        if np.sqrt(total) < _RESOLVED * resolution:
            return None
    return float(np.sqrt(total))


def difference_norm(before: np.ndarray, after: np.ndarray) -> float:
    """The norm of after - before."""
    total = 0.0
    with np.errstate(all="ignore"):
        for start, end in zip(float_chunks(before), float_chunks(after), strict=True):
            total += float((end - start) @ (end - start))
    return float(np.sqrt(total))


def _chunks(array: np.ndarray) -> Iterator[np.ndarray]:
    flat = array.reshape(-1)
    return (flat[start : start + _CHUNK] for start in range(0, flat.size, _CHUNK))


def float_chunks(array: np.ndarray) -> Iterator[np.ndarray]:
    """The entries in float64, a bounded number at a time."""
    return (part.astype(np.float64) for part in _chunks(array))


def _rounding(before: np.ndarray, after: np.ndarray) -> float:
    """The norm of what rounding to the weights' float type can add to a difference of weights."""
    half_step = np.finfo(after.dtype).eps / 2.0 if after.dtype.kind == "f" else 2.0**-8
    total = 0.0
    for start, end in zip(float_chunks(before), float_chunks(after), strict=True):
        changed = end[start != end]
        total += float(changed @ changed)
    return float(half_step * np.sqrt(total))
