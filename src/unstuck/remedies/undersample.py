"""undersample."""

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
    "undersample",
    where="the training rows",
    says="Train on as many rows of each class as the rarest has: the rare ones are found more often, and "
    "accuracy may fall with it.",
)
def undersample(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Train on as many rows of each class, by leaving out rows of the frequent ones.

    What it changes: the rows given to `fit`: of each class as many as the rarest has, chosen at
    random. Where `validation_split` held rows back, they are cut off first and stay as they were.
    When it helps: one class is so frequent that always answering it costs little, and the rare
    one has rows enough to learn from. It trades accuracy for recall: look at recall by class. An
    epoch takes less time.
    """
    drawn_rows = "{generator}.choice({group}, {size}, replace=False)"
    one_hot = bool(values.get("one_hot"))
    return TrainingRows(source, at).draw_by_class(("fewest", "min"), drawn_rows, one_hot=one_hot)


@undersample.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    def choose(generator: np.random.Generator, groups: list[np.ndarray]) -> list[np.ndarray]:
        fewest = min(len(group) for group in groups)
        return [generator.choice(group, fewest, replace=False) for group in groups]

    return drawn(recipe, choose)
