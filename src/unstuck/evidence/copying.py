"""Whether one of several inputs is the target itself, and whether the model's answers copy it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.data import by_output
from unstuck.evidence.facts import TargetGiven
from unstuck.evidence.inputs import as_numbers, named_leaves
from unstuck.evidence.probe import Probe, state_of
from unstuck.evidence.rows import Rows
from unstuck.evidence.sample import Batch, over, samples
from unstuck.watch.backend import backend
from unstuck.watch.unseen import unseen

#: Entries that are compared with the targets; larger arrays are left alone.
_ENTRIES = 2_000_000

#: Zero is usually padding, which a mask may hide from the model.
_PADDING = 0


def read_target_given(training: Rows, names: Sequence[str]) -> TargetGiven | None:
    """The input that equals the targets entry by entry, None for none, or for a model with one input.

    Only whole numbers with one for each of two or more positions are looked at (ids): an input that is to
    be reconstructed as numbers is its own target on purpose.
    """
    leaves = named_leaves(training.x)
    if len(leaves) < 2 or len(names) != 1 or not training.complete or training.y is None:
        return None
    target = _ids(by_output(training.y, names).get(names[0]))
    if target is None:
        return None
    for index, (name, array) in enumerate(leaves):
        given = _ids(array)
        if given is not None and given.shape == target.shape and np.array_equal(given, target):
            return TargetGiven(name=name, index=index, rows=len(target), steps=target.shape[1])
    return None


def _ids(array: np.ndarray | None) -> np.ndarray | None:
    """One whole number a position, rows first; None where the array holds anything else."""
    numbers = as_numbers(array) if array is not None and array.size <= _ENTRIES else None
    if numbers is None:
        return None
    if numbers.ndim == 3 and numbers.shape[2] == 1:
        numbers = numbers[:, :, 0]
    if numbers.ndim != 2 or numbers.shape[1] < 2 or not numbers.size:
        return None
    return numbers if numbers.dtype.kind in "iu" or np.array_equal(numbers, np.round(numbers)) else None


def ask_whether_copied(model: Any, training: Rows, given: TargetGiven, names: Sequence[str]) -> TargetGiven:
    """The record with what the answers do when one position of that input holds another id.

    The id in the middle is exchanged for that of the next row; weights, random states and the model stay as
    they are. A model that shifts the input by itself does not see the change in its answer there.
    """
    probe = Probe(model, backend(), tuple(names))
    state = state_of(model, probe.backend)
    if state is None:
        return given
    batch = samples(training, None, {}, own=probe.batch_size)[0].batch(0)
    middle = given.steps // 2
    own = named_leaves(batch.x)[given.index][1]
    other = own.copy()
    other[:, middle] = np.roll(own[:, middle], 1, axis=0)
    altered = Batch(over(lambda leaf: other if leaf is own else leaf, batch.x), batch.y, batch.rows)
    with unseen(model):
        function = probe.forward()
        before, after = (
            next(iter(probe.answer(function, state, each, losses=False).outputs.values()))
            for each in (batch, altered)
        )
    if before.ndim != 3 or before.shape[1] != given.steps:
        return given
    was, became = own[:, middle].reshape(-1), other[:, middle].reshape(-1)
    asked = (was != became) & (was != _PADDING) & (became != _PADDING)
    followed = (before[:, middle].argmax(-1) == was) & (after[:, middle].argmax(-1) == became)
    earlier = np.abs(after[asked, :middle] - before[asked, :middle])
    return replace(
        given,
        position=middle,
        asked=int(asked.sum()),
        followed=int((asked & followed).sum()),
        earlier_change=float(earlier.max()) if earlier.size else 0.0,
    )
