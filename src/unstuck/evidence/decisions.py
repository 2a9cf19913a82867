"""How one output decides: which class an answer stands for, and which answers are right.

Pure numpy. A `Task` says how to read an output against its targets; `Answers` are the answers and
targets of some rows, read that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from unstuck.evidence.facts.program import Head, Loss

#: Rows that sum to one within this are distributions: float32 softmax sums are off by less.
SUM_TOLERANCE = 1e-3

#: Losses of margins: they read 0/1 labels as -1/1, so that the decision turns at zero.
_HINGES = frozenset({"hinge", "squared_hinge"})

Form = Literal["argmax", "threshold", "labels", "numbers"]


@dataclass(frozen=True)
class Task:
    """How an output is read.

    `form` is "argmax" (the largest unit names the class), "threshold" (one unit, two classes),
    "labels" (each unit decides for itself) or "numbers" (no decision is meant). `threshold` is the
    value above which a unit says yes; `negative` is the class of a no (-1 for signed labels).
    `logits` says that answers are log-odds, so that a probability takes a sigmoid or a softmax.
    """

    form: Form = "numbers"
    threshold: float = 0.5
    negative: int = 0
    logits: bool = False
    signed: bool = False


def task_of(outputs: np.ndarray, targets: np.ndarray | None, head: Head | None, loss: Loss | None) -> Task:
    """Read off the targets, the head and the loss which decisions fit this output.

    Args:
        outputs: answers, (rows, ..., units).
        targets: all targets at hand, those of validation rows too; one class alone tells too little.
        head: how the output ends, None if unknown.
        loss: what it is trained with, None if nothing.
    """
    probabilities = head is not None and head.bounds == (0.0, 1.0)
    from_logits = loss is not None and loss.from_logits
    logits = from_logits and not probabilities
    if targets is None or targets.size == 0 or targets.dtype.kind not in "biuf":
        return Task(logits=logits)
    outputs, targets = as_units(outputs), np.asarray(targets, np.float64)
    seen = targets[np.isfinite(targets)]
    if seen.size == 0:
        return Task(logits=logits)
    zero_one = bool(np.all((seen == 0) | (seen == 1)))
    signed = not zero_one and bool(np.all((seen == -1) | (seen == 1)))
    at_zero = signed or from_logits or (loss is not None and loss.name in _HINGES)
    task = Task(
        form="numbers",
        threshold=0.0 if at_zero and not probabilities else 0.5,
        negative=-1 if signed else 0,
        logits=logits,
        signed=signed,
    )
    return Task(**{**vars(task), "form": _form(outputs, targets, task, head, loss)})


def _form(outputs: np.ndarray, targets: np.ndarray, task: Task, head: Head | None, loss: Loss | None) -> Form:
    """Which decision is meant, by the shapes and the values of the targets."""
    units, signed = outputs.shape[-1], task.signed
    same = targets.ndim == outputs.ndim and targets.shape[-1] == units
    seen = targets[np.isfinite(targets)]
    whole = bool(np.all(seen == np.round(seen)))
    zero_one = bool(np.all((seen == 0) | (seen == 1)))
    if units == 1:
        if zero_one or signed:
            return "threshold"
        sparse = loss is not None and loss.name == "sparse_categorical_crossentropy"
        return "argmax" if sparse and whole else "numbers"
    if not same:
        flat = targets.ndim == outputs.ndim - 1 or targets.shape[-1] == 1
        return "argmax" if flat and whole else "numbers"
    sums_one = bool(np.all(np.abs(targets.sum(axis=-1) - 1) <= SUM_TOLERANCE))
    if zero_one:
        return "argmax" if sums_one else "labels"
    soft = sums_one and bool(np.all((targets >= 0) & (targets <= 1)))
    classes = loss is not None and loss.name.startswith(("categorical_", "kl_divergence"))
    if soft and (classes or (head is not None and head.activation == "softmax")):
        return "argmax"
    return "labels" if signed else "numbers"


def as_units(outputs: np.ndarray) -> np.ndarray:
    """Answers with an axis of units at the end: (rows,) becomes (rows, 1)."""
    return outputs[:, None] if outputs.ndim == 1 else outputs


@dataclass(frozen=True)
class Answers:
    """Answers to the targets of the same rows, one line a decision place (a row, or a step of a row).

    `scores` are the outputs, (places, units), float64. `right` are the right classes, (places,) of
    whole numbers, or (places, units) of 0/1 for the form "labels"; None without decisions.
    `numbers` are the targets in the shape of `scores`, None where the shapes do not compare.
    """

    task: Task
    scores: np.ndarray
    right: np.ndarray | None = None
    numbers: np.ndarray | None = None

    @classmethod
    def of(
        cls, task: Task, outputs: np.ndarray, targets: np.ndarray | None, mask: np.ndarray | None = None
    ) -> Answers:
        """Lay the answers beside their targets.

        Args:
            task: how to read them.
            outputs: (rows, ..., units).
            targets: (rows, ...) classes or (rows, ..., units), None for none.
            mask: true where a step counts, the shape of `outputs` without its last axis.
        """
        outputs = as_units(outputs)
        units, places = outputs.shape[-1], outputs.shape[:-1]
        scores = outputs.reshape(-1, units).astype(np.float64)
        keep = mask.reshape(-1).astype(bool) if mask is not None and mask.shape == places else None
        if targets is None or targets.dtype.kind not in "biuf":
            return cls(task, scores if keep is None else scores[keep])
        values = np.asarray(targets, np.float64)
        numbers = right = None
        if values.size == scores.size and values.shape[: len(places)] == places:
            numbers = values.reshape(scores.shape)
            right = _right(task, numbers)
        elif values.size == len(scores) and task.form == "argmax":
            right = _as_classes(values.reshape(-1))
        if keep is not None:
            scores = scores[keep]
            numbers = numbers[keep] if numbers is not None else None
            right = right[keep] if right is not None else None
        return cls(task, scores, right, numbers)

    @property
    def decisions(self) -> np.ndarray | None:
        """The class each place decides for, or 0/1 by unit for the form "labels"; None for numbers."""
        task = self.task
        if task.form == "argmax":
            return np.asarray(np.argmax(np.nan_to_num(self.scores, nan=-np.inf), axis=1), np.int64)
        if task.form == "numbers":
            return None
        yes = self.scores > task.threshold
        classes: np.ndarray = np.where(yes, 1, task.negative).astype(np.int64)
        return classes[:, 0] if task.form == "threshold" else classes

    @property
    def decided(self) -> np.ndarray:
        """True where a decision can be made at all: no answer is NaN."""
        return np.asarray(~np.isnan(self.scores).any(axis=1))

    @property
    def hits(self) -> np.ndarray | None:
        """Which decisions are right, in the shape of `right`; None without decisions."""
        decisions = self.decisions
        if decisions is None or self.right is None or not len(self.right):
            return None
        decided = self.decided if decisions.ndim == 1 else ~np.isnan(self.scores)
        return np.asarray(np.logical_and(decisions == self.right, decided))

    @property
    def accuracy(self) -> float | None:
        """The share of right decisions; with several labels a place is right when all of them are."""
        hits = self.hits
        if hits is None:
            return None
        return float((hits if hits.ndim == 1 else hits.all(axis=1)).mean())

    @property
    def margin(self) -> float | None:
        """The mean of p(right class) - p(best rival); None where the answers are no probabilities."""
        if self.right is None or self.task.form not in ("argmax", "threshold") or not len(self.scores):
            return None
        chances = probabilities(self.task, self.scores)
        if chances is None:
            return None
        if self.task.form == "threshold":
            return float(np.mean(np.where(self.right == 1, 1, -1) * (2 * chances[:, 0] - 1)))
        known = (self.right >= 0) & (self.right < chances.shape[1])
        if chances.shape[1] < 2 or not known.any():
            return None
        chances, right = chances[known], self.right[known]
        rows = np.arange(len(chances))
        own, rivals = chances[rows, right], chances.copy()
        rivals[rows, right] = -np.inf
        return float(np.mean(own - rivals.max(axis=1)))


def _right(task: Task, numbers: np.ndarray) -> np.ndarray | None:
    """The right classes from targets in the shape of the scores."""
    if task.form == "numbers":
        return None
    if task.form == "argmax":
        return _as_classes(numbers[:, 0]) if numbers.shape[1] == 1 else np.argmax(numbers, axis=1)
    right = _as_classes(numbers)
    return right[:, 0] if task.form == "threshold" else right


def _as_classes(values: np.ndarray) -> np.ndarray:
    """Whole numbers from targets; one that is not finite can never be right."""
    return np.where(np.isfinite(values), np.nan_to_num(values), np.iinfo(np.int32).min).astype(np.int64)


def probabilities(task: Task, scores: np.ndarray) -> np.ndarray | None:
    """The answers as probabilities by unit, None when they are none.

    Logits take the sigmoid or the softmax that their loss implies; signed answers in [-1, 1]
    are moved to [0, 1].
    """
    if not np.isfinite(scores).all():
        return None
    if task.logits:
        if task.form == "argmax":
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        return np.asarray(0.5 * (1 + np.tanh(scores / 2)))
    if task.signed and task.threshold == 0.0:
        scores = (scores + 1) / 2
    inside = bool(np.all((scores >= -SUM_TOLERANCE) & (scores <= 1 + SUM_TOLERANCE)))
    return scores if inside else None
