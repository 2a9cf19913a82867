"""shuffle-before-split."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.sample import leaves
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError, taken
from unstuck.remedies.editing.arguments import set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.remedy import Values, remedy
from unstuck.watch.rows import map_leaves


@remedy(
    "shuffle-before-split",
    where="the order of the rows",
    says="Put the rows into a random order once, before the validation rows are split off.",
)
def shuffle_before_split(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Shuffle the rows before the validation rows are taken from their end.

    What it changes: inputs and targets (and sample weights) are reordered by one random
    permutation before `fit`; or `train_test_split(..., shuffle=False)` is told to shuffle.
    When it helps: `validation_split` takes the last rows as they stand. In a file sorted by class
    these are of one class, which training then hardly sees. Rows in time order should stay so.
    """
    rows = FitRows(source, at)
    if not rows.has("validation_split"):
        return _splitter(source)
    if not rows.has("y"):
        raise Unplaced("the rows reach fit in one object, not as arrays")
    names = list(dict.fromkeys(rows.all("x", "inputs") + rows.all("y", "targets")))
    names += [name for name in rows.all("sample_weight", "sample_weights") if name not in names]
    rows.as_arrays(names)
    order = rows.fresh("order")
    rows.add(f"{order} = {rows.numpy()}.random.default_rng(0).permutation(len({names[0]}))")
    rows.add(f"{', '.join(names)} = {', '.join(f'{name}[{order}]' for name in names)}")
    return rows.edits()


def _splitter(source: Source) -> list[Edit]:
    """Let the one `train_test_split` that does not shuffle do so."""
    splits = source.calls_of("train_test_split")
    ordered = [
        call for call in splits if any(_keeps_order(source, arg.keyword, arg.value) for arg in call.args)
    ]
    if len(ordered) != 1:
        raise Unplaced("the rows are split elsewhere; shuffle them before that")
    return set_argument(source, ordered[0], "shuffle", "True")


def _keeps_order(source: Source, keyword: object, value: object) -> bool:
    return getattr(keyword, "value", "") == "shuffle" and source.literal(value) == (True, False)  # type: ignore[arg-type]


@shuffle_before_split.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    order = np.random.default_rng(0)
    if recipe.held_out is None:
        if not recipe.validation_split:
            raise UntreatableError("no rows were held out for validation")
        return recipe.with_rows(order.permutation(recipe.rows))
    if recipe.sample_weight is not None:
        raise UntreatableError("the validation rows have no sample weights")
    x, y = (_joined(a, b) for a, b in zip((recipe.x, recipe.y), recipe.held_out, strict=True))
    chosen = order.permutation(min(len(leaf) for leaf in leaves(x)))
    head, tail = chosen[: recipe.rows], chosen[recipe.rows :]
    return replace(recipe, x=taken(x, head), y=taken(y, head), held_out=(taken(x, tail), taken(y, tail)))


def _joined(training: Any, validation: Any) -> Any:
    """The rows of both, in the structure of the first."""
    rest = iter(leaves(validation))
    alike = [leaf.shape[1:] for leaf in leaves(training)] == [leaf.shape[1:] for leaf in leaves(validation)]
    if not alike:
        raise UntreatableError("training and validation rows differ in shape")
    return map_leaves(lambda leaf: np.concatenate((leaf, next(rest))), training)
