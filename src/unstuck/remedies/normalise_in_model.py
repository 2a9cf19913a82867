"""normalise-in-model."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing import inserting
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.splits import training_part
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating import inserting as treating
from unstuck.remedies.treating.rows import single


@remedy(
    "normalise-in-model",
    where="the model's first layer",
    says="Begin the model with a Normalization layer that is adapted to the training rows; it then scales "
    "whatever is predicted, too.",
)
def normalise_in_model(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Let the model standardise its inputs by itself.

    What it changes: a `keras.layers.Normalization` comes first in the Sequential model, and is
    adapted to the training rows (without those of `validation_split`) before `fit`.
    When it helps: features of thousands, or far from zero. Against standardising the arrays it
    cannot be forgotten where rows are predicted: mean and deviation are saved with the model.
    """
    rows = FitRows(source, at)
    if any(isinstance(each, (cst.For, cst.While)) for each in source.parents(rows.statement)):
        raise Unplaced("the model is trained in a loop")
    model = rows.call.func.value if isinstance(rows.call.func, cst.Attribute) else None
    if not isinstance(model, cst.Name):
        raise Unplaced("the model that is trained has no name of its own")
    made = source.assigned(model)
    if made is None or source.scope(made) is not source.scope(rows.statement):
        raise Unplaced("the model is not made as a Sequential beside the fit call")
    x = rows.one("x", "inputs")
    rows.as_arrays([x], dtype="float32")
    rows.add(f"{model.value}.layers[0].adapt({training_part(rows, x)})")
    layer, imports = expression(source, "keras.layers.Normalization", source.span(made)[0])
    return [*imports, *inserting.first(source, model, f"{layer}()"), *rows.edits()]


@normalise_in_model.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    single(recipe.x)
    x = single(recipe.split()[0][0]).astype("float64")
    if x.ndim < 2:
        raise UntreatableError("the rows have no columns to normalise")
    axes = tuple(range(x.ndim - 1))
    return treating.first(
        recipe,
        "Normalization",
        axis=-1,
        mean=[float(each) for each in x.mean(axis=axes)],
        variance=[float(each) for each in x.var(axis=axes)],
    )
