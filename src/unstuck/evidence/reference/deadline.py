"""When the seconds of a reference are used up, counted as work: other programs on the machine take none."""

from __future__ import annotations

import time

#: On a busy machine the clock may go on for so many times the seconds of work.
CLOCK = 3.0


class Deadline:
    """So many seconds of work from now on: of this process's processors or of the clock, whichever says less.

    Several threads use more processor time than the clock shows, a crowded machine less.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._wall, self._work = time.perf_counter(), time.process_time()

    @property
    def clock(self) -> float:
        """Seconds by the clock since it began."""
        return time.perf_counter() - self._wall

    @property
    def left(self) -> float:
        """Seconds of work that are left, at least 0."""
        used = min(self.clock, time.process_time() - self._work)
        return max(0.0, min(self._seconds - used, CLOCK * self._seconds - self.clock))
