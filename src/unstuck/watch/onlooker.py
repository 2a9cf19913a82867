"""Who looks on while a fit goes on: told of its moments, on the main thread, between two steps."""

from __future__ import annotations

from typing import Protocol

#: The share of a training's time that watching it may take, and the parts of it for judging it meanwhile and
#: for keeping what is known of it on disk.
BUDGET, JUDGING, KEEPING = 0.02, 0.004, 0.002


class Onlooker(Protocol):
    """The moments of a fit, in their order. None of them may raise; their time is the onlooker's to bound."""

    @property
    def wakes(self) -> float:
        """When it wants to hear of a step at which nothing is new, by `time.perf_counter`."""

    def begun(self) -> None:
        """The model is built as far as it can be, and no step was made."""

    def epoch_begun(self) -> None:
        """An epoch begins; the progress bar of the one before it is complete."""

    def stepped(self, alarm: bool) -> None:
        """In the middle of an epoch: something is new in the vital signs, or it `wakes`.

        `alarm` says that it looks bad.
        """

    def epoch_ended(self, alarm: bool) -> None:
        """An epoch's figures are there; its progress bar is not yet complete."""

    def ended(self) -> None:
        """The fit is over, whichever way. May come twice."""
