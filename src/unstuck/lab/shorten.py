"""Make a training on padded sequences cheap: fewer, shorter rows whose padding still does its harm."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from unstuck.recipe import Recipe, leaves, over, taken

#: Padding that stays behind the longest row kept. A forget gate near sigmoid(1) = .731 keeps .731^n
#: of the state over n steps: 2e-14 after 100, which is nothing in float32, as over any more steps.
PADDING_KEPT = 100

#: Rows that are tried on fewer steps hold at least this many, or the cut is not worth its strangeness.
_WORTH = 2.0


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
    lengths, _ = found
    longest = int(lengths[_shortest(lengths, min(rows, len(lengths)))].max())
    steps = longest + PADDING_KEPT
    return steps if steps * _WORTH <= leaves(recipe.x)[0].shape[1] else 0


def shortened(recipe: Recipe, steps: int, rows: int) -> Recipe:
    """The recipe on its shortest rows, one from each equal stretch so that order and mix stay, cut to steps.

    Held-out rows are cut likewise; those that are longer lose their end.
    """
    found = padded_lengths(recipe)
    if found is None or rows >= recipe.rows:
        return recipe
    fewer = recipe.with_rows(_shortest(found[0], rows))
    held_out = recipe.held_out
    if held_out is not None:
        held_out = (taken(held_out[0], (slice(None), slice(0, steps))), held_out[1])
    return replace(fewer, x=over(lambda leaf: leaf[:, :steps], fewer.x), held_out=held_out)


def _shortest(lengths: np.ndarray, rows: int) -> np.ndarray:
    """The shortest row, padding apart, of each of `rows` equal stretches; empty rows only where all are."""
    edges = np.arange(rows + 1) * len(lengths) // rows
    usable = np.where(lengths > 0, lengths, lengths.max(initial=0) + 1)
    return np.array([start + usable[start:end].argmin() for start, end in itertools.pairwise(edges)])
