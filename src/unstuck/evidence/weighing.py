"""How much the rows of each class count in the loss."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.class_numbers import class_numbers
from unstuck.evidence.facts import Fit, Place
from unstuck.evidence.made.statements import behind_argument
from unstuck.evidence.sample import leaves
from unstuck.watch.observation import Observation

#: More classes are not listed.
_MOST_CLASSES = 100


def with_weights(seen: Observation, fit: Fit) -> Fit:
    """The fit with the weight of a row of each class, where the rows of a class all have the same.

    Of a model with several outputs it is the only one whose classes are weighed apart.
    """
    name = "sample_weight" if fit.sample_weight else "class_weight"
    parts = _by_output(seen, fit, name)
    found = {key: each for key, part in parts.items() if (each := _weighed(*part))}
    if len(found) > 1:
        found = {key: each for key, each in found.items() if len({weight for *_, weight in each}) > 1}
    if len(found) != 1:
        return fit
    key, weighed = next(iter(found.items()))
    made = behind_argument(seen.place.file, seen.place.line, name, key) if seen.place is not None else []
    told = [each for each in made if not isinstance(each, ast.Return)] or made
    file = seen.place.file if seen.place is not None else ""
    return replace(fit, weighed=weighed, weighed_at=Place(file=file, line=told[-1].lineno) if told else None)


def _by_output(seen: Observation, fit: Fit, name: str) -> dict[str | None, tuple[Any, Any]]:
    """The weights given to fit and the targets that they weigh, by the output's name where it is told."""
    if not fit.sample_weight and not fit.class_weight:
        return {}
    given, y = seen.arguments.get(name), seen.arguments.get("y")
    targets = leaves(seen.training.y) if seen.training is not None else []
    if fit.sample_weight and isinstance(given, dict) and isinstance(y, dict):
        return {key: (given[key], y[key]) for key in given if key in y}
    return {None: (given, y if fit.sample_weight else targets[0])} if len(targets) == 1 else {}


def _weighed(given: Any, y: Any) -> tuple[tuple[int, int, float], ...]:
    """(class, rows, weight of each of them); empty where the rows of a class do not all weigh the same."""
    classes = _classes(y)
    weights = _weights(given, classes) if classes is not None else None
    if classes is None or weights is None:
        return ()
    levels, at, counts = np.unique(classes, return_inverse=True, return_counts=True)
    first = weights[np.unique(at, return_index=True)[1]]
    if not np.array_equal(first[at.reshape(-1)], weights):
        return ()
    return tuple(
        (int(level), int(rows), float(weight))
        for level, rows, weight in zip(levels, counts, first, strict=True)
    )


def _classes(y: Any) -> np.ndarray | None:
    """One whole number a row, None where the targets are no classes, or numbers of too many to list."""
    classes = class_numbers(y) if type(y) is np.ndarray else None
    if classes is None or y.size > len(y):  # one-hot rows have as many as they have columns
        return classes
    return classes if len(np.unique(classes)) <= _MOST_CLASSES else None


def _weights(given: Any, classes: np.ndarray) -> np.ndarray | None:
    """The weight of each row."""
    if isinstance(given, dict):
        return np.array([float(given.get(int(each), 1.0)) for each in classes])
    if not isinstance(given, np.ndarray) or given.ndim != 1 or len(given) != len(classes):
        return None
    return given.astype(np.float64)
