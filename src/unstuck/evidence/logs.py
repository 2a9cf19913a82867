"""Curves from what Keras logs: one for each output, under the key names of a model with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from unstuck.evidence.facts import Curve
from unstuck.watch.recorder import VitalSigns

_VALIDATION = "val_"


def read_curves(seen: VitalSigns | Any, output_names: Sequence[str]) -> dict[str, Curve]:
    """The history of each output, under the key names of a model with one output.

    Args:
        seen: vital signs, a Keras History, or a mapping from key to values by epoch.
        output_names: the model's outputs; `("",)` for a model with one.

    Returns:
        A curve for each name. Of several outputs `a_loss` and `val_a_accuracy` become output a's
        "loss" and "val_accuracy"; where only the total loss was logged, it stands for each of them.
    """
    history = getattr(seen, "epochs", None) or getattr(seen, "history", None)
    epochs = _plain(history if history is not None else seen if isinstance(seen, Mapping) else {})
    losses = tuple(float(loss) for loss in getattr(seen, "batch_losses", ()))
    stride = int(getattr(seen, "batch_stride", 1))
    names = tuple(output_names)
    return {
        name: Curve(
            epochs=MappingProxyType(_of_output(epochs, name, names) if len(names) > 1 else epochs),
            batch_losses=losses,
            batch_stride=stride,
        )
        for name in names
    }


def _plain(history: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    """The keys that hold one number an epoch; others (a confusion matrix) are left out."""
    table = {}
    for key, values in history.items():
        try:
            table[key] = tuple(float(value) for value in values)
        except (TypeError, ValueError):
            continue
    return table


def _of_output(epochs: Mapping[str, tuple[float, ...]], name: str, names: Sequence[str]) -> dict[str, Any]:
    """One output's part of the history: its own keys renamed, the shared ones (learning_rate) as they are."""
    own: dict[str, tuple[float, ...]] = {}
    shared: dict[str, tuple[float, ...]] = {}
    for key, values in epochs.items():
        prefix = _VALIDATION if key.startswith(_VALIDATION) else ""
        bare = key.removeprefix(prefix)
        # The longest name that fits: outputs may be called "a" and "a_b".
        owner = max((each for each in names if each and bare.startswith(f"{each}_")), key=len, default=None)
        if owner is None:
            shared[key] = values
        elif owner == name:
            own[prefix + bare.removeprefix(f"{name}_")] = values
    return {**shared, **own}
