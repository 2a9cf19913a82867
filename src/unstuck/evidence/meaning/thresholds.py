"""At which value an accuracy turns from no to yes: Keras's by its setting, one of the user's by asking it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unstuck.evidence.bindings import bindings, statements
from unstuck.evidence.definitions import definition_of
from unstuck.evidence.facts import Metrics, Place
from unstuck.evidence.meaning.asking import NoAnswerError
from unstuck.evidence.meaning.losses import mean_of
from unstuck.watch.places import defined_at

#: Values that people decide at, which no answer may lie near.
_USUAL = (-1.0, 0.0, 0.5, 1.0)

#: Percentiles of the answers at which a metric of the user's own is asked.
_PERCENTILES = np.linspace(0.0, 100.0, 11)

#: Halvings until the turning point of a metric is known to more digits than anyone writes.
_HALVINGS = 24

#: A threshold is read back from its turning point to so many digits.
_DIGITS = 6


@dataclass(frozen=True)
class UsedThreshold:
    """Where a metric turns: above `at` is yes, or with `below` under it.

    `metric` is its key, `own` says that the user wrote it; `place` is where the number is written.
    """

    at: float
    below: bool = False
    metric: str = "accuracy"
    own: bool = False
    place: Place | None = None


def threshold_in_use(
    model: Any, index: int, metrics: Metrics | None, answers: np.ndarray
) -> UsedThreshold | None:
    """The threshold of the first metric of one output that decides by one; None where none does.

    Args:
        model: the live model, compiled and built.
        index: the number of the output among those of the model.
        metrics: of the output.
        answers: (places, units), some of what the model gives.
    """
    for number, use in enumerate(metrics.uses if metrics is not None else ()):
        if use.resolved == "binary_accuracy":
            return UsedThreshold(at=use.threshold, metric=use.name, place=use.place)
        function = _own_function(model, index, number) if use.resolved == "custom" else None
        turn = _turn(function, answers) if function is not None else None
        if function is not None and turn is not None:
            at, below = turn
            return UsedThreshold(at, below, use.name, own=True, place=_written_at(function, at) or use.place)
    return None


def _own_function(model: Any, index: int, number: int) -> Callable[..., Any] | None:
    """The function of the user's behind a metric that is the mean of it; None for any other one."""
    compiled = getattr(model, "_compile_metrics", None)
    flat = getattr(compiled, "_flat_metrics", None) or () if getattr(compiled, "built", False) else ()
    held = list(getattr(flat[index], "metrics", None) or ()) if index < len(flat) else []
    function = getattr(held[number], "_fn", None) if number < len(held) else None
    return function if inspect.isfunction(function) and defined_at(function) is not None else None


def _turn(function: Callable[..., Any], answers: np.ndarray) -> tuple[float, bool] | None:
    """(value, whether yes lies below it) where the metric turns for class 1, and back for class 0."""
    units = answers.shape[-1]

    def of(label: float, value: float) -> float:
        return mean_of(function, np.full((1, units), label), np.full((1, units), value))

    known = answers[np.isfinite(answers)]
    if not known.size:
        return None
    spread = float(np.ptp(known)) or 1.0
    ends = (float(known.min()) - spread, float(known.max()) + spread)
    asked = np.unique([*np.percentile(known, _PERCENTILES), *_USUAL, *ends])
    try:
        yes = [of(1.0, value) for value in asked]
        turns = [at for at in range(len(asked) - 1) if yes[at] != yes[at + 1]]
        if len(turns) != 1 or {yes[0], yes[-1]} != {0.0, 1.0}:
            return None
        no = [of(0.0, value) for value in asked]
        if any(one + other != 1.0 for one, other in zip(yes, no, strict=True)):
            return None
        low, high = float(asked[turns[0]]), float(asked[turns[0] + 1])
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if of(1.0, middle) == yes[turns[0]] else (low, middle)
    except NoAnswerError:
        return None
    return float(f"{(low + high) / 2:.{_DIGITS}g}"), yes[0] == 1.0


def _written_at(function: Any, value: float) -> Place | None:
    """The line with the number: of a name that the function reads, else in the function, else its own."""
    file = inspect.getsourcefile(function)
    names = [
        name
        for name in function.__code__.co_names
        if _is_number(held := function.__globals__.get(name)) and float(held) == value
    ]
    if file is not None and names:
        for name, at in _bound(file):
            if name in names:
                return Place(file=file, line=at)
    defined = definition_of(function)
    line = defined.line_of(lambda node: _compares(node, value)) if defined is not None else None
    return Place(file=file, line=line) if file is not None and line is not None else defined_at(function)


def _bound(file: str) -> Iterator[tuple[str, int]]:
    """The names that a file binds outside of functions, with their lines."""
    try:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return
    for statement in statements(tree):
        yield from ((name, statement.lineno) for name, _ in bindings(statement))


def _compares(node: ast.AST, value: float) -> bool:
    """Whether a comparison with the number stands there."""
    parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    return any(isinstance(part, ast.Constant) and part.value == value for part in parts)


def _is_number(thing: Any) -> bool:
    return isinstance(thing, (int, float)) and not isinstance(thing, bool)
