"""The learning rate over a training that ended with far less of it than it began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from unstuck.evidence.facts import Optimizer
from unstuck.evidence.layers import number
from unstuck.watch.backend import backend
from unstuck.watch.pairs import scheduled_rate

#: Where the rate does not fall below a hundredth, its course explains nothing and is not looked at.
FAR_LESS = 0.01

#: Points at which a schedule is asked: each is some operations of the backend.
_POINTS = 33

#: The names under which callbacks of Keras log the rate of an epoch.
_LOGGED = ("learning_rate", "lr")


def with_rates(
    record: Optimizer, model: Any, logged: Mapping[str, Sequence[float]], updates: int
) -> Optimizer:
    """The optimizer's record with its rates over the training, where they fell to a hundredth.

    Args:
        record: as read after the fit, with the rate of its first and of its last step.
        model: the compiled model.
        logged: values by epoch, by the names that callbacks logged them under.
        updates: how many steps the optimizer took.
    """
    rates = next((tuple(map(float, logged[name])) for name in _LOGGED if logged.get(name)), ())
    last = rates[-1] if rates else record.last_learning_rate
    if last is None or not last < FAR_LESS * max((*rates, record.learning_rate)):
        return record
    return replace(record, learning_rates=rates or _scheduled(model, updates))


def _scheduled(model: Any, updates: int) -> tuple[float, ...]:
    """The rates that the optimizer's own schedule gave, from its first step to its last."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if updates < _POINTS:
        return ()
    adapter, begin = backend(), int(number(optimizer.iterations)) - updates
    steps = (begin + round(part * (updates - 1) / (_POINTS - 1)) for part in range(_POINTS))
    rates = (scheduled_rate(optimizer, adapter, step) for step in steps)
    return tuple(rate for rate in rates if rate is not None)
