"""Drawing the training rows of a recipe anew, by class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.lab.recipe import Recipe, UntreatableError, taken
from unstuck.remedies.treating.rows import single


def classes_of(y: np.ndarray) -> np.ndarray:
    """The class of each row, of class numbers (rows,) or (rows, 1) or of one-hot rows."""
    return y.argmax(axis=-1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)


def training_rows(recipe: Recipe) -> tuple[Recipe, np.ndarray]:
    """The recipe with the rows that validate cut off for good, and the class of each row that trains.

    Raises:
        UntreatableError: there is no one array of labels, or the rows have weights.
    """
    if recipe.sample_weight is not None:
        raise UntreatableError("the rows have weights of their own, which would have to be drawn with them")
    single(recipe.y)
    (x, y), held_out = recipe.split()
    cut = replace(recipe, x=x, y=y, held_out=held_out, validation_split=0.0)
    labels = classes_of(single(y))
    if len(labels) != len(single(y)) or len(np.unique(labels)) < 2:
        raise UntreatableError("the rows that passed do not hold two classes to draw from")
    return cut, labels


def drawn(recipe: Recipe, choose: Callable[[np.random.Generator, list[np.ndarray]], Any]) -> Recipe:
    """The training rows that a function chooses from those of each class, shuffled from seed 0."""
    recipe, labels = training_rows(recipe)
    generator = np.random.default_rng(0)
    rows = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    chosen = np.concatenate(choose(generator, rows))
    generator.shuffle(chosen)
    return replace(recipe, x=taken(recipe.x, chosen), y=taken(recipe.y, chosen))
