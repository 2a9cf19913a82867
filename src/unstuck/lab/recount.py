"""Count the same answers in two ways: what a change of the metric shows without any training.

A remedy that changes only what is counted, neither weights nor gradients, needs no second training. The
user's own trained weights answer the held-out rows once; the figure in use and the one in its place are
counted from these answers, row by row. A higher figure alone proves nothing: the recorded one has to differ
from what it is to count for these labels, and the answers have to be right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from unstuck.case.proofs import ChangeRecord, Recounted, Verdict
from unstuck.evidence.compiled import read_metrics
from unstuck.evidence.decisions import Answers
from unstuck.evidence.facts import Metric, Metrics
from unstuck.evidence.predictions import metric_hits
from unstuck.lab.arms import treated
from unstuck.lab.build import build
from unstuck.lab.clocks import WorkClock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments._same import Subject, unaskable_where_it_raises
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.lab.verdicts import Difference, paired_difference
from unstuck.rules.bounds import beats
from unstuck.rules.progress import DISAGREEMENT

#: What a change of the metrics sets among the arguments of compile.
_COUNTED = ("metrics", "weighted_metrics")

#: What a callback waits for that no metric gives.
_OF_LOSS = frozenset({None, "loss", "val_loss"})

#: Rows below which a share of them is nothing to judge by.
FEWEST_ROWS = 16


@dataclass(frozen=True, kw_only=True)
class RecountTask:
    """Changes of what is counted on one output, and how long it may take, as for an `ArmTask`.

    `balanced` asks for the mean of the classes' shares, for a cause under which one answer is right on most
    rows.
    """

    changes: tuple[ChangeRecord, ...]
    output: str = ""
    balanced: bool = False
    seconds: float = 60.0
    deadline: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Recount:
    """What it came to: the figures, their paired difference over the rows, and the verdict with its reason.

    `decided` is the largest share of rows that the changed decisions give one class, None where they are as
    they were. `seconds` are of work.
    """

    figures: Recounted
    difference: Difference
    verdict: Verdict
    why: str = ""
    rows: int = 0
    decided: float | None = None
    seconds: float = 0.0


def only_counts(recipe: Recipe, changes: tuple[ChangeRecord, ...]) -> bool:
    """Whether the changes leave weights, gradients and rows as they are, and set nothing but metrics.

    Not where a callback that sets the rate, the weights or the end of the training reads a metric.
    """
    try:
        after = treated(recipe, changes)
    except UntreatableError:
        return False
    for each in fields(Recipe):
        if each.name in ("compiled", "custom", "callbacks"):
            continue
        if getattr(after, each.name) is not getattr(recipe, each.name):
            return False
    same = [
        after.compiled.get(name) is recipe.compiled.get(name)
        for name in {*after.compiled, *recipe.compiled}.difference(_COUNTED)
    ]
    waits = [
        kind in recipe.custom or given.get("monitor") not in _OF_LOSS for kind, given in recipe.callbacks
    ]
    return all(same) and not any(waits) and after.compiled != recipe.compiled


def recount(recipe: Recipe, task: RecountTask) -> Recount:
    """Answer the held-out rows with the trained weights, and count the answers with and without the changes.

    Raises:
        UnaskableError: there is nothing to count, or no rows; the text says why.
    """
    clock = WorkClock(task.seconds, task.deadline)
    with quiet(), unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=3)
        if task.output not in subject.tasks:
            raise UnaskableError("its output is not known")
        found = _Counted(subject, treated(recipe, task.changes), task)
        figures, apart = found.compared()
        verdict, why = verdict_of(
            figures, apart, found.rows, moved=found.moved is not None, alike=figures.counts != EXPLAINED
        )
        return Recount(
            figures=figures,
            difference=apart,
            verdict=verdict,
            why=why,
            rows=found.rows,
            decided=found.decided,
            seconds=clock.spent,
        )


def verdict_of(
    figures: Recounted, apart: Difference, rows: int, *, moved: bool, alike: bool
) -> tuple[Verdict, str]:
    """Whether the figure in use is what holds the answers down, and the reason where that is not so.

    Args:
        figures: what was counted.
        apart: the right answers less the figure in use, paired by row.
        rows: how many.
        moved: whether the decisions themselves are moved to another threshold.
        alike: whether the figure in its place is a share of right decisions, too.
    """
    by_chance = apart.low <= 0.0 <= apart.high
    if abs(apart.mean) <= DISAGREEMENT:
        return "no effect", "both count the same answers as right"
    if by_chance:
        return "not proven", "the difference may be chance"
    if moved and apart.mean < 0.0:
        return "worse", ""
    off = alike and figures.then is not None and abs(figures.then - figures.right) > DISAGREEMENT
    if off and not moved:
        return "no effect", "the figure in its place does not count the right answers either"
    if not beats(figures.right, figures.constant, rows):
        return "helped", "the figure counts something else, but the answers are hardly right either"
    return "confirmed", ""


class _Counted:
    """The answers of one output on rows that judge it, and what they come to by each way of counting."""

    def __init__(self, subject: Subject, changed: Recipe, task: RecountTask) -> None:
        self._subject, self._name, self._balanced = subject, task.output, task.balanced
        self._on = subject.taught if subject.held is None else subject.held
        self.rows = self._on.rows
        if self.rows < FEWEST_ROWS:
            raise UnaskableError(f"{self.rows} rows are too few to count on")
        ran = subject.ran if subject.held is None else subject.run(self._on)
        self._outputs, self._mask = ran.outputs[self._name], ran.masks.get(self._name)
        self._targets = subject.targets(self._on).get(self._name)
        if self._targets is None:
            raise UnaskableError("the output has no targets")
        self._answers = subject.answers(self._on, ran)[self._name]
        self.metric = self._used()
        self._changed = build(changed, weights="trained")
        self._then = subject.evaluated(self._on, self._changed)
        after = read_metrics(self._changed, None, subject.heads, subject.labels)
        self.instead = self._new(after.get(self._name) or Metrics())
        self.moved = self._moved()

    def _used(self) -> Metric:
        known = self._subject.metrics.get(self._name)
        if known is None or known.accuracy is None:
            raise UnaskableError("no accuracy is shown")
        return known.accuracy

    def _new(self, after: Metrics) -> Metric:
        """The first metric that stands there with the change and not without it."""
        before = {
            (each.name, each.resolved, each.threshold) for each in self._subject.metrics[self._name].uses
        }
        new = [each for each in after.uses if (each.name, each.resolved, each.threshold) not in before]
        if not new:
            raise UnaskableError("the metrics stay as they are")
        return new[0]

    def _moved(self) -> float | None:
        """The threshold that the change decides at, None where decisions stay at that of the task."""
        kinds = {self.metric.resolved, self.instead.resolved}
        to, usual = self.instead.threshold, self._subject.tasks[self._name].threshold
        if kinds != {"binary_accuracy"} or to in (self.metric.threshold, usual):
            return None
        if self._subject.held is None:
            raise UnaskableError("there are no rows that did not choose the threshold")
        return to

    def compared(self) -> tuple[Recounted, Difference]:
        """The figures, and the right answers less the figure in use, paired by row."""
        now, right, counts, constant = self._by_row()
        apart = paired_difference(list(now), list(right))
        if apart is None:
            raise UnaskableError("its rows cannot be counted one by one")
        names = [_key(self._subject, self._name, metric) for metric in (self.metric, self.instead)]
        return Recounted(
            on="training" if self._subject.held is None else "validation",
            metric=_called(self.metric),
            figure=float(now.mean()),
            instead=_called(self.instead),
            then=self._then.get(names[1]),
            counts=counts,
            right=float(right.mean()),
            constant=constant,
        ), apart

    def _by_row(self) -> tuple[np.ndarray, np.ndarray, str, float]:
        """(figure in use, right answers, what the latter are called, what one answer for all gets) by row."""
        answers = self._answers
        if self.moved is not None:
            return self._at_thresholds(self.moved)
        now = self._figure_in_use()
        if answers.task.form == "numbers":
            return now, _explained(answers, self.rows), EXPLAINED, 0.0
        hits, right = answers.hits, answers.right
        if hits is None or right is None:
            raise UnaskableError("its answers decide nothing that targets could be compared with")
        counts = _RIGHT_LABELS if hits.ndim == 2 else _RIGHT
        return now, _rows(hits, self.rows), counts, _of_one_answer(right)

    def _figure_in_use(self) -> np.ndarray:
        """What the metric of compile gives, by row; held against what Keras itself makes of all rows.

        Where it does not count by row (an argmax over the batch), each row has the figure of all of them.
        """
        assert self._targets is not None
        hits = metric_hits(self.metric, self._outputs, self._targets)
        own = self._subject.evaluated(self._on, self._subject.model)
        told = own.get(_key(self._subject, self._name, self.metric))
        if told is None or self._mask is not None:
            raise UnaskableError("its figure cannot be counted row by row")
        if hits is None:
            return np.full(self.rows, told)
        if len(hits) != self.rows:
            raise UnaskableError("its figure cannot be counted row by row")
        found = _rows(hits, self.rows)
        if abs(told - float(found.mean())) > DISAGREEMENT:
            raise UnaskableError("Keras counts it in another way")
        return found

    def _at_thresholds(self, to: float) -> tuple[np.ndarray, np.ndarray, str, float]:
        """The right decisions at the threshold in use and at the other one."""
        answers, weights, counts = self._answers, np.ones(len(self._answers.scores)), _RIGHT
        if answers.right is None or answers.task.form != "threshold":
            raise UnaskableError("its answers are no scores of two classes")
        positive = answers.right == 1
        if self._balanced:
            weights, counts = np.where(positive, 0.5 / positive.mean(), 0.5 / (~positive).mean()), _BALANCED
        scores = answers.scores[:, 0]
        now, then = (
            _rows(weights * ((scores > at) == positive), self.rows) for at in (self.metric.threshold, to)
        )
        return now, then, counts, 0.5 if self._balanced else _of_one_answer(answers.right)

    @property
    def decided(self) -> float | None:
        """The share of the more frequent decision at the other threshold."""
        if self.moved is None:
            return None
        yes = float((self._answers.scores[:, 0] > self.moved).mean())
        return max(yes, 1.0 - yes)


#: What right answers are called, by how they are counted.
_RIGHT = "share of right decisions"
_RIGHT_LABELS = "share of right single labels"
_BALANCED = "share of rows found, mean of the classes"
EXPLAINED = "R2"


def _key(subject: Subject, output: str, metric: Metric) -> str:
    """What Keras calls the figure of a metric."""
    return f"{output}_{metric.name}" if len(subject.names) > 1 and output else metric.name


def _called(metric: Metric) -> str:
    """A metric by its key, and what Keras made of it where that is another word."""
    usual = metric.resolved != "binary_accuracy" or metric.threshold == Metric.threshold
    kind = metric.resolved if usual else f"{metric.resolved} at {metric.threshold:.3g}"
    return metric.name if metric.name == kind else f"{metric.name} ({kind})"


def _rows(values: np.ndarray, rows: int) -> np.ndarray:
    """The mean over all places and labels of each row."""
    return np.asarray(np.asarray(values, np.float64).reshape(rows, -1).mean(axis=1))


def _of_one_answer(right: np.ndarray) -> float:
    """The share that the best answer that is the same for all rows gets right, a mean over labels."""
    columns = right.reshape(len(right), -1).T
    most = [int(np.unique(column, return_counts=True)[1].max()) for column in columns]
    return float(np.mean(most)) / len(right)


def _explained(answers: Answers, rows: int) -> np.ndarray:
    """By row, 1 less the squared error over the variance of the targets: their mean is R2."""
    if answers.numbers is None or not np.isfinite(answers.scores).all():
        raise UnaskableError("its answers do not compare with the targets")
    errors = (answers.scores - answers.numbers) ** 2
    scale = float(((answers.numbers - answers.numbers.mean(axis=0)) ** 2).mean())
    if not scale > 0.0:
        raise UnaskableError("all targets are equal")
    return _rows(1.0 - errors / scale, rows)
