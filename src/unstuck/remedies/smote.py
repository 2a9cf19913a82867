"""smote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.imports import imported
from unstuck.remedies.editing.sampling import TrainingRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import single
from unstuck.remedies.treating.sampling import training_rows
from unstuck.watch.rows import map_leaves

#: SMOTE draws between a row and one of its nearest neighbours; imbalanced-learn looks at five.
NEIGHBOURS = 5


@remedy(
    "smote",
    where="the training rows",
    says="Make new rows of the rarer classes between their own (SMOTE of imbalanced-learn): the rare ones "
    "are found more often, and accuracy may fall with it.",
)
def smote(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Train on as many rows of each class, by making new ones between rows of the rare classes.

    What it changes: the rows given to `fit` pass through imbalanced-learn's SMOTE (`pip install
    imbalanced-learn`), which puts new rows between a rare row and its nearest neighbours until
    each class has as many. Where `validation_split` held rows back, they are cut off first.
    When it helps: a table of numbers with few rows of one class. It trades accuracy for recall:
    look at recall by class. Where columns are codes or the classes lie mixed, rows in between mean
    nothing; draw rare rows again instead.
    """
    training = TrainingRows(source, at)
    rows, x, y = training.rows, training.x, training.y
    name, imports = imported(source, "imblearn.over_sampling", "SMOTE", source.span(rows.statement)[0])
    if not values.get("one_hot"):
        return [*imports, *training.put(f"{name}(random_state=0).fit_resample({x}, {y})")]
    classes, new_x, new_y = training.labels(one_hot=True), rows.fresh("new_inputs"), rows.fresh("new_classes")
    rows.add(f"{new_x}, {new_y} = {name}(random_state=0).fit_resample({x}, {classes})")
    return [*imports, *training.put(f"{new_x}, {rows.numpy()}.eye({y}.shape[1])[{new_y}]")]


@smote.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    x = single(recipe.x)
    if x.ndim != 2 or x.dtype.kind != "f" or not np.isfinite(x).all():
        raise UntreatableError("SMOTE takes a table of finite numbers with a fraction, (rows, columns)")
    recipe, labels = training_rows(recipe)
    known, first, counts = np.unique(labels, return_index=True, return_counts=True)
    if counts.min() <= NEIGHBOURS:
        raise UntreatableError(f"the rarest class has not {NEIGHBOURS + 1} rows here, which SMOTE needs")
    sampler = _sampler()(random_state=0, k_neighbors=NEIGHBOURS)
    new_x, new_labels = sampler.fit_resample(single(recipe.x), labels)
    order = np.random.default_rng(0).permutation(len(new_x))  # new rows come last, of one class
    new_x = np.asarray(new_x, dtype=x.dtype)[order]
    # Each new row gets the label of a row of its class, in whatever form the labels have.
    new_y = single(recipe.y)[first[np.searchsorted(known, new_labels)]][order]
    return replace(recipe, x=_as_given(recipe.x, new_x), y=_as_given(recipe.y, new_y))


def _as_given(structure: Any, array: np.ndarray) -> Any:
    """The array in the structure of the one that it replaces."""
    return map_leaves(lambda _: array, structure)


def _sampler() -> Any:
    try:
        from imblearn.over_sampling import SMOTE
    except ImportError:
        raise UntreatableError("it needs imbalanced-learn: pip install imbalanced-learn") from None
    return SMOTE
