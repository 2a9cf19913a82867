"""Looks on at one fit, judges what can be known by then, and tells what is new and sure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from unstuck.case.recording import recorded
from unstuck.case.schema import CauseRecord, ToldRecord
from unstuck.evidence.facts import Evidence, Output
from unstuck.evidence.gather import gather, read_fit
from unstuck.judgement.findings import Certainty, Finding, Impact
from unstuck.rules.rule import judge
from unstuck.told.lines import before_training
from unstuck.told.sole import is_only_fit
from unstuck.watch.observation import Observation, clock
from unstuck.watch.unseen import unseen

if TYPE_CHECKING:
    from unstuck.told.telling import Telling


class Teller:
    """The onlooker of one fit; see `unstuck.watch.onlooker`.

    `rows` looks at the training and the validation rows that fit was given, as far as they have passed.
    What goes wrong in here is an error of the observation, and nothing more is told of that fit.
    """

    def __init__(
        self, telling: Telling, seen: Observation, rows: Callable[[int | None], Any], vitals: Any
    ) -> None:
        self._telling, self._seen, self._rows, self._vitals = telling, seen, rows, vitals
        self._failed = False

    def begun(self) -> None:
        """Tell what is proved before the first step, and blocks the training or misleads."""
        if self._failed or not self._telling.may_check:
            return
        started = time.perf_counter()
        with self._guarded("before the first step"):
            evidence = self._gathered()
            causes = judge(evidence, gated=False).causes
            self._tell_before([each for each in causes if _is_told_before(each)], evidence)
        self._telling.spent += time.perf_counter() - started

    def epoch_begun(self) -> None:
        """What waited for the end of a progress bar is told."""
        self._settle()

    def stepped(self) -> None:
        """Nothing yet."""

    def epoch_ended(self) -> None:
        """Nothing yet."""

    def ended(self) -> None:
        """What waited for the end of a progress bar is told."""
        self._settle()

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """The border: what is raised in here ends the telling, never the training."""
        try:
            yield
        except Exception as error:
            self._failed = True
            self._seen.errors.append((what, f"{type(error).__name__}: {error}"))

    def _gathered(self) -> Evidence:
        """What is known of the program and its rows."""
        seen = replace(self._seen, vitals=None, errors=[])
        with unseen(seen.model):  # rows may convert themselves by the user's own code
            seen.training, seen.validation = self._rows(None) or (None, None)
            evidence = gather(seen)
            fit = read_fit(seen)
        evidence = replace(evidence, fit=replace(fit, stopped_early=False))
        outputs = tuple(self._as_one_of_several(each) for each in evidence.outputs)
        return replace(evidence, outputs=outputs)

    def _as_one_of_several(self, output: Output) -> Output:
        """With one label alone others may be taught later: a discriminator's ones, and then its zeros."""
        labels = output.labels
        one = labels is not None and labels.count and (labels.distinct == 1 or labels.classes == 1)
        if labels is None or not one or is_only_fit(self._seen.place, self._telling.sources()):
            return output
        return replace(output, labels=replace(labels, others_elsewhere=True))

    def _tell_before(self, causes: list[Finding], evidence: Evidence) -> None:
        sources = self._telling.sources()
        records = [CauseRecord(**recorded(each, sources)) for each in causes]
        news = [each for each in records if self._telling.is_news(each.rule, each.where, each.output)]
        if not news:
            return
        seconds = clock() - self._seen.begun
        self._seen.told.extend(_told(each, seconds=seconds) for each in news)
        if self._telling.outlet is not None:
            outlet = self._telling.outlet
            outlet.tell(before_training(news, outlet.width, _is_sampled(evidence)), bar=False)

    def _settle(self) -> None:
        if self._telling.outlet is not None:
            self._telling.outlet.settle()


def _is_told_before(cause: Finding) -> bool:
    """Whether it is worth a word before the training: certain, and no mere matter of how well it learns."""
    return cause.certainty is Certainty.PROVED and cause.impact in (Impact.BLOCKS, Impact.MISLEADS)


def _is_sampled(evidence: Evidence) -> bool:
    """Whether not all rows were looked at."""
    return any(output.labels is not None and output.labels.sampled for output in evidence.outputs)


def _told(cause: CauseRecord, *, seconds: float, step: int = 0, epoch: int = 0) -> ToldRecord:
    return ToldRecord(
        rule=cause.rule,
        certainty=cause.certainty,
        impact=cause.impact,
        where=cause.where,
        says=cause.says,
        output=cause.output,
        step=step,
        epoch=epoch,
        seconds=round(seconds, 3),
    )
