"""The call of fit, as asked and as it went."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np

from unstuck.evidence.definitions import line_in_classes
from unstuck.evidence.facts import Fit, Monitor
from unstuck.evidence.layers import is_keras
from unstuck.watch.observation import Observation
from unstuck.watch.rows import Rows


def read_fit(seen: Observation) -> Fit:
    """The call of fit as asked and as it went."""
    asked, signs, model = seen.arguments, seen.vitals, seen.model
    epochs = int(asked.get("epochs") or 1) - int(asked.get("initial_epoch") or 0)
    rows = seen.training.count if seen.training is not None else None
    batch_size = asked.get("batch_size")
    if batch_size is None:
        batch_size = 32 if seen.data == "arrays" else _streamed_batch_size(seen.training)
    steps = asked.get("steps_per_epoch") or (signs.steps_per_epoch if signs else None)
    if steps is None and rows and batch_size:
        steps = math.ceil(rows / batch_size)
    if rows is None and steps and batch_size:
        rows = steps * batch_size
    done = signs.epochs_done if signs else 0
    validation = "validation_split" if asked.get("validation_split") else None
    if asked.get("validation_data") is not None:
        validation = "validation_data"
    weights = asked.get("class_weight")
    callbacks = asked.get("callbacks") or ()
    callbacks = getattr(callbacks, "callbacks", callbacks)  # a CallbackList
    given = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    own = [type(callback) for callback in given if _is_own(type(callback))]
    return Fit(
        data=seen.data,
        rows=rows,
        validation_rows=seen.validation.count if seen.validation is not None else None,
        batch_size=int(batch_size) if batch_size else None,
        epochs=epochs,
        epochs_done=done,
        steps_per_epoch=int(steps) if steps else None,
        updates=signs.updates if signs else 0,
        updates_before=signs.updates_before if signs else 0,
        shuffle=bool(asked.get("shuffle", True)) and asked.get("shuffle", True) != "batch",
        validation=validation,
        validation_split=float(asked.get("validation_split") or 0.0),
        class_weight=tuple(sorted(weights.items())) if isinstance(weights, dict) else None,
        sample_weight=asked.get("sample_weight") is not None,
        callbacks=tuple(type(callback).__name__ for callback in given),
        own_callbacks=bool(own),
        sets_weights_at=line_in_classes(own, _gives_weights),
        sets_rate_at=line_in_classes(own, _sets_rate),
        reconstructs=asked.get("y") is not None and asked.get("x") is asked.get("y"),
        monitors=tuple(each for each in map(_monitor, given) if each is not None),
        steps_per_execution=int(getattr(model, "steps_per_execution", 1) or 1),
        jit_compile=getattr(model, "jit_compile", None),
        raised=None if seen.interrupted else seen.raised,
        interrupted=seen.interrupted,
        stopped_early=done < epochs and seen.raised is None and seen.stopped_at is None,
        cut_short=seen.stopped_at is not None,
        seconds=seen.seconds,
        place=seen.place,
    )


#: Callbacks of Keras that end the training, or lower its rate, when a value does not improve.
_MONITORS = ("EarlyStopping", "ReduceLROnPlateau")


def _monitor(callback: Any) -> Monitor | None:
    """What a live callback waits for, None where it is none of Keras's own that wait."""
    kind = type(callback).__name__
    if kind not in _MONITORS or not is_keras(type(callback)):
        return None
    return Monitor(
        kind=kind,
        monitor=str(callback.monitor),
        mode=str(callback.mode),
        patience=float(callback.patience),
        factor=getattr(callback, "factor", None),
        min_lr=getattr(callback, "min_lr", None),
    )


def _is_own(kind: type) -> bool:
    """Whether a callback's class is the user's, neither Keras's nor the one that watches."""
    return not is_keras(kind) and not kind.__module__.startswith("unstuck.")


def _gives_weights(node: ast.AST) -> bool:
    """Whether this is a call that gives a model all its weights."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ("set_weights", "load_weights")


def _sets_rate(node: ast.AST) -> bool:
    """Whether this gives an optimizer another learning rate, by assignment or by `assign`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "assign" and _is_rate(node.func.value)
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, (ast.Assign, ast.AugAssign)) and any(map(_is_rate, targets))


def _is_rate(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("learning_rate", "lr")


def _streamed_batch_size(rows: Rows | None) -> int | None:
    """The rows of the first batch that was seen passing."""
    if rows is None or not len(rows.batch_targets):
        return None
    first: Any = rows.batch_targets[0]
    while isinstance(first, (list, tuple, dict)):
        first = next(iter(first.values() if isinstance(first, dict) else first), None)
    return len(first) if np.ndim(first) else None
