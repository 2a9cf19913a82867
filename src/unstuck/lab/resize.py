"""Smaller trainings: fewer rows in their order and mix, fewer epochs, shorter padded sequences."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from unstuck.evidence.sample import leaves, spaced
from unstuck.lab.recipe import Recipe, taken
from unstuck.watch.rows import map_leaves

#: Padding that stays behind the longest row kept. A forget gate near sigmoid(1) = .731 keeps .731^n
#: of the state over n steps: 7e-9 after 60, below float32's resolution of 6e-8, as over any more steps.
PADDING_KEPT = 60

#: Cutting to more than the half of the steps is not worth its strangeness.
_WORTH = 2.0

#: Held-out rows that stay with a smaller training: of fewer no share can be told from another.
_JUDGES = 32


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a training is: a number of rows (0: all), which share of the recipe's epochs, and
    the steps to which padded sequences are cut (0: all).
    """

    rows: int = 0
    epochs: float = 1.0
    steps: int = 0


#: (rows there are, rows wanted, position of the first) -> the positions of those chosen.
_Choice = Callable[[int, int, int], np.ndarray]


def resized(recipe: Recipe, size: Size) -> Recipe:
    """The recipe at this size. Rows are chosen evenly; with `steps` the shortest of each stretch."""
    epochs = max(1, round(recipe.epochs * size.epochs))
    if not 0 < size.rows < recipe.rows:
        return replace(recipe, epochs=epochs)
    found = padded_lengths(recipe) if size.steps else None
    small = _fewer(recipe, size.rows, _even if found is None else _shortest(found[0]))
    if found is not None:
        small = replace(small, x=map_leaves(lambda leaf: leaf[:, : size.steps], small.x))
        if small.held_out is not None:
            short = taken(small.held_out[0], (slice(None), slice(0, size.steps)))
            small = replace(small, held_out=(short, small.held_out[1]))
    return replace(small, epochs=epochs)


def _fewer(recipe: Recipe, rows: int, choose: _Choice) -> Recipe:
    """So many rows; those that judge stay enough to judge."""
    held_out, part = recipe.held_out, rows / recipe.rows
    if held_out is not None:
        count = min(len(leaf) for leaf in leaves(held_out[0]))
        few = spaced(count, min(count, max(round(part * count), min(_JUDGES, rows), 1)))
        return replace(
            recipe.with_rows(choose(recipe.rows, rows, 0)),
            held_out=(taken(held_out[0], few), taken(held_out[1], few)),
        )
    cut = recipe.training_rows
    judges = recipe.rows - cut
    if not judges:
        return recipe.with_rows(choose(recipe.rows, rows, 0))
    wanted = min(judges, max(round(part * judges), min(_JUDGES, rows // 4), 1))
    taught = choose(cut, min(rows - wanted, cut), 0)
    chosen = np.concatenate([taught, choose(judges, wanted, cut)])
    # Keras cuts at floor(n (1 - share)): a hair less leaves exactly the wanted rows behind the cut.
    share = (wanted - 1e-6) / len(chosen)
    return replace(recipe.with_rows(chosen), validation_split=share)


def _even(count: int, wanted: int, first: int) -> np.ndarray:
    return first + spaced(count, wanted)


def _shortest(lengths: np.ndarray) -> _Choice:
    """The shortest row, padding apart, of each of equal stretches; empty rows only where all are."""
    usable = np.where(lengths > 0, lengths, lengths.max(initial=0) + 1)

    def choose(count: int, wanted: int, first: int) -> np.ndarray:
        edges = first + np.arange(wanted + 1) * count // wanted
        return np.array([start + usable[start:end].argmin() for start, end in itertools.pairwise(edges)])

    return choose


def padded_lengths(recipe: Recipe) -> tuple[np.ndarray, int] | None:
    """The steps of each row up to its trailing padding, and the padding value; None without any.

    Only for one input of ids, (rows, steps) of whole numbers, most rows of which end alike.
    """
    arrays = leaves(recipe.x)
    if len(arrays) != 1 or arrays[0].ndim != 2 or arrays[0].dtype.kind not in "iu" or not len(arrays[0]):
        return None
    ids = arrays[0]
    values, counts = np.unique(ids[:, -1], return_counts=True)
    padding = values[counts.argmax()]
    if counts.max() < len(ids) / 2:
        return None
    real = ids != padding
    lengths = np.where(real.any(axis=1), ids.shape[1] - real[:, ::-1].argmax(axis=1), 0)
    return lengths, int(padding)


def fewest_steps(recipe: Recipe, rows: int) -> int:
    """The steps to which the sequences can be cut for a training on this many rows; 0 for no cut."""
    found = padded_lengths(recipe)
    if found is None:
        return 0
    few = min(rows, recipe.rows)
    chosen = padded_lengths(_fewer(recipe, few, _shortest(found[0])) if few < recipe.rows else recipe)
    longest = int(chosen[0].max()) if chosen is not None else 0
    steps = longest + PADDING_KEPT
    return steps if longest and steps * _WORTH <= leaves(recipe.x)[0].shape[1] else 0
