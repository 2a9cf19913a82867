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
    """The fit with the weight of a row of each class, where the rows of a class all have the same."""
    targets = leaves(seen.training.y) if seen.training is not None else []
    name = "sample_weight" if fit.sample_weight else "class_weight"
    if len(targets) != 1 or not (fit.sample_weight or fit.class_weight):
        return fit
    y = seen.arguments.get("y") if fit.sample_weight else targets[0]
    classes = _classes(y)
    if classes is None:
        return fit
    weights = _weights(seen.arguments.get(name), classes)
    if weights is None:
        return fit
    levels, at, counts = np.unique(classes, return_inverse=True, return_counts=True)
    first = weights[np.unique(at, return_index=True)[1]]
    if not np.array_equal(first[at.reshape(-1)], weights):
        return fit
    weighed = tuple(
        (int(level), int(rows), float(weight))
        for level, rows, weight in zip(levels, counts, first, strict=True)
    )
    made = behind_argument(seen.place.file, seen.place.line, name) if seen.place is not None else []
    told = [each for each in made if not isinstance(each, ast.Return)] or made
    file = seen.place.file if seen.place is not None else ""
    return replace(fit, weighed=weighed, weighed_at=Place(file=file, line=told[-1].lineno) if told else None)


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
