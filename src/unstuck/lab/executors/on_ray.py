"""Tasks on a Ray cluster: one that is there, or one that is started on this machine."""

from __future__ import annotations

import logging
import math
import os
import pickle
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from unstuck.lab.executors.executor import (
    LOOK_SECONDS,
    LOST,
    PATIENCE,
    START_SECONDS,
    TRIES,
    Executor,
    ExecutorError,
    Failed,
    Work,
    WorkResult,
    attempt,
    digest,
    environment,
    failure,
    limit_of,
    opened,
    packed,
    prepare,
    share_of,
    too_late,
)

#: What a cluster that is started here is told beforehand: send no usage statistics, and leave the
#: user's choice of graphics cards alone in tasks that ask for none.
OWN_CLUSTER = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


#: What is told where Ray is wanted and not there.
NOT_INSTALLED = (
    'Ray is not installed, and "--on ray" runs trials on it. Install it: pip install "unstuck[ray]".'
)


def is_installed() -> bool:
    """Whether Ray is there; found without importing it, which takes seconds."""
    return find_spec("ray") is not None


class OnRay(Executor):
    """Runs tasks on a Ray cluster, each on one of its processors.

    The machines of a cluster that is joined need unstuck and what the user's script imports.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        cpus: int | None = None,
        backend: str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Join the cluster, or start one on this machine.

        A program that has called `ray.init` itself keeps its cluster, which is then used.

        Args:
            address: The cluster; RAY_ADDRESS when not given; without that one is started here.
            cpus: Processors of a cluster that is started here; the usable ones when not given.
            backend: Keras's backend in the workers; None leaves it to the user's settings.
            patience: Seconds beyond its own limit after which a task is abandoned.

        Raises:
            ExecutorError: Ray is not installed, or no cluster answers.
        """
        self._ray = _imported()
        self._patience = patience
        self._before: dict[str, str | None] = {}
        self._preparing: list[Any] = []
        self._started = not self._ray.is_initialized()
        if self._started:
            self._begin(address or os.environ.get("RAY_ADDRESS") or "local", cpus)
        self._folder = tempfile.TemporaryDirectory(prefix="unstuck-", ignore_cleanup_errors=True)
        self.workers = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self._call = self._ray.remote(_call).options(
            num_cpus=1,
            max_retries=TRIES - 1,
            runtime_env={"env_vars": environment(1, backend, Path(self._folder.name))},
        )

    def warm(self) -> None:
        """Start the workers and import Keras in them, in the background."""
        if not self._preparing:
            nothing = self._ray.put(np.zeros(0, "uint8"))
            calls = range(self.workers)
            self._preparing = [self._call.remote(None, "", nothing, sys.path) for _ in calls]

    def ready(self, seconds: float = START_SECONDS) -> float:
        """Wait for the workers, at most so many seconds."""
        self.warm()
        ended, _ = self._ray.wait(self._preparing, num_returns=len(self._preparing), timeout=seconds)
        return share_of(self._outcome(each, None, math.inf) for each in ended)

    def run(
        self, function: Work, shared: bytes, tasks: Sequence[Any], seconds: float = math.inf
    ) -> Iterator[tuple[int, WorkResult]]:
        """Run the tasks, at most as many at a time as the cluster has processors."""
        end = time.monotonic() + seconds
        stored, key = self._ray.put(np.frombuffer(shared, "uint8")), digest(shared)
        todo = deque(range(len(tasks)))
        running: dict[Any, tuple[int, float]] = {}
        ready: list[tuple[int, WorkResult]] = []
        try:
            while True:
                while todo and len(running) < self.workers:
                    index = todo.popleft()
                    limit = limit_of(tasks[index]) + self._patience + START_SECONDS
                    work = packed((function, tasks[index]))
                    reference = self._call.remote(work, key, stored, sys.path)
                    running[reference] = (index, time.monotonic() + limit)
                yield from ready  # the workers have their next tasks already
                if not running:
                    return
                ready, settled = [], self._ended(running, end)
                if not settled:
                    return
                for reference in settled:
                    index, until = running.pop(reference)
                    ready.append((index, self._outcome(reference, tasks[index], until)))
        finally:
            for reference in running:
                self._ray.cancel(reference, force=True)

    def close(self) -> None:
        """Shut down the cluster, or leave it, if it was started or joined here."""
        if self._started:
            self._started = False
            self._ray.shutdown()
            _set_variables(self._before)
        self._folder.cleanup()

    def _begin(self, address: str, cpus: int | None) -> None:
        from joblib import cpu_count

        size: dict[str, Any] = {"num_cpus": cpus or cpu_count(), "include_dashboard": False}
        before = dict(os.environ)
        logger = logging.getLogger("ray")
        level = logger.level
        logger.setLevel(logging.ERROR)
        os.environ.update(OWN_CLUSTER)
        try:
            self._ray.init(
                address=address,
                logging_level=logging.ERROR,
                configure_logging=False,
                log_to_driver=False,
                **(size if address == "local" else {}),
            )
        except Exception as error:
            _set_variables(_changed(before))
            raise ExecutorError(_why(address, error)) from error
        finally:
            logger.setLevel(level)
        self._before = _changed(before)

    def _ended(self, running: dict[Any, tuple[int, float]], end: float) -> list[Any]:
        """Those that are done or too late; waits for the first, and until the end at most."""
        while True:
            first = min(end, *(until for _, until in running.values())) - time.monotonic()
            timeout = max(0.0, min(first, LOOK_SECONDS))
            ready, _ = self._ray.wait(list(running), num_returns=1, timeout=timeout)
            now = time.monotonic()
            ended = [one for one, (_, until) in running.items() if one in ready or until <= now]
            if ended or end <= now:
                return ended

    def _outcome(self, reference: Any, task: Any, until: float) -> WorkResult:
        errors = self._ray.exceptions
        try:
            outcome: WorkResult = self._ray.get(reference, timeout=0 if until <= time.monotonic() else None)
        except errors.GetTimeoutError:
            self._ray.cancel(reference, force=True)
            return too_late(task)
        except (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError):
            return LOST
        except errors.RayError as error:
            return Failed(str(error).strip().splitlines()[-1])  # the last line of a traceback
        return outcome


def _imported() -> Any:
    try:
        import ray
    except ImportError as error:
        raise ExecutorError(NOT_INSTALLED) from error
    return ray


def _why(address: str, error: Exception) -> str:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    if address == "local":
        return f"Ray could not start a cluster on this machine: {said}."
    return (
        f"No Ray cluster answers at {address}: {said}. Start it, correct RAY_ADDRESS, "
        "or unset RAY_ADDRESS to have one started on this machine."
    )


def _changed(before: dict[str, str]) -> dict[str, str | None]:
    """The variables that are not as they were, with what they were."""
    names = before.keys() | os.environ.keys()
    return {name: before.get(name) for name in names if before.get(name) != os.environ.get(name)}


def _set_variables(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


# --- in the worker ---


def _call(work: bytes | None, key: str, stored: Any, paths: Sequence[str]) -> WorkResult:
    """Run a packed (function, task); without one, prepare this worker for it."""
    sys.path += [path for path in paths if path not in sys.path]
    if work is None:
        return prepare()
    try:
        function, task = pickle.loads(work)
    except Exception as error:  # a module of the user's that this machine lacks
        return failure(error)
    return attempt(function, lambda: opened(key, lambda: stored), task)
