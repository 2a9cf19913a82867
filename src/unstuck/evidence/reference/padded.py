"""What a network decides at padded steps, and what at the steps that hold something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from unstuck.evidence.decisions import Answers
from unstuck.evidence.facts.reference import Padded
from unstuck.evidence.inputs import as_numbers
from unstuck.evidence.reference.table import Leaf

#: Padding fills rows up: of the steps that hold its value so many may stand between others.
_BETWEEN = 0.01


def padded_of(leaves: Sequence[Leaf], answers: Answers, mask: np.ndarray | None = None) -> Padded | None:
    """The decisions at padded steps and at the others; None where no input is padded.

    Steps are padding where each row ends, or begins, with one value that hardly stands elsewhere, for a
    number of steps that differs from row to row, and where all of them have the same class.

    Args:
        leaves: the inputs of the judged rows, in their last parts.
        answers: the network's at all steps of these rows, a line each, with the right classes.
        mask: (rows, steps), true where a step counts; None where all do.
    """
    hits, right, decisions = answers.hits, answers.right, answers.decisions
    if hits is None or right is None or decisions is None or hits.ndim != 1:
        return None
    counts = np.isfinite(right.astype(np.float64))
    if mask is not None and mask.size == len(counts):
        counts &= mask.reshape(-1).astype(bool)
    for value, steps in _paddings(leaves):
        if steps.size != len(hits):
            continue
        padding, real = steps.reshape(-1) & counts, ~steps.reshape(-1) & counts
        labels = np.unique(right[padding])
        if len(labels) != 1 or not real.any():
            continue
        _, tally = np.unique(right[real], return_counts=True)
        return Padded(
            value=value,
            label=float(labels[0]),
            share=float(padding.sum() / counts.sum()),
            everywhere=float(hits[counts].mean()),
            at_padding=float(hits[padding].mean()),
            right=float(hits[real].mean()),
            places=int(real.sum()),
            most=float(tally.max() / tally.sum()),
        )
    return None


def _paddings(leaves: Sequence[Leaf]) -> Iterator[tuple[float, np.ndarray]]:
    """The value of each padding, with (rows, steps) of where it is."""
    for leaf in leaves:
        array, rows = leaf.parts[-1]
        numbers = as_numbers(np.asarray(array)[rows])
        if numbers is None or numbers.ndim not in (2, 3) or numbers.shape[1] < 2:
            continue
        if numbers.ndim == 2 and not leaf.embedded:
            continue  # columns of a table are no steps
        for step in (-1, 0):
            values, tally = np.unique(numbers[:, step], return_counts=True)
            value = float(values[tally.argmax()])
            equal = numbers == value if numbers.ndim == 2 else (numbers == value).all(axis=2)
            run = np.logical_and.accumulate(equal[:, ::-1] if step else equal, axis=1)
            run = run[:, ::-1] if step else run
            if _fills_up(run, equal):
                yield value, run


def _fills_up(run: np.ndarray, equal: np.ndarray) -> bool:
    """Whether the runs differ from row to row, and their value stands nearly nowhere else."""
    alone = (equal & ~run).sum() <= _BETWEEN * equal.sum()
    return bool(run.any() and alone and len(np.unique(run.sum(axis=1))) > 1)
