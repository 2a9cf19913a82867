"""Tasks one after the other in this process: for notebooks, tests and machines that allow no other."""

from __future__ import annotations

import math
import pickle
import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from unstuck.lab.executors.executor import START_SECONDS, Executor, Work, WorkResult, attempt, import_keras


class Here(Executor):
    """Runs tasks in this process.

    A task that takes the process down takes the session with it, and one that does not end in
    time is waited for.
    """

    workers = 1

    def warm(self) -> None:
        """Nothing to do: there is no other process to start."""

    def ready(self, seconds: float = START_SECONDS) -> float:  # noqa: ARG002
        """Import Keras, where that has not been done."""
        import_keras()
        return 1.0

    def run(
        self, function: Work, shared: bytes, tasks: Sequence[Any], seconds: float = math.inf
    ) -> Iterator[tuple[int, WorkResult]]:
        """Run a task whenever the next outcome is asked for; begin none after so many seconds."""
        end = time.monotonic() + seconds
        unpacked = cache(lambda: pickle.loads(shared))
        for index, task in enumerate(tasks):
            if time.monotonic() >= end:
                return
            yield index, attempt(function, unpacked, task)

    def close(self) -> None:
        """Nothing to do: nothing runs between two outcomes."""
