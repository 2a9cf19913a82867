"""drop-non-finite-rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.sample import leaves
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError, taken
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy


@remedy(
    "drop-non-finite-rows",
    where="the rows",
    says="Leave out the rows that hold NaN or infinite values (or fill them in).",
)
def drop_non_finite_rows(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Train on rows of numbers only.

    What it changes: rows with a NaN or an infinite value in any input or target are left out of
    `fit`, and of `validation_data`.
    When it helps: one such value makes the loss NaN, and the next update every weight.
    """
    rows = FitRows(source, at)
    x, y = rows.all("x", "inputs"), rows.all("y", "targets")
    if not y:
        raise Unplaced("the rows reach fit in one object, not as arrays")
    names = list(dict.fromkeys([*x, *y, *rows.all("sample_weight", "sample_weights")]))
    held_out = []
    if rows.has("validation_data"):
        wanted = ("validation_inputs", "validation_targets", "validation_weights")
        parts = [rows.validation(index, wanted[index]) for index in range(max(2, rows.validation_parts))]
        held_out = [name for name in parts if name and name not in names]
    rows.as_arrays([*names, *held_out])
    for group, mask in ((names, "finite"), (held_out, "validation_finite")):
        if group:
            _keep(rows, group, rows.fresh(mask))
    return rows.edits()


def _keep(rows: FitRows, names: list[str], mask: str) -> None:
    """Keep the rows of these arrays that are finite in all of them."""
    parts = ", ".join(names) + ("," if len(names) == 1 else "")
    finite = f"{rows.numpy()}.isfinite(part).reshape(len(part), -1).all(axis=1)"
    rows.add(f"{mask} = {rows.numpy()}.all([{finite} for part in ({parts})], axis=0)")
    rows.add(f"{', '.join(names)} = {', '.join(f'{name}[{mask}]' for name in names)}")


@drop_non_finite_rows.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    kept = recipe.with_rows(_finite(recipe.x, recipe.y, recipe.sample_weight))
    if recipe.held_out is None:
        return kept
    finite = _finite(*recipe.held_out)
    return replace(kept, held_out=(taken(recipe.held_out[0], finite), taken(recipe.held_out[1], finite)))


def _finite(*structures: Any) -> np.ndarray:
    """A mask of the rows that are finite in every array."""
    parts = leaves(list(structures))
    if not parts or any(part.dtype.kind not in "biufc" for part in parts):
        raise UntreatableError("the rows do not hold numbers alone")
    finite = np.all([np.isfinite(part).reshape(len(part), -1).all(axis=1) for part in parts], axis=0)
    if not finite.any():
        raise UntreatableError("no row is free of NaN and infinite values")
    return np.asarray(finite)
