"""Which pictures hang where, how many of them, and each with a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unstuck.case.proofs import TrialRecord
from unstuck.case.schema import CauseRecord, RunRecord
from unstuck.report.html.drawing import style, svg
from unstuck.report.html.picture import Kind, Picture, kinds

#: Pictures of one page: at 0.1 s and some 20 kB each it stays within 5 s and 3 MB.
_MOST = 24

#: Pictures of one cause, without its trials: more of them hide the sentence they belong to.
_OF_CAUSE = 2

#: Trials of one cause that are drawn.
_TRIALS = 2

#: Outputs whose curves are drawn.
_OUTPUTS = 3

#: Lines of a picture's table, and characters of a name in it.
_LINES, _NAME = 26, 200


@dataclass(frozen=True)
class PagePicture:
    """A picture on the page: its words, its drawing as SVG (safe as it stands), and an id for the page.

    `number` counts the pictures from 1, `name` says what it shows and of what ("trial-pairs: set-loss").
    """

    key: str
    number: int
    name: str
    picture: Picture
    drawing: Any
    rows: tuple[tuple[str, ...], ...]
    left: int


class Gallery:
    """Draws pictures for one page, each once, as long as there is room.

    `failed` names those that could not be drawn, with the error: a defect of ours.
    """

    def __init__(self, key: str = "picture", drawn: Callable[[Any, str, str], str] = svg) -> None:
        """`key` is what all ids begin with, `drawn` makes markup of (figure, id, title)."""
        self._key, self._drawn = key, drawn
        self._count = 0
        self._shown: set[tuple[int, str, str]] = set()
        self.failed: list[str] = []

    def lead(self, run: RunRecord, trial: TrialRecord | None) -> list[PagePicture]:
        """The user's curves with the baselines, and the treated curves beside them."""
        from unstuck.report.html.pictures import curves, trials

        hung: list[PagePicture] = []
        for output in list(run.curves)[:_OUTPUTS]:
            hung += self._hang(curves.accuracy_curve, run, output)
            if trial is not None and output == next(iter(run.curves)):
                beside = self._hang(trials.trial_accuracy, trial) + self._hang(trials.trial_loss, trial)
                hung += beside or self._pairs(trial)
            hung += self._hang(curves.loss_curve, run, output)
        return hung

    def of_cause(self, run: RunRecord, cause: CauseRecord) -> list[PagePicture]:
        """The pictures that fit a cause, and its trials."""
        hung: list[PagePicture] = []
        for kind in kinds():
            if cause.rule in kind.fits and len(hung) < _OF_CAUSE:
                hung += self._once(kind, run, cause.output)
        for trial in cause.trials[:_TRIALS]:
            hung += self._pairs(trial)
        return hung

    def of_experiments(self, run: RunRecord) -> list[PagePicture]:
        """The answers of experiments that hang beside no cause."""
        return [each for kind in kinds() if kind.experiment for each in self._once(kind, run, "")]

    def _pairs(self, trial: TrialRecord) -> list[PagePicture]:
        """The pairs of one trial, once on a page: its sentence tells them elsewhere."""
        from unstuck.report.html.pictures import trials

        mark = (id(trial), "trial-pairs", "")
        hung = self._hang(trials.trial_pairs, trial) if mark not in self._shown else []
        if hung:
            self._shown.add(mark)
        return hung

    def _once(self, kind: Kind, run: RunRecord, output: str) -> list[PagePicture]:
        mark = (id(run), kind.name, output)
        if mark in self._shown:
            return []
        hung = self._hang(kind.draw, run, output)
        if hung:
            self._shown.add(mark)
        return hung

    def _hang(self, draw: Any, *arguments: Any) -> list[PagePicture]:
        """One picture, none where its data is absent or the page is full."""
        from markupsafe import Markup

        if self._count >= _MOST:
            return []
        key = f"{self._key}{self._count + 1}"
        try:
            with style():
                picture = draw(*arguments)
                if picture is None:
                    return []
                drawing = self._drawn(picture.figure, key, picture.title)
        except Exception as error:  # a picture that fails is left out and named; the page goes on
            self.failed.append(f"{draw.__name__}: {type(error).__name__}: {error}")
            return []
        self._count += 1
        rows = tuple(tuple(text[:_NAME] for text in row) for row in picture.rows[:_LINES])
        # The drawing is matplotlib's own XML, in which it escapes every text.
        name = _name(draw, arguments[-1])
        return [
            PagePicture(key, self._count, name, picture, Markup(drawing), rows, len(picture.rows) - len(rows))
        ]


def _name(draw: Any, of: str | TrialRecord) -> str:
    """The kind of a picture, and the output or the trial that it is of."""
    which = of.remedy if isinstance(of, TrialRecord) else of
    kind = draw.__name__.replace("_", "-")
    return f"{kind}: {which[:_NAME]}" if which else kind
