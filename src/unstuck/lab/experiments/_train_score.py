"""How well a live model answers, read as unstuck reads every model's answers; and rows to ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.decisions import Answers, Task, as_units, task_of
from unstuck.evidence.gather import gather
from unstuck.evidence.probe import Probe, state_of
from unstuck.evidence.sample import Batch, leaves, spaced
from unstuck.lab.build import fit_arrays
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe, taken
from unstuck.watch.backend import backend
from unstuck.watch.observation import Observation
from unstuck.watch.rows import Rows

#: Rows that a score is counted on: a share of 512 right answers has a standard error of .022.
SCORED = 512


@dataclass(frozen=True)
class Scored:
    """How well a model answers. `kind` is "right" (share of right decisions) or "r2"; `baseline` is
    what the best constant answer gets: the share of the most frequent class, or 0.
    """

    value: float
    kind: str
    baseline: float


class Scorer:
    """Scores a live model on some rows, as often as asked, without changing it.

    `rows` are the numbers of those rows, an even choice, and `count` is how many they are. With
    several outputs the score is their mean.

    Raises:
        UnaskableError: the model's answers cannot be compared with these targets.
    """

    def __init__(self, model: Any, x: Any, y: Any, most: int = SCORED) -> None:
        count = min(len(leaf) for leaf in leaves((x, y)))
        chosen = spaced(count, min(most, count))
        self._x, self._y = fit_arrays(taken(x, chosen)), fit_arrays(taken(y, chosen))
        self._model = model
        with quiet():
            seen = Observation(
                model=model, arguments={"x": self._x, "y": self._y}, training=Rows(x=self._x, y=self._y)
            )
            outputs = {each.name: each for each in gather(seen).outputs}
            self._probe = Probe(model, backend(), tuple(outputs))
            self._state_free = self._probe.forward(training=True)
            answers = self._answers()
            whole = self._probe.by_name(fit_arrays(y))
            self._targets = self._probe.by_name(self._y)
            self._tasks: dict[str, Task] = {
                name: task_of(answers[name], whole[name], outputs[name].head, outputs[name].loss)
                for name in outputs
                if name in whole and name in answers
            }
        self.rows, self.count = chosen, len(chosen)
        if not self._tasks or self._score(answers) is None:
            raise UnaskableError("the model's answers cannot be compared with these targets")

    def __call__(self) -> Scored:
        """The score now, in inference mode."""
        return self.parts(np.ones(self.count, bool))[0]

    def parts(self, *masks: np.ndarray) -> list[Scored]:
        """The scores now of some of its rows (`rows` are their numbers), in inference mode."""
        with quiet():
            answers = self._answers()
            return [self._score(answers, mask) or Scored(0.0, "right", 0.0) for mask in masks]

    def training(self) -> Scored:
        """The score now in training mode (batch statistics of these rows, dropout on)."""
        with quiet():
            state = state_of(self._model, backend())
            if state is None:
                return self()
            rows = np.arange(self.count)
            answer = self._probe.answer(self._state_free, state, Batch(self._x, self._y, rows), losses=False)
            return self._score(dict(answer.outputs)) or Scored(0.0, "right", 0.0)

    def _answers(self) -> dict[str, np.ndarray]:
        return self._probe.by_name(self._model.predict_on_batch(self._x))

    def _score(self, answers: Mapping[str, np.ndarray], mask: np.ndarray | None = None) -> Scored | None:
        scores, kept = [], slice(None) if mask is None else mask
        for name, task in self._tasks.items():
            laid = Answers.of(task, answers[name][kept], self._targets[name][kept])
            scored = _scored(laid)
            if scored is None:
                return None
            scores.append(scored)
        mean = [float(np.mean([getattr(each, part) for each in scores])) for part in ("value", "baseline")]
        return Scored(mean[0], scores[0].kind, mean[1])


def _scored(laid: Answers) -> Scored | None:
    """The share of right decisions, or R2, None where answers and targets do not compare."""
    accuracy = laid.accuracy
    if accuracy is not None and laid.right is not None:
        _, counts = np.unique(laid.right, axis=0, return_counts=True)
        return Scored(accuracy, "right", float(counts.max() / counts.sum()))
    if laid.numbers is None:
        return None
    numbers = laid.numbers
    spread = float(((numbers - numbers.mean(axis=0)) ** 2).sum())
    error = float(((laid.scores - numbers) ** 2).sum())
    if spread <= 0:
        return None
    return Scored(1.0 - error / spread if np.isfinite(error) else -np.inf, "r2", 0.0)


def chosen_rows(recipe: Recipe, count: int) -> np.ndarray:
    """Numbers of training rows with distinct inputs, of each class alike, or spread over the targets.

    Raises:
        UnaskableError: fewer than two distinct rows.
    """
    (x, y), _ = recipe.split()
    whole = min(len(leaf) for leaf in leaves((x, y)))
    some = spaced(whole, min(whole, 64 * count))
    flat = [np.ascontiguousarray(leaf[some]).reshape(len(some), -1) for leaf in leaves(x)]
    keys = [b"".join(part[row].tobytes() for part in flat) for row in range(len(some))]
    distinct = some[sorted({key: row for row, key in reversed(list(enumerate(keys)))}.values())]
    if len(distinct) < 2:
        raise UnaskableError("all inputs that were looked at are equal")
    target = as_units(np.asarray(leaves(y)[0])[distinct])
    target = target.reshape(len(distinct), -1)
    if target.dtype.kind not in "biuf":
        return np.asarray(distinct[spaced(len(distinct), min(count, len(distinct)))])
    values = target.argmax(axis=1) if target.shape[1] > 1 else target[:, 0]
    kinds, codes = np.unique(values, return_inverse=True)
    if len(kinds) > count:  # numbers: evenly along their order
        order = np.argsort(values, kind="stable")
        return np.sort(distinct[order[spaced(len(order), min(count, len(order)))]])
    turn = np.empty(len(codes), np.int64)  # the how-manieth of its class a row is
    for code in range(len(kinds)):
        members = np.flatnonzero(codes.reshape(-1) == code)
        turn[members] = np.arange(len(members))
    first = np.argsort(turn, kind="stable")[:count]
    return np.asarray(np.sort(distinct[first]))
