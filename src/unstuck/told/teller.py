"""Looks on at one fit, judges what can be known by then, and tells what is new and sure."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from unstuck.case.recording import recorded
from unstuck.case.schema import CauseRecord, ToldRecord
from unstuck.evidence.facts import Evidence, Output
from unstuck.evidence.fit import read_fit
from unstuck.evidence.gather import gather
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import judge
from unstuck.told.evidence import so_far
from unstuck.told.keeper import Keeper
from unstuck.told.lines import before_training, while_training
from unstuck.told.sole import is_only_fit
from unstuck.told.standing import Standing, as_seen, blocking, is_told_before, ran_away
from unstuck.watch.observation import Observation, clock
from unstuck.watch.onlooker import JUDGING
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
        self._before: Evidence | None = None
        self._standing = Standing()
        self._epoch = 0
        self._spent = self._cost = 0.0
        journal = telling.journal
        self._keeper = Keeper(journal, seen, vitals) if journal is not None else None

    @property
    def wakes(self) -> float:
        """When it wants to hear of a step at which nothing is new, by `clock`."""
        return self._keeper.wakes if self._keeper is not None else math.inf

    def begun(self) -> None:
        """Tell what is proved before the first step, and blocks the training or misleads."""
        if self._telling.may_look:
            self._look()
        if self._keeper is not None:
            self._keeper.begun(self._before)

    def _look(self) -> None:
        started = time.thread_time()
        with self._guarded("before the first step"), self._telling.looking():
            self._before = self._gathered()
            causes = [each for each in judge(self._before, gated=False).causes if is_told_before(each)]
            ending = self._stop(causes, step=0)
            told = partial(before_training, sampled=_is_sampled(self._before))
            self._tell(self._news(causes, ending), ending, 0, told, bar=False)
        self._seen.watch_seconds += time.thread_time() - started

    def epoch_begun(self) -> None:
        """What waited for the end of a progress bar is told."""
        self._epoch += 1
        self._settle()

    def stepped(self, alarm: bool) -> None:
        """Judge what the steps up to now have shown."""
        if alarm or self._is_affordable:
            self._judge()
        if self._keeper is not None:
            self._keeper.stepped()

    def epoch_ended(self, alarm: bool) -> None:
        """Judge what the epochs up to now have shown; the first one in any case."""
        if alarm or self._is_affordable:
            self._judge()
        elif self._epoch == 1 and self._telling.may_look:
            with self._telling.looking():
                self._judge()
        if self._keeper is not None:
            self._keeper.epoch_ended(first=self._epoch == 1 < (self._vitals.params or {}).get("epochs", 1))

    def ended(self) -> None:
        """What waited for the end of a progress bar is told."""
        self._settle()
        if self._keeper is not None:
            self._keeper.ended()

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """The border: what is raised in here ends the telling, never the training."""
        try:
            yield
        except Exception as error:
            self._before = None
            self._seen.errors.append((what, f"{type(error).__name__}: {error}"))

    @property
    def _is_affordable(self) -> bool:
        """Whether one more judgement fits into its share of the time that the training has worked."""
        return bool(self._vitals.affords(self._spent + self._cost, JUDGING))

    def _judge(self) -> None:
        """Judge the evidence that costs nothing, and tell what is sure by now."""
        if self._before is None:
            return
        started = time.thread_time()
        with self._guarded("while it trains"):
            signs = self._vitals.so_far()
            if signs is not None:
                evidence = so_far(self._before, self._seen.model, signs)
                judgement = judge(evidence)
                sure = self._standing.sure(judgement, signs.updates, ran_away=ran_away(evidence))
                causes = [as_seen(each, judgement.symptoms, evidence.dynamics) for each in sure]
                ending = self._stop(causes, signs.updates)
                told = partial(while_training, step=signs.updates)
                self._tell(self._news(causes, ending), ending, signs.updates, told, bar=True)
        self._cost = time.thread_time() - started
        self._spent += self._cost
        self._seen.watch_seconds += self._cost

    def _stop(self, causes: list[Finding], step: int) -> Finding | None:
        """End the fit where that was asked for and a cause is as sure as that; gives the cause."""
        ending = blocking(causes, self._telling.stop)
        if not ending or self._seen.stopped_at is not None:
            return None
        self._seen.model.stop_training = True
        self._seen.stopped_at = step
        return ending[0]

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
        if labels is None or not one or is_only_fit(self._seen.place):
            return output
        return replace(output, labels=replace(labels, others_elsewhere=True))

    def _news(self, causes: list[Finding], ending: Finding | None) -> list[Finding]:
        """Those of the causes that were not told before, and the one that ends the fit."""
        is_news = self._telling.is_news
        return [each for each in causes if is_news(each.rule, each.where, each.output) or each is ending]

    def _tell(
        self, news: list[Finding], ending: Finding | None, step: int, text: Callable[..., str], bar: bool
    ) -> None:
        """Note what is told, and write it as `text(records, width, ends)` gives it."""
        if not news:
            return
        sources = self._telling.sources()
        records = [CauseRecord(**recorded(each, sources)) for each in news]
        seconds = round(clock() - self._seen.begun, 3)
        self._seen.told += [
            ToldRecord(
                rule=record.rule,
                certainty=record.certainty,
                impact=record.impact,
                where=record.where,
                says=record.says,
                output=record.output,
                step=step,
                epoch=self._epoch,
                seconds=seconds,
                stopped=found is ending,
            )
            for found, record in zip(news, records, strict=True)
        ]
        outlet = self._telling.outlet
        if outlet is not None:
            outlet.tell(text(records, outlet.width, ending is not None), bar=bar and self._has_bar)

    @property
    def _has_bar(self) -> bool:
        """Whether Keras draws a progress bar, one line that it writes again and again."""
        return (self._vitals.params or {}).get("verbose") in (1, "auto", True)

    def _settle(self) -> None:
        if self._telling.outlet is not None:
            self._telling.outlet.settle()


def _is_sampled(evidence: Evidence) -> bool:
    """Whether not all rows were looked at."""
    return any(output.labels is not None and output.labels.sampled for output in evidence.outputs)
