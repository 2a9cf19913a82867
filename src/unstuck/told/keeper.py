"""Keeps what is known of a fit on disk while it goes on, so that one that is killed can still be told."""

from __future__ import annotations

import time
import weakref
from dataclasses import replace
from typing import Any

import msgspec

from unstuck.case.journal import Journal
from unstuck.evidence.facts import Evidence, Output
from unstuck.evidence.fit import read_fit
from unstuck.evidence.model import output_names, read_environment
from unstuck.told.evidence import so_far
from unstuck.watch.observation import Observation, clock
from unstuck.watch.onlooker import KEEPING

#: After so many seconds it is written whatever that costs: with its share of the time alone, a slow disk
#: would keep it from being written at all.
AT_LEAST = 30.0


class Keeper:
    """Writes one fit into the journal as it grows. None of this raises.

    It is written before the first step, at the end of the first epoch, when something is told, and then
    where something is new and as much time has gone since the last writing as its share asks for: a writing
    of a millisecond is followed by half a second without one. After `AT_LEAST` seconds it is written in any
    case. What was left out is written when the fit ends.
    """

    def __init__(self, journal: Journal, seen: Observation, vitals: Any) -> None:
        self._journal, self._seen, self._vitals = journal, seen, vitals
        self._before: Evidence | None = None
        self._told, self._seconds = 0, 0.0
        self._stale = self._goes_on = False

    @property
    def wakes(self) -> float:
        """When it wants to be asked in the middle of an epoch, by `clock`."""
        return self._journal.written + AT_LEAST

    def begun(self, before: Evidence | None) -> None:
        """The fit begins; `before` is what is known of it, None where nobody looked."""
        self._before = before
        self._journal.fresh = weakref.WeakMethod(self.write)  # a fit that raised may never be heard of again
        self._goes_on = True
        self._keep(self._may_rest)

    def stepped(self) -> None:
        """A step was made, and something is new, or it is time."""
        self._keep(self._may_rest)

    def epoch_ended(self, first: bool) -> None:
        """An epoch's figures are there."""
        self._stale = True
        self._keep(self._may_rest and not first)

    def ended(self) -> None:
        """The fit is over, and what the program does until it is diagnosed may take long. May come twice."""
        self._keep(not self._stale)
        self._journal.fresh, self._goes_on = None, False

    def write(self) -> None:
        """Write what is known now; a signal may ask for it, in a thread of its own."""
        seen, signs = self._seen, self._vitals.so_far()
        if self._before is None:
            self._before = _little(seen)
        if signs is None and self._seconds:  # an error of ours: what was written before tells more
            return
        known = self._before if signs is None else so_far(self._before, seen.model, signs)
        self._told, self._stale = len(seen.told), False
        told = msgspec.to_builtins(seen.told)
        self._seconds = clock() - seen.begun
        fit = self._journal.fits + 1
        self._journal.is_at("training", fit, seconds=self._seconds, evidence=known, told=told)

    @property
    def _may_rest(self) -> bool:
        """Whether nothing is to be written now, but for a reason of the moment's own."""
        is_told, now = self._told == len(self._seen.told), clock()
        return is_told and now < min(self._journal.rests_until, self.wakes)

    def _keep(self, rests: bool) -> None:
        """Write, unless it rests; and rest from then on for as long as the cost of it asks for."""
        if rests or not self._goes_on:
            return
        started, worked = clock(), time.thread_time()
        try:
            self.write()
        except Exception as error:  # the border: nothing of ours may end or alter the training
            self._journal.fresh, self._goes_on = None, False
            self._seen.errors.append(("journal", f"{type(error).__name__}: {error}"))
        now = clock()
        self._journal.written, self._journal.rests_until = now, now + (now - started) / KEEPING
        self._seen.watch_seconds += time.thread_time() - worked


def _little(seen: Observation) -> Evidence:
    """What is known of a fit that was not looked at before its first step: its call, the outputs' names."""
    fit = replace(read_fit(replace(seen, vitals=None)), stopped_early=False)
    names = tuple(output_names(seen.model)) or ("",)
    return Evidence(
        environment=read_environment(), fit=fit, outputs=tuple(Output(name=name) for name in names)
    )
