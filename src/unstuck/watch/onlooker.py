"""Who looks on while a fit goes on: told of its moments, on the main thread, between two steps."""

from __future__ import annotations

from typing import Protocol


class Onlooker(Protocol):
    """The moments of a fit, in their order. None of them may raise; their time is the onlooker's to bound."""

    def begun(self) -> None:
        """The model is built as far as it can be, and no step was made."""

    def epoch_begun(self) -> None:
        """An epoch begins; the progress bar of the one before it is complete."""

    def stepped(self) -> None:
        """There is something new in the vital signs, in the middle of an epoch."""

    def epoch_ended(self) -> None:
        """An epoch's figures are there; its progress bar is not yet complete."""

    def ended(self) -> None:
        """The fit is over, whichever way. May come twice."""
