"""The learning rate over a training that ended with far less of it than it began with."""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.definitions import definition_of, rebuilt
from unstuck.evidence.facts import Optimizer, Place, Step
from unstuck.evidence.layers import number
from unstuck.watch.backend import backend
from unstuck.watch.pairs import scheduled_rate
from unstuck.watch.places import defined_at
from unstuck.watch.restoring import restored

#: Where the rate does not fall below a hundredth, its course explains nothing and is not looked at.
FAR_LESS = 0.01

#: Points at which a schedule is asked: each is some operations of the backend.
_POINTS = 33

#: A rate of 0 is taken for this one where factors are asked for.
_TINY = 1e-38

#: The names under which callbacks of Keras log the rate of an epoch.
_LOGGED = ("learning_rate", "lr")


def with_rates(
    record: Optimizer,
    model: Any,
    logged: Mapping[str, Sequence[float]],
    updates: int,
    steps: Sequence[Step] = (),
) -> Optimizer:
    """The optimizer's record with its rates over the training, where they fell to a hundredth.

    Args:
        record: as read after the fit, with the rate of its first and of its last step.
        model: the compiled model.
        logged: values by epoch, by the names that callbacks logged them under.
        updates: how many steps the optimizer took.
        steps: those that were looked at, with their rates, in order: all that is known of a rate that a
            callback sets and nothing logs.
    """
    rates = next((tuple(map(float, logged[name])) for name in _LOGGED if logged.get(name)), ())
    last = rates[-1] if rates else record.last_learning_rate
    if last is None or not last < FAR_LESS * max((*rates, record.learning_rate)):
        return record
    if rates:
        return replace(record, learning_rates=rates)
    by_step = _scheduled(model, updates) or _between(steps, last, updates)
    below = next((step for step, rate in by_step.items() if rate < 0.0), None)
    turned = _turned(model, below) if below is not None else None
    return replace(record, learning_rates=tuple(by_step.values()), turned=turned)


def _scheduled(model: Any, updates: int) -> dict[int, float]:
    """The rates that the optimizer's own schedule gave by step, from its first step to its last."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if updates < _POINTS:
        return {}
    adapter, begin = backend(), int(number(optimizer.iterations)) - updates
    steps = [begin + round(part * (updates - 1) / (_POINTS - 1)) for part in range(_POINTS)]
    rates = {step: scheduled_rate(optimizer, adapter, step) for step in steps}
    return {step: rate for step, rate in rates.items() if rate is not None}


def _between(steps: Sequence[Step], last: float, updates: int) -> dict[int, float]:
    """Rates at points evenly over the training: between the steps looked at they change by equal factors."""
    known = [
        (each.number, max(each.learning_rate, _TINY)) for each in steps if each.learning_rate is not None
    ]
    if len(known) < 2 or updates < _POINTS:
        return {}
    end = known[0][0] + updates - 1
    at, rates = zip(*known, *([(end, max(last, _TINY))] if end > known[-1][0] else []), strict=True)
    points = [round(at[0] + part * (end - at[0]) / (_POINTS - 1)) for part in range(_POINTS)]
    found = np.exp(np.interp(points, at, np.log(rates)))
    return dict(zip(points, map(float, found), strict=True))


def _turned(model: Any, step: int) -> Place | None:
    """The statement of the user's schedule by which the rate of this step falls below 0.

    That is the first whose value is below 0 itself: each is computed alone, with what stands before it.
    None where the schedule is not the user's or cannot be read so.
    """
    schedule = getattr(getattr(model.optimizer, "inner_optimizer", model.optimizer), "_learning_rate", None)
    place = defined_at(schedule)
    function = getattr(getattr(schedule, "__call__", None), "__func__", None)  # noqa: B004
    defined = definition_of(function) if isinstance(function, types.FunctionType) else None
    made = defined.tree.body[0] if defined is not None else None
    if place is None or defined is None or function is None or not isinstance(made, ast.FunctionDef):
        return place
    made.decorator_list = []
    for index, statement in enumerate(made.body):
        value = _value(statement)
        if value is None:
            continue
        body = [*made.body[:index], ast.copy_location(ast.Return(value), statement)]
        found = _computed(rebuilt(function, made, body), schedule, step)
        if found is not None and found < 0.0:
            return Place(file=place.file, line=defined.first + statement.lineno - 1)
    return place


def _value(statement: ast.stmt) -> ast.expr | None:
    """What a statement assigns or returns."""
    return statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return)) else None


def _computed(function: Any, schedule: Any, step: int) -> float | None:
    if function is None:
        return None
    adapter = backend()
    try:
        with adapter.random_guard(), restored(schedule):
            return float(adapter.to_numpy(function(schedule, step)))
    except Exception:  # a value that is no number, or a statement that needs what is not there
        return None
