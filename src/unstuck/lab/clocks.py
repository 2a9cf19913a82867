"""Seconds of work beside seconds by the clock: on a busy machine most of the latter go to other programs.

A budget of 60 s means 60 s of work. On an idle machine that is a minute; where other programs have the
processors it takes longer by the clock, at most `LONGEST` times.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Self

from unstuck.evidence.probe import Clock

#: How many times its seconds of work a budget may take by the clock. A machine whose every processor
#: is shared with three other programs is that slow; on a slower one what fits is planned for.
LONGEST = 4.0

#: More than what was counted on is waited for by this factor, as the load of a machine changes.
_MARGIN = 1.25

#: A share of the processor above which a machine counts as idle: the kernel's own work takes some.
IDLE = 0.95

#: Where Linux counts what the thread that reads it has waited for a processor.
_COUNTS = Path("/proc/thread-self/schedstat")

_BEGUN = time.monotonic()
_OF_CHILDREN = [0.0]


def waited() -> float:
    """Seconds for which this thread stood ready and other programs had the processor; differences count.

    Elsewhere than on Linux these are the seconds in which this process computed nothing: waiting for
    a disk or an accelerator counts, too.
    """
    try:
        return int(_COUNTS.read_text().split()[1]) * 1e-9 + _OF_CHILDREN[0]
    except (OSError, ValueError, IndexError):
        return time.monotonic() - _BEGUN - time.process_time() + _OF_CHILDREN[0]


def child_waited(seconds: float) -> None:
    """Add what a child process has waited for a processor while this thread waited for the child."""
    _OF_CHILDREN[0] += max(0.0, seconds)


class WorkClock(Clock):
    """Seconds of work of this thread, within an end by the clock."""

    #: What had been waited when the last wave's first piece of work began here, by when the wave began.
    _waves: dict[float, float] = {}  # noqa: RUF012

    def __init__(self, seconds: float, deadline: float = math.inf, begun: float | None = None) -> None:
        """Begin to count.

        Args:
            seconds: of work there may be.
            deadline: the end by the clock, in seconds of the epoch.
            begun: when the wave of tasks began to which the work belongs, in seconds of the epoch: what
                has passed since then counts, but for what this process waited.
        """
        super().__init__(seconds)
        self._deadline, self._ahead, self._before = deadline, 0.0, waited()
        if begun is not None:
            self._ahead = max(0.0, time.time() - begun)
            known = self._waves.get(begun, self._before)
            self._waves.clear()
            self._waves[begun] = self._before = known

    @property
    def spent(self) -> float:
        """Seconds of work since the start."""
        return max(0.0, super().spent + self._ahead - max(0.0, waited() - self._before))

    @property
    def left(self) -> float:
        """Seconds of work until the end, 0.0 when it is past."""
        return max(0.0, min(self.seconds - self.spent, self._deadline - time.time()))


class Budget(Clock):
    """The seconds of work of a proof: wall seconds, without those in which its workers had no processor."""

    def __init__(self, seconds: float, share: float = 1.0, of: Budget | None = None) -> None:
        """Begin to count.

        Args:
            seconds: of work there are.
            share: of a processor that a worker gets, as far as is known.
            of: the budget of which this one is a part.
        """
        super().__init__(seconds)
        self.share = share
        self._of, self._waited = of, 0.0

    def part(self, seconds: float) -> Self:
        """So much of what is left, as a budget of its own."""
        return type(self)(seconds, self.share, self)

    @property
    def elapsed(self) -> float:
        """Seconds by the clock since the start."""
        return super().spent

    @property
    def spent(self) -> float:
        """Seconds of work since the start."""
        return max(0.0, self.elapsed - self._waited)

    @property
    def left(self) -> float:
        """Seconds of work until the end, 0.0 when it is past."""
        return max(0.0, min(self.seconds - self.spent, self.share * self._wall))

    @property
    def until(self) -> float:
        """Seconds by the clock in which what is left should be worked off."""
        slower = 1.0 if self.share >= IDLE else _MARGIN / max(self.share, 1e-3)
        return max(0.0, min(slower * self.left, self._wall))

    @property
    def _wall(self) -> float:
        return LONGEST * self.seconds - self.elapsed

    @property
    def busy(self) -> bool:
        """Whether other programs have taken part of the workers' time."""
        return self._waited > (1.0 - IDLE) * self.elapsed

    def waits(self, seconds: float) -> None:
        """Take out seconds in which the workers had no processor."""
        self._waited += seconds
        if self._of is not None:
            self._of.waits(seconds)

    def wave(self) -> Wave:
        """Begin a wave of tasks."""
        return Wave(self)


class Wave:
    """Tasks that run side by side, and what their workers get of the processors."""

    def __init__(self, budget: Budget) -> None:
        self._budget, self._begun, self._counted = budget, budget.elapsed, 0.0

    def gets(self, share: float) -> None:
        """Count the wave's time so far as work in this share."""
        lost = (1.0 - share) * (self._budget.elapsed - self._begun)
        self._budget.waits(lost - self._counted)
        self._budget.share, self._counted = share, lost
