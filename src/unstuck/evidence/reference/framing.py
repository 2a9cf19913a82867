"""Targets and answers of one output, place by place: a place is a row, or a step or pixel of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.data import by_output
from unstuck.evidence.decisions import Answers, Task, task_of
from unstuck.evidence.facts import Evidence, Output, Padded
from unstuck.evidence.inputs import as_numbers
from unstuck.evidence.reference.chosen import FEWEST_ROWS, Chosen
from unstuck.evidence.reference.network import Answered
from unstuck.evidence.reference.padded import padded_of
from unstuck.evidence.reference.positions import lines_up
from unstuck.evidence.reference.scores import TargetKind
from unstuck.evidence.reference.table import Leaf, NoTableError
from unstuck.evidence.sample import spaced
from unstuck.watch.rows import Rows

#: Places that teach, and places that judge, for answers by step or pixel.
MOST_PLACES = 1500

#: Outputs of one row that are compared, evenly chosen.
MOST_OUTPUTS = 1024

_KINDS: dict[str, TargetKind] = {
    "threshold": "classes",
    "argmax": "classes",
    "labels": "labels",
    "numbers": "numbers",
}

#: How `Answers` writes a class that is not known.
_UNKNOWN = np.iinfo(np.int32).min


@dataclass(frozen=True)
class Framed:
    """One output's targets and answers by place.

    `judged` are the targets of the judged places, (places,) classes or (places, columns) of 0/1 or
    numbers, `taught` those of places that only teach (empty where the judged ones teach in turn).
    `judged_at` and `taught_at` number these places among those of their rows, `per_row` to a row, whose
    `shape` is (steps,), (height, width) or (). `groups` are the judged places' rows. `leaves`
    are the inputs of the taught rows and then of the judged ones. `answers` are the network's, None
    where it has none: `why` then says so. `copies` says that the targets are the inputs. `padded` is what
    the network decides at padded steps, all places counted.
    """

    task: Task
    judged: np.ndarray
    taught: np.ndarray
    judged_at: np.ndarray
    taught_at: np.ndarray
    groups: np.ndarray
    leaves: Sequence[Leaf]
    taught_rows: int = 0
    shape: tuple[int, ...] = ()
    answers: Answers | None = None
    why: str = ""
    copies: bool = False
    padded: Padded | None = None

    @property
    def kind(self) -> TargetKind:
        """What a place asks for."""
        return _KINDS[self.task.form]

    @property
    def per_row(self) -> int:
        """Places in a row."""
        return math.prod(self.shape)

    @property
    def by_place(self) -> bool:
        """Whether a row holds several places."""
        return bool(self.shape)


#: Why targets cannot be laid beside answers, which is a reason to look at the training.
OTHER_SHAPE = "the targets have another shape than the network's answers"


@dataclass(frozen=True)
class _Reading:
    """How targets are laid beside answers of `shape`, which is that of one row's."""

    task: Task
    shape: tuple[int, ...]
    by_place: bool
    copies: bool

    def values(self, targets: np.ndarray) -> np.ndarray:
        """Targets by place; NaN where a class is not known.

        Raises:
            NoTableError: they are none to answers of this shape.
        """
        blank = np.broadcast_to(np.float32(0.0), (len(targets), *self.shape))
        laid = Answers.of(self.task, blank, targets.reshape(blank.shape) if self.copies else targets)
        if self.task.form == "numbers":
            if laid.numbers is None:
                raise NoTableError(OTHER_SHAPE)
            return (
                laid.numbers if self.by_place else laid.numbers.reshape(len(targets), math.prod(self.shape))
            )
        if laid.right is None:
            raise NoTableError(OTHER_SHAPE)
        right = laid.right.astype(np.float64)
        right[laid.right == _UNKNOWN] = np.nan
        return np.asarray(right)

    def scores(self, outputs: np.ndarray) -> np.ndarray:
        """Answers by place, (places, units)."""
        whole_rows = self.task.form == "numbers" and not self.by_place
        return np.asarray(
            outputs.reshape(len(outputs), -1) if whole_rows else outputs.reshape(-1, self.shape[-1])
        )


def frame(chosen: Chosen, answered: Answered, evidence: Evidence, output: Output) -> Framed:
    """The targets and answers of one output.

    Raises:
        NoTableError: there are none that simple models could be asked for; the text says why.
    """
    names = [each.name for each in evidence.outputs] or [output.name]
    judged_y = _targets(chosen.judging, names, output.name)[answered.rows]
    taught_y = judged_y[:0]
    if chosen.teaching is not None:
        taught_y = _targets(chosen.teaching, names, output.name)[chosen.taught]
    outputs = answered.outputs.get(output.name)
    leaves = chosen.leaves(answered.rows, evidence.inputs, evidence.model)
    reading = _reading(output, outputs, leaves, judged_y, taught_y)
    judged, taught = reading.values(judged_y), reading.values(taught_y)
    mask = answered.masks.get(output.name) if reading.by_place else None
    judged_at, taught_at = _picked(judged, mask, reading), _picked(taught, None, reading)
    if len(judged_at) < FEWEST_ROWS or (chosen.teaching is not None and len(taught_at) < FEWEST_ROWS):
        raise NoTableError("too few rows have a target")
    width = judged.shape[1] if judged.ndim == 2 else 1
    columns = np.unique(np.linspace(0, width - 1, min(width, MOST_OUTPUTS)).astype(np.int64))
    per_row = math.prod(reading.shape[:-1]) if reading.by_place else 1
    answers = padded = None
    if outputs is not None:
        if reading.by_place and reading.task.form in ("argmax", "threshold"):
            padded = padded_of(leaves, Answers(reading.task, reading.scores(outputs), judged), mask)
        scores = reading.scores(outputs)[judged_at].astype(np.float64)
        answers = Answers(reading.task, scores if judged.ndim == 1 else scores[:, columns])
    return Framed(
        task=reading.task,
        judged=judged[judged_at] if judged.ndim == 1 else judged[judged_at][:, columns],
        taught=taught[taught_at] if taught.ndim == 1 else taught[taught_at][:, columns],
        judged_at=judged_at,
        taught_at=taught_at,
        groups=answered.rows[judged_at // per_row],
        leaves=leaves,
        taught_rows=len(taught_y),
        shape=reading.shape[:-1] if reading.by_place else (),
        answers=answers,
        why="" if outputs is not None else answered.why or "the network has no such output",
        copies=reading.copies,
        padded=padded,
    )


def _reading(
    output: Output,
    outputs: np.ndarray | None,
    leaves: Sequence[Leaf],
    judged: np.ndarray,
    taught: np.ndarray,
) -> _Reading:
    """How these targets and answers are meant."""
    if judged.shape[1:] != taught.shape[1:]:
        raise NoTableError("the targets of training and validation rows differ in shape")
    shape = _shape(output, outputs)
    task = task_of(
        np.zeros((1, *shape), np.float32) if outputs is None else outputs,
        np.concatenate([judged, taught]),
        output.head,
        output.loss,
    )
    copies = _are_copies(leaves, judged) and math.prod(shape) == judged[:1].size
    if copies:
        return _Reading(replace(task, form="numbers"), (math.prod(shape),), by_place=False, copies=True)
    by_place = len(shape) > 1 and lines_up(leaves, shape[:-1])
    if len(shape) > 1 and not by_place and task.form != "numbers":
        raise NoTableError("no input lines up with the places of the answers")
    return _Reading(task, shape, by_place, copies=False)


def _shape(output: Output, outputs: np.ndarray | None) -> tuple[int, ...]:
    """The shape of one row's answers, as given or as the network would give them."""
    if outputs is not None:
        return outputs.shape[1:] or (1,)
    shape = output.head.shape if output.head is not None else ()
    if not shape or any(size is None for size in shape):
        raise NoTableError("neither the network's answers could be had nor their shape")
    return tuple(int(size or 1) for size in shape)


def _targets(rows: Rows, names: Sequence[str], name: str) -> np.ndarray:
    """The targets of one output as numbers."""
    found: Any = by_output(rows.y, names).get(name)
    if found is None:
        raise NoTableError("the rows have no targets")
    numbers = as_numbers(np.asarray(found))
    if numbers is None:
        raise NoTableError("the targets are text, no numbers")
    return numbers


def _are_copies(leaves: Sequence[Leaf], targets: np.ndarray) -> bool:
    """Whether the targets of the judged rows are their inputs."""
    if len(leaves) != 1:
        return False
    array, rows = leaves[0].parts[-1]
    if array[:1].size != targets[:1].size or targets[:1].size < 2 or array.dtype.kind not in "biuf":
        return False
    return bool(
        np.array_equal(np.asarray(array)[rows].reshape(len(rows), -1), targets.reshape(len(rows), -1))
    )


def _picked(values: np.ndarray, mask: np.ndarray | None, reading: _Reading) -> np.ndarray:
    """The numbers of places with a known target; of many evenly chosen ones."""
    known = np.isfinite(values if values.ndim == 2 else values[:, None]).all(axis=1)
    if mask is not None and mask.size == len(known):
        known &= mask.reshape(-1).astype(bool)
    found = np.flatnonzero(known)
    many = reading.by_place and len(found) > MOST_PLACES
    return found[spaced(len(found), MOST_PLACES)] if many else found
