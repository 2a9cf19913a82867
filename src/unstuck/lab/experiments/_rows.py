"""The rows of a recipe as a plain table that simple models read."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.facts import Labels
from unstuck.evidence.facts.program import REGRESSION_LOSSES
from unstuck.evidence.inputs import as_numbers, named_leaves
from unstuck.evidence.kinds import snake_case
from unstuck.evidence.reference.categories import codes_of
from unstuck.evidence.reference.folds import is_series
from unstuck.evidence.reference.table import FeatureTable, Leaf, NoTableError, features_of, without_copies
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.recipe import Recipe

#: Fewer rows tell nothing: five folds of four rows each.
FEWEST_ROWS = 20


def table_of(recipe: Recipe, most_rows: int) -> FeatureTable:
    """The recipe's rows as a table, thinned to `most_rows`: by class, or for a series to the latest.

    Raises:
        UnaskableError: rows or targets are of a kind that simple models cannot take.
    """
    targets, classes = targets_of(recipe)
    known = np.flatnonzero(np.isfinite(targets))
    if len(known) < FEWEST_ROWS:
        raise UnaskableError(f"{len(known)} rows are too few to hold some of them out")
    series = is_series(recipe.x, targets, classes=classes is not None)
    chosen = known[thinned(targets[known], most_rows, classes=classes is not None, series=series)]
    leaves = _leaves(recipe, chosen)
    features, words = _features(leaves)
    levels = codes_of(leaves)
    if not series:
        first = without_copies(features)
        features, chosen = features[first], chosen[first]
        levels = None if levels is None else levels[first]
    if classes is None:
        return FeatureTable(features, targets[chosen].astype(np.float64), None, series, words, levels)
    _, codes = np.unique(targets[chosen], return_inverse=True)
    codes = codes.reshape(-1)
    if codes.max() == 0:
        raise UnaskableError("all targets are of one class")
    return FeatureTable(features, codes, int(codes.max()) + 1, series, words, levels)


def targets_of(recipe: Recipe) -> tuple[np.ndarray, int | None]:
    """The targets, (rows,), as numbers, and how many classes they are of (None: they are numbers).

    Raises:
        UnaskableError: there is not one class or number a row.
    """
    leaves = named_leaves(recipe.y)
    if len(leaves) != 1:
        raise UnaskableError(
            "the rows have no targets" if not leaves else f"the model has {len(leaves)} outputs, not one"
        )
    numbers = as_numbers(np.asarray(leaves[0][1]))
    if numbers is None:
        raise UnaskableError("the targets are text, no numbers")
    labels = Labels.of(numbers)
    if labels.form == "one-hot":
        return numbers.reshape(len(numbers), -1).argmax(axis=1).astype(np.float64), labels.classes
    if labels.shape:
        raise UnaskableError("each row has several targets, where simple models take one class or number")
    values = numbers.reshape(-1).astype(np.float64)
    if labels.variance == 0.0:
        raise UnaskableError("all targets are equal")
    measured = loss_name(recipe) in REGRESSION_LOSSES and labels.classes > 2
    return values, labels.classes if labels.are_classes and not measured else None


def loss_name(recipe: Recipe) -> str:
    """The compiled loss by its Keras name, "" where it is none that is known by name."""
    loss = recipe.compiled.get("loss")
    if isinstance(loss, dict):
        loss = loss.get("class_name") if isinstance(loss.get("class_name"), str) else ""
    short = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "huber_loss": "huber"}
    name = snake_case(loss) if isinstance(loss, str) else ""
    return short.get(name, name)


def thinned(targets: np.ndarray, most: int, *, classes: bool, series: bool) -> np.ndarray:
    """At most so many row numbers, in order: the latest of a series, else of each class its share."""
    rows = np.arange(len(targets))
    if len(rows) <= most:
        return rows
    if series:
        return rows[-most:]
    shuffled = np.random.default_rng(0).permutation(rows)
    if classes:
        shuffled = shuffled[np.argsort(targets[shuffled], kind="stable")]
    return np.sort(shuffled[np.linspace(0, len(rows) - 1, most).astype(np.int64)])


def _leaves(recipe: Recipe, chosen: np.ndarray) -> list[Leaf]:
    """The inputs of these rows."""
    embeds = any(layer.kind == "Embedding" for layer in recipe.layers)
    return [Leaf(((leaf, chosen),), embedded=embeds) for _, leaf in named_leaves(recipe.x)]


def _features(leaves: list[Leaf]) -> tuple[Any, bool]:
    """The inputs as one table, and whether it holds word counts."""
    try:
        return features_of(leaves)
    except NoTableError as error:
        raise UnaskableError(str(error)) from None
