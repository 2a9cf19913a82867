"""oversample."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.sampling import TrainingRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.sampling import drawn


@remedy(
    "oversample",
    where="the training rows",
    says="Draw rows of the rarer classes again until all classes have as many: the rare ones are found more "
    "often, and accuracy may fall with it.",
)
def oversample(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Train on as many rows of each class, by drawing those of rare classes again.

    What it changes: the rows given to `fit`; every row stays, and rows of the rarer classes are
    drawn at random until each class has as many as the largest. Where `validation_split` held
    rows back, they are cut off first and stay as they were.
    When it helps: one class is so frequent that always answering it costs little. It trades
    accuracy for recall: look at recall by class. Against `class_weight` it has rare rows in
    every batch, and takes longer.
    """
    drawn_rows = "{numpy}.append({group}, {generator}.choice({group}, {size} - len({group})))"
    one_hot = bool(values.get("one_hot"))
    return TrainingRows(source, at).draw_by_class(("most", "max"), drawn_rows, one_hot=one_hot)


@oversample.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    def choose(generator: np.random.Generator, groups: list[np.ndarray]) -> list[np.ndarray]:
        most = max(len(group) for group in groups)
        return [np.append(group, generator.choice(group, most - len(group))) for group in groups]

    return drawn(recipe, choose)
