"""adapt-normalisation."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.splits import training_part
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.rows import feature_axes, single


@remedy(
    "adapt-normalisation",
    where="the rows before fit",
    says="Adapt the Normalization layer to the training rows before fit.",
)
def adapt_normalisation(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Let a Normalization layer see the rows that it is to scale.

    What it changes: `adapt` is called on the layer with the training rows (without those of
    `validation_split`), just before `fit`.
    When it helps: the layer was made and never adapted: it holds mean 0 and variance 1, and hands its
    input on as it is.
    """
    rows = FitRows(source, at)
    layer = _spelled(source, rows, str(values["layer"]))
    x = rows.one("x", "inputs")
    rows.as_arrays([x], dtype="float32")
    rows.add(f"{layer}.adapt({training_part(rows, x)})")
    return rows.edits()


def _spelled(source: Source, rows: FitRows, name: str) -> str:
    """How the script can reach the layer: by its own name, else through the model."""
    made = source.calls_of("Normalization")
    held = source.parent(made[0]) if len(made) == 1 else None
    target = held.targets[0].target if isinstance(held, cst.Assign) and len(held.targets) == 1 else None
    if isinstance(target, cst.Name) and source.scope(target) is source.scope(rows.statement):
        return target.value
    model = rows.call.func.value if isinstance(rows.call.func, cst.Attribute) else None
    if not isinstance(model, cst.Name):
        raise Unplaced("the model that is trained has no name of its own")
    return f'{model.value}.get_layer("{name}")'


@adapt_normalisation.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    single(recipe.x)
    x = single(recipe.split()[0][0]).astype("float64")
    axes = feature_axes({"dimensions": x.ndim - 1})
    names = [each.name for each in recipe.layers if each.kind == "Normalization"]
    if names != [values["layer"]]:
        raise UntreatableError("it is not clear which Normalization layer reads the rows")
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
    return recipe.with_layers(
        names, mean=[float(each) for each in mean], variance=[float(each) for each in variance]
    )
