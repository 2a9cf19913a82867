"""Vital signs of the weights: what moved, what is held by the optimizer, what is no number."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.facts import Dynamics, Variable
from unstuck.watch.recorder import VitalSigns
from unstuck.watch.slots import float_chunks, norm


def read_dynamics(model: Any, vital_signs: VitalSigns, *, running: bool = False) -> Dynamics:
    """What became of every weight array, and the vital signs of the steps that were looked at.

    Args:
        model: the live keras.Model after fit. Where its weights are gone (JAX, after an exception in
            the middle of a step) the last snapshot stands for them.
        vital_signs: what the callback saw.
        running: whether fit goes on; then only what was copied is read.
    """
    weights = model.weights
    optimizer = getattr(model, "optimizer", None)
    held = _held_by(optimizer)
    first = _aligned(vital_signs.initial_weights, weights)
    last = _aligned(vital_signs.last_weights, weights)
    owners = _owners(model)
    variables = []
    for index, weight in enumerate(weights):
        copied = last[index] if last else None
        end = copied if running else _value(weight, copied)
        variables.append(
            Variable(
                path=weight.path,
                layer=owners.get(id(weight), weight.path.partition("/")[0]),
                size=int(np.prod(weight.shape)),
                trainable=bool(weight.trainable),
                in_optimizer=id(weight) in held,
                **_measures(first[index] if first else None, end),
            )
        )
    return Dynamics(variables=tuple(variables), trained=vital_signs.watched, steps=vital_signs.pairs)


def _measures(start: np.ndarray | None, end: np.ndarray | None) -> dict[str, Any]:
    """The figures of a Variable that follow from its first and last value."""
    seen: dict[str, Any] = {}
    if start is not None:
        seen["initial_norm"] = norm(start)
    if end is not None:
        seen["weight_norm"] = norm(end)
        seen["nonfinite"] = int(sum(np.count_nonzero(~np.isfinite(part)) for part in float_chunks(end)))
    if start is not None and end is not None:
        pairs = zip(float_chunks(start), float_chunks(end), strict=True)
        with np.errstate(all="ignore"):
            changes = (np.nan_to_num(np.abs(b - a), nan=np.inf) for a, b in pairs)
            seen["moved"] = float(max((np.max(change) for change in changes), default=0.0))
    return seen


def _value(weight: Any, fallback: np.ndarray | None) -> np.ndarray | None:
    """The weight as it is now, or its last snapshot where it can no longer be read."""
    import keras

    try:
        return np.asarray(keras.ops.convert_to_numpy(weight))
    except Exception:  # what a deleted buffer raises differs by backend and version
        return fallback


def _aligned(snapshot: list[np.ndarray] | None, weights: list[Any]) -> list[np.ndarray] | None:
    """The snapshot if it belongs to these weights: a model may have been changed since."""
    if snapshot is None or [each.shape for each in snapshot] != [tuple(each.shape) for each in weights]:
        return None
    return snapshot


def _held_by(optimizer: Any) -> set[int]:
    """The ids of the variables that the optimizer moves."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    listed = getattr(inner, "_trainable_variables", None)
    if listed is None:
        return set(getattr(inner, "_trainable_variables_indices", {}))
    return {id(variable) for variable in listed}


def _owners(model: Any) -> dict[int, str]:
    """Which layer each variable belongs to: the outermost one that is no model itself."""
    import keras

    owners: dict[int, str] = {}
    for layer in model._flatten_layers(include_self=False):
        if not isinstance(layer, keras.Model):
            for variable in layer.weights:
                owners.setdefault(id(variable), layer.name)
    return owners
