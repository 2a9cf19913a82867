"""What the fits of one program have in common where it is told in time: where to, what was told, the cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unstuck.evidence.source import SourceReader
from unstuck.told.outlet import Outlet
from unstuck.told.teller import Teller
from unstuck.watch.observation import Observation
from unstuck.watch.prompts import shell

#: Seconds that looking before the first step may take in one program, or its share of the program's time
#: beyond: a loop of hundreds of fits is looked at a few times.
CHECK_SECONDS, CHECK_SHARE = 2.0, 0.02


class Telling:
    """Makes the onlooker of each fit, and remembers what was told.

    Args:
        outlet: where to tell it, None for nowhere: it is then only recorded.
        script: the script that is run, None where there is none.
    """

    def __init__(self, outlet: Outlet | None, script: str | None = None) -> None:
        self.outlet, self._script = outlet, script
        self.spent = 0.0
        self._begun = time.perf_counter()
        self._told: set[Any] = set()

    def onlooker(self, seen: Observation, rows: Callable[[int | None], Any], vitals: Any) -> Teller:
        """Who looks on at one fit."""
        return Teller(self, seen, rows, vitals)

    def sources(self) -> SourceReader:
        """Reads the user's files as they are now, for the change that is shown."""
        return SourceReader(main=str(Path(self._script).absolute()) if self._script else None)

    @property
    def may_check(self) -> bool:
        """Whether one more fit may be looked at before its first step."""
        return self.spent < max(CHECK_SECONDS, CHECK_SHARE * (time.perf_counter() - self._begun))

    def is_news(self, *said: Any) -> bool:
        """Whether this was not told before; from now on it was. A cell that is run again is told again."""
        said = (*said, getattr(shell(), "execution_count", None))
        if said in self._told:
            return False
        self._told.add(said)
        return True
