"""What the fits of one program have in common where it is told in time: where to, what was told, the cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from unstuck.case.journal import Journal
from unstuck.evidence.source import SourceReader
from unstuck.rules.rule import catalogue
from unstuck.told.outlet import Outlet
from unstuck.told.teller import Teller
from unstuck.watch.observation import Observation
from unstuck.watch.prompts import shell

#: Seconds that looking may take in one program before the first steps and after the first epochs of its fits,
#: or its share of the program's time beyond: a loop of hundreds of fits is looked at a few times.
LOOKING_SECONDS, LOOKING_SHARE = 2.0, 0.02


class Telling:
    """Makes the onlooker of each fit, and remembers what was told.

    Args:
        outlet: where to tell it, None for nowhere: it is then only recorded.
        script: the script that is run, None where there is none.
        stop: how sure a cause that blocks has to be for its fit to be ended, None for never.
        journal: where each fit is written while it goes on, None for nowhere.
    """

    def __init__(
        self,
        outlet: Outlet | None,
        script: str | None = None,
        stop: Literal["proved", "measured"] | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.outlet, self.stop, self.journal, self._script = outlet, stop, journal, script
        self._spent = 0.0
        self._begun = time.perf_counter()
        self._told: set[Any] = set()

    def onlooker(self, seen: Observation, rows: Callable[[int | None], Any], vitals: Any) -> Teller:
        """Who looks on at one fit."""
        catalogue()  # read before the fit begins, once
        return Teller(self, seen, rows, vitals)

    def sources(self) -> SourceReader:
        """Reads the user's files as they are now, for the change that is shown."""
        return SourceReader(main=str(Path(self._script).absolute()) if self._script else None)

    @property
    def may_look(self) -> bool:
        """Whether one more fit may be looked at before its first step, and at the end of its first epoch."""
        return self._spent < max(LOOKING_SECONDS, LOOKING_SHARE * (time.perf_counter() - self._begun))

    @contextmanager
    def looking(self) -> Iterator[None]:
        """The time of the block is counted as that of looking."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._spent += time.perf_counter() - started

    def is_news(self, *said: Any) -> bool:
        """Whether this was not told before; from now on it was. A cell that is run again is told again."""
        said = (*said, getattr(shell(), "execution_count", None))
        if said in self._told:
            return False
        self._told.add(said)
        return True
