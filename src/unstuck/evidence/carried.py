"""Whether a metric of the user's own begins each epoch anew: the same rows give the same figure twice."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from unstuck.evidence.facts import CarriedOver
from unstuck.evidence.layers import is_keras
from unstuck.watch.places import defined_at
from unstuck.watch.restoring import restored

#: Two sums of the same numbers are so close; what is further apart is another figure.
_SAME = 1e-6

#: A figure that is off by less is not worth a word.
_OFF = 0.02


def carried_over(model: Any, targets: np.ndarray | None, answers: np.ndarray) -> CarriedOver | None:
    """The first own metric that an epoch leaves something in; None for none, and where that cannot be told.

    The metric is asked about the same rows after its own `reset_state`, twice, and after all its variables
    were set to 0, twice. Everything of it is put back.

    Args:
        model: the fitted model, of one output.
        targets: of some rows.
        answers: the model's to these rows.
    """
    if targets is None:
        return None
    for metric in _own(model):
        with _put_back(metric):
            try:
                found = _asked(metric, targets, answers)
            except Exception:  # it does not take these rows alone
                found = None
        if found is not None:
            return found
    return None


def leaves_some(model: Any) -> bool:
    """Whether `reset_state` of an own metric sets some of its variables back and leaves others as they are.

    That takes no rows, and is the reason to look at the model's answers.
    """
    for metric in _own(model):
        try:
            with _put_back(metric):
                if _left(metric):
                    return True
        except Exception:  # during a fit JAX keeps the variables elsewhere; a user's reset_state may raise
            continue
    return False


@contextmanager
def _put_back(metric: Any) -> Iterator[None]:
    with restored(metric):
        before = [_numpy(each) for each in metric.variables]
        try:
            yield
        finally:
            for variable, value in zip(metric.variables, before, strict=True):
                variable.assign(value)


def _left(metric: Any) -> tuple[str, ...]:
    """Reset it: the variables that hold something and are left as they are, where others are set back."""
    held = [_numpy(each) for each in metric.variables]
    metric.reset_state()
    pairs = list(zip(held, metric.variables, strict=True))
    left = [bool(np.array_equal(one, _numpy(each))) for one, each in pairs]
    if all(left):
        return ()  # what leaves all as it is may be meant to
    return tuple(each.name for (one, each), same in zip(pairs, left, strict=True) if same and one.any())


def _own(model: Any) -> Iterator[Any]:
    """The metrics of the user's classes that reset their state in a way of their own."""
    compiled = getattr(model, "_compile_metrics", None)
    flat = getattr(compiled, "_flat_metrics", None) or () if getattr(compiled, "built", False) else ()
    for held in flat:
        for metric in getattr(held, "metrics", None) or ():
            own = not is_keras(type(metric)) and isinstance(type(metric).reset_state, types.FunctionType)
            if own and defined_at(type(metric).reset_state) is not None and metric.variables:
                yield metric


def _asked(metric: Any, targets: np.ndarray, answers: np.ndarray) -> CarriedOver | None:
    import keras

    def figure() -> float:
        metric.update_state(keras.ops.convert_to_tensor(targets), keras.ops.convert_to_tensor(answers))
        return float(_numpy(metric.result()))

    def empty() -> float:
        for variable in metric.variables:
            variable.assign(np.zeros_like(_numpy(variable)))
        return figure()

    right, again = empty(), empty()
    kept = _left(metric)
    first = figure()
    metric.reset_state()
    second = figure()
    if not kept or not _close(right, again) or _close(first, second):
        return None
    if abs(second - right) <= _OFF * max(abs(right), abs(second)):
        return None
    return CarriedOver(
        metric=str(metric.name),
        rows=len(answers),
        right=right,
        first=first,
        second=second,
        kept=kept,
        place=defined_at(type(metric).reset_state),
    )


def _close(one: float, other: float) -> bool:
    return bool(abs(one - other) <= _SAME * max(abs(one), abs(other), _SAME))


def _numpy(value: Any) -> np.ndarray:
    import keras

    return np.array(keras.ops.convert_to_numpy(value))
