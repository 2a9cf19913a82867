"""Whether an input holds the targets, at the same step or one later, and what the answers make of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.data import by_output
from unstuck.evidence.facts import NextGiven, Place, TargetGiven
from unstuck.evidence.inputs import as_numbers, named_leaves
from unstuck.evidence.probe import Probe, state_of
from unstuck.evidence.sample import Batch, over, samples
from unstuck.evidence.syntax import parsed
from unstuck.watch.backend import backend
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: Entries that are compared with the targets; larger arrays are left alone.
_ENTRIES = 2_000_000

#: With fewer steps the relation between inputs and targets may be chance.
_FEWEST_STEPS = 2

#: The same calculation on the same numbers differs by float32's rounding alone.
_ROUNDING = 1e-4

#: A change of answers counts from a thousandth of their own spread over rows.
_SEEN = 1e-3

#: Functions that make a triangular mask.
_TRIANGLES = ("tril", "triu", "band_part")

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
    target = _target(training, names)
    for index, (name, array) in enumerate(leaves):
        given = _ids(array)
        if given is None or target is None or given.shape != target.shape:
            continue
        if np.array_equal(given, target):
            return TargetGiven(name=name, index=index, rows=len(target), steps=target.shape[1])
    return None


def read_next_given(training: Rows, names: Sequence[str]) -> NextGiven | None:
    """The input whose next id is the answer at each step, None for none."""
    if len(names) != 1 or not training.complete or training.y is None:
        return None
    target = _target(training, names)
    for index, (name, array) in enumerate(named_leaves(training.x)):
        given = _ids(array)
        if given is None or target is None or given.shape != target.shape or np.array_equal(given, target):
            continue
        if target.shape[1] > _FEWEST_STEPS and np.array_equal(given[:, 1:], target[:, :-1]):
            return NextGiven(name=name, index=index, rows=len(target), steps=target.shape[1])
    return None


def _target(training: Rows, names: Sequence[str]) -> np.ndarray | None:
    return _ids(by_output(training.y, names).get(names[0]))


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
    middle = given.steps // 2
    found = _exchanged(model, training, given.index, middle, names)
    if found is None or found.before.ndim != 3 or found.before.shape[1] != given.steps:
        return given
    was, became = found.was, found.became
    asked = (was != became) & (was != _PADDING) & (became != _PADDING)
    followed = (found.before[:, middle].argmax(-1) == was) & (found.after[:, middle].argmax(-1) == became)
    earlier = np.abs(found.after[asked, :middle] - found.before[asked, :middle])
    return replace(
        given,
        position=middle,
        asked=int(asked.sum()),
        followed=int((asked & followed).sum()),
        earlier_change=float(earlier.max()) if earlier.size else 0.0,
    )


def ask_whether_ahead(model: Any, training: Rows, given: NextGiven, names: Sequence[str]) -> NextGiven:
    """The record with what earlier answers do when the id in the middle is exchanged for the next row's."""
    middle = given.steps // 2
    found = _exchanged(model, training, given.index, middle, names)
    if found is None or found.before.ndim != 3 or found.before.shape[1] != given.steps:
        return given
    asked = (found.was != found.became) & (found.was != _PADDING) & (found.became != _PADDING)
    change = np.abs(found.after[:, :middle] - found.before[:, :middle]).max(axis=(1, 2))
    spread = float(found.before[:, :middle].std(axis=0).max())
    ahead = change > max(_ROUNDING, _SEEN * spread)
    return replace(
        given,
        position=middle,
        asked=int(asked.sum()),
        changed=int((asked & ahead).sum()),
        largest_change=float(change[asked].max()) if asked.any() else 0.0,
    )


@dataclass(frozen=True)
class _Exchanged:
    """Answers before and after one id of an input was exchanged for that of the next row."""

    before: np.ndarray
    after: np.ndarray
    was: np.ndarray
    became: np.ndarray


def _exchanged(model: Any, training: Rows, index: int, step: int, names: Sequence[str]) -> _Exchanged | None:
    probe = Probe(model, backend(), tuple(names))
    state = state_of(model, probe.backend)
    if state is None:
        return None
    batch = samples(training, None, {}, own=probe.batch_size)[0].batch(0)
    own = named_leaves(batch.x)[index][1]
    other = own.copy()
    other[:, step] = np.roll(own[:, step], 1, axis=0)
    altered = Batch(over(lambda leaf: other if leaf is own else leaf, batch.x), batch.y, batch.rows)
    with unseen(model):
        function = probe.forward()
        before, after = (
            next(iter(probe.answer(function, state, each, losses=False).outputs.values()))
            for each in (batch, altered)
        )
    return _Exchanged(before, after, own[:, step].reshape(-1), other[:, step].reshape(-1))


def mask_line(file: str) -> Place | None:
    """The one line of a file that makes a triangular mask, None where there is none or several."""
    tree = parsed(file)
    if tree is None:
        return None
    found = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) or getattr(node.func, "id", "")) in _TRIANGLES
    }
    return Place(file=file, line=found.pop()) if len(found) == 1 else None
