"""The progress output of `fit`, as any version of Keras prints it and as pastes leave it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import gcd
from types import MappingProxyType

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.names import is_score
from unstuck.evidence.printed.run import Evaluation, LoggedRun, Point
from unstuck.logbook.grammar import Entry, Header, read_line
from unstuck.logbook.notices import Notice, read_notice
from unstuck.logbook.reader import Given, reader

#: Redraws beyond this many say nothing new about the course of an epoch.
_MOST_POINTS = 20_000

#: Lines that only add what an epoch does not hold yet.
_LINES_MORE = ("more", "set", "loose")

#: A batch is at least this long where bars count rows: 32/60000, 64/60000.
_A_BATCH = 2

_KERAS_3 = re.compile(r"━|\d+/\d+ - \d+s - \d+[mu]?s/step - ")
_KERAS_2 = re.compile(r"\[=*>?\.*\]|\d+/\d+ - \d+s - [a-z]|^[\s\-]*\d+s [-\d]")


@reader("Keras progress output", like="Epoch 1/10 ... loss: 0.6931 - accuracy: 0.5000", rank=90)
def keras_progress(given: Given) -> list[LoggedRun]:
    """Read what `fit` printed, verbose=1 or 2, and the `evaluate` that followed it.

    An epoch's figures are the last ones that its bar showed. A new training begins where the count
    of the epochs starts again. Other text in between is passed over.
    """
    book = _Book(given.name)
    for number, line in given.lines:
        notice = read_notice(line)
        if notice is not None:
            book.notice(notice)
        for event in read_line(line):
            if isinstance(event, Header):
                book.header(event, number)
            else:
                book.entry(event, number, line)
    return book.runs()


@dataclass
class _Epoch:
    """One epoch while it is read."""

    number: int
    figures: dict[str, Figure] = field(default_factory=dict)
    done: bool = False
    reached: int | None = None
    total: int | None = None
    seconds: float | None = None
    line: int = 0

    @property
    def runs(self) -> bool:
        """Whether its bar has not come to its end, or not begun."""
        return not self.done and (self.total is not None or not self.figures)


@dataclass
class _Training:
    """One training while it is read."""

    first: int
    last: int
    headed: bool
    asked: int | None = None
    epochs: list[_Epoch] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    style: str = ""
    per_row: bool = False

    @property
    def over(self) -> bool:
        """Whether its last epoch is complete and no further one was asked for."""
        last = self.epochs[-1] if self.epochs else None
        return last is not None and last.done and (self.asked is None or last.number >= self.asked)

    def follow(self, header: Header) -> None:
        """Number the epochs of a paste that began without a header by the header that comes next."""
        before = header.epoch - len(self.epochs) - 1
        for epoch in self.epochs:
            epoch.number += before
        self.points = [replace(point, epoch=point.epoch + before) for point in self.points]
        self.headed = True


class _Book:
    """Puts the lines of a log together to trainings."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.trainings: list[_Training] = []
        self.waiting: list[Notice] = []

    @property
    def open(self) -> _Training | None:
        return self.trainings[-1] if self.trainings else None

    def notice(self, notice: Notice) -> None:
        """Keep what was said in words: for the training that runs, else for the next one."""
        running = self.open is not None and not self.open.over
        ends = notice.warning in ("stopped-early", "ran-out-of-data")
        if self.open is not None and (running or ends) and notice.rows is None:
            self.open.notices.append(notice)
        else:
            self.waiting.append(notice)

    def header(self, header: Header, line: int) -> None:
        """An epoch begins; where the count starts again, a training does."""
        training = self.open
        before = training.epochs[-1] if training is not None and training.epochs else None
        if training is not None and before is not None:
            if training.headed and before.number == header.epoch and (before.runs or header.asked is None):
                return  # the bar is drawn anew, or a line of the same epoch comes
            if not training.headed and header.epoch > len(training.epochs):
                training.follow(header)
                before = training.epochs[-1]
        if training is None or not training.headed or (before is not None and header.epoch <= before.number):
            training = self._begin(line, headed=True)
        training.asked, training.last = header.asked, line
        training.epochs.append(_Epoch(header.epoch))

    def entry(self, entry: Entry, line: int, text: str) -> None:
        """Figures: of the epoch that runs, of the next one, or of an evaluation after it."""
        training = self.open
        if entry.kind == "judged":
            if training is not None:
                training.evaluations.append(Evaluation(entry.figures))
            return
        if entry.kind == "set" and (training is None or not training.headed or training.epochs[-1].done):
            return
        if (
            training is None
            or not training.epochs
            or (entry.kind == "bar" and self._restarts(training, entry))
        ):
            if not any(is_score(name) for name in entry.figures):
                return
            training = training if training and not training.epochs else self._begin(line, headed=False)
            training.epochs.append(_Epoch(1))
        epoch = training.epochs[-1]
        if epoch.done and not _belongs(epoch, entry, line):
            if training.headed or entry.kind in _LINES_MORE:
                if entry.done and entry.kind == "bar":
                    training.evaluations.append(Evaluation(entry.figures, entry.total))
                return
            epoch = _Epoch(epoch.number + 1)
            training.epochs.append(epoch)
        training.last = epoch.line = line
        self._put(training, epoch, entry, text)

    def _restarts(self, training: _Training, entry: Entry) -> bool:
        """Whether a bar without a header counts to another end than the bars before it."""
        known = next((epoch.total for epoch in training.epochs if epoch.total), None)
        return not training.headed and None not in (known, entry.total) and known != entry.total

    def _put(self, training: _Training, epoch: _Epoch, entry: Entry, text: str) -> None:
        """Take an entry into its epoch."""
        if entry.kind in _LINES_MORE and epoch.figures:
            for name, figure in entry.figures.items():
                epoch.figures.setdefault(name, figure)
            return
        epoch.figures.update(entry.figures)
        epoch.seconds = entry.seconds if entry.done and entry.seconds is not None else epoch.seconds
        training.per_row = training.per_row or entry.per_row
        if not training.style:
            training.style = _style(text)
        if entry.kind == "bar":
            epoch.reached, epoch.total = entry.step, entry.total
            if not epoch.done and entry.step is not None and len(training.points) < _MOST_POINTS:
                training.points.append(Point(epoch.number, entry.step, entry.total, entry.figures))
            epoch.done = entry.total is not None and entry.done
        else:
            epoch.done = entry.kind == "timed"

    def _begin(self, line: int, headed: bool) -> _Training:
        training = _Training(line, line, headed, notices=self.waiting)
        self.waiting = []
        self.trainings.append(training)
        return training

    def runs(self) -> list[LoggedRun]:
        """The trainings that hold figures."""
        if self.open is not None:
            self.open.notices += [notice for notice in self.waiting if notice.warning]
        made = (_run(training, self.source) for training in self.trainings)
        return [run for run in made if run is not None]


def _belongs(epoch: _Epoch, entry: Entry, line: int) -> bool:
    """Whether figures after the end of an epoch are its own: the bar drawn again, or what follows it."""
    shared = [name for name in entry.figures if name in epoch.figures]
    if entry.kind in _LINES_MORE:
        return not shared and entry.kind == "more"
    if not entry.done:
        return False  # a bar that goes back is that of the next epoch, whatever it still shows
    redrawn = line == epoch.line
    same = redrawn or all(epoch.figures[name] == entry.figures[name] for name in shared)
    adds = any(name.startswith("val_") for name in entry.figures)
    held = any(name.startswith("val_") for name in epoch.figures)
    return entry.total == epoch.total and bool(shared) and (same or (adds and not held))


def _style(text: str) -> str:
    """Which Keras prints a line like this."""
    if _KERAS_3.search(text):
        return "Keras 3"
    return "Keras 1 or 2" if _KERAS_2.search(text) else ""


def _run(training: _Training, source: str) -> LoggedRun | None:
    """The record of one training, None where it holds no figures that show a training."""
    kept, cut = _complete(training.epochs)
    names = dict.fromkeys(name for epoch in kept for name in epoch.figures)
    if not any(is_score(name) for name in names):
        return None
    if training.headed and kept[0].number > 1:
        cut.insert(0, f"The log begins in epoch {kept[0].number}.")
    warned = {notice.warning for notice in training.notices}
    if training.asked and kept[-1].number < training.asked and "stopped-early" not in warned and not cut:
        cut.append(f"The log ends after epoch {kept[-1].number} of {training.asked}.")
    series = {name: tuple(epoch.figures.get(name) for epoch in kept) for name in names}
    total = next((epoch.total for epoch in reversed(kept) if epoch.total), None)
    rows, validation_rows, classes = _said(training.notices)
    return LoggedRun(
        source=source,
        reader="Keras progress output",
        style=training.style,
        lines=(training.first, training.last),
        series=MappingProxyType(series),
        epochs=tuple(epoch.number for epoch in kept),
        asked=training.asked,
        total=total,
        unit=_unit(training, total, rows),
        rows=rows,
        validation_rows=validation_rows,
        classes=classes,
        seconds=tuple(epoch.seconds for epoch in kept),
        points=tuple(training.points),
        evaluations=tuple(training.evaluations),
        warnings=tuple(sorted(name for name in warned if name)),
        cut=tuple(cut),
    )


def _complete(epochs: list[_Epoch]) -> tuple[list[_Epoch], list[str]]:
    """The epochs whose figures may be judged, and what is missing of the others in words.

    The last epoch of a paste that stops in the middle shows means of a part of it; it is left out
    unless there is nothing else. So is the first one of a paste that begins in the middle of its line.
    """
    held = [epoch for epoch in epochs if epoch.figures]
    cut = []
    if (len(held) > 1 and _is_partial(held[0])) or _lacks_names(held):
        held = held[1:]
    if held and _is_partial(held[-1]):
        last = held[-1]
        cut.append(f"Epoch {last.number} is cut off at {last.reached} of {last.total}.")
        held = held[:-1] or held
    return held, cut


def _lacks_names(epochs: list[_Epoch]) -> bool:
    """Whether the first epoch lacks the loss that the others have."""
    return len(epochs) > 1 and "loss" not in epochs[0].figures and "loss" in epochs[1].figures


def _is_partial(epoch: _Epoch) -> bool:
    return not epoch.done and epoch.total is not None and epoch.reached != epoch.total


def _said(notices: Iterable[Notice]) -> tuple[int | None, int | None, int | None]:
    """Training rows, validation rows and classes as the log states them; later statements count.

    Of two image folders the first is the training's.
    """
    rows = validation_rows = classes = None
    folders = 0
    for notice in notices:
        classes = notice.classes or classes
        if notice.found:
            folders += 1
            rows, validation_rows = (notice.rows, None) if folders == 1 else (rows, notice.rows)
        else:
            rows = notice.rows or rows
            validation_rows = notice.validation_rows or validation_rows
    return rows, validation_rows, classes


def _unit(training: _Training, total: int | None, rows: int | None) -> str:
    """What the bars count: rows where the log says so or they advance by batches, else steps, or ""."""
    if total is None:
        return ""
    if training.style == "Keras 3":
        return "steps"
    if training.per_row or rows == total:
        return "rows"
    inside = [point.step for point in training.points if point.step != point.total]
    if 1 in inside or (rows is not None and rows > total):
        return "steps"
    return "rows" if len(inside) > 2 and gcd(*inside) >= _A_BATCH else ""
