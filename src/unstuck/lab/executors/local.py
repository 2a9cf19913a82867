"""Tasks in processes of this machine, by joblib's loky."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import tempfile
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unstuck.lab.executors.executor import (
    LOOK_SECONDS,
    LOST,
    PATIENCE,
    START_SECONDS,
    TRIES,
    Executor,
    ExecutorError,
    Work,
    WorkResult,
    attempt,
    digest,
    end_with,
    environment,
    failure,
    limit_of,
    opened,
    prepare,
    share_of,
    too_late,
)

#: Whether signals can be held back here; a process inherits which ones are. Windows has no such thing.
_MASKS = hasattr(signal, "pthread_sigmask")


class Local(Executor):
    """Runs tasks in processes of this machine: a crash takes down one task and not the session.

    The workers are kept from one run to the next, since starting one and importing Keras takes
    seconds. Each is an executor of its own with one process: loky gives up all of an executor
    when one of its processes dies, here the others do not notice.
    """

    def __init__(
        self, workers: int | None = None, *, backend: str | None = None, patience: float = PATIENCE
    ) -> None:
        """Start nothing yet.

        Args:
            workers: The most tasks at a time; as many as there are usable processors when not given.
            backend: Keras's backend in the workers; None leaves it to the user's settings.
            patience: Seconds beyond its own limit after which a task is abandoned.
        """
        from joblib import cpu_count

        self.workers = max(1, workers or cpu_count())
        self._threads = max(1, cpu_count() // self.workers)
        self._backend = backend
        self._patience = patience
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pool: list[_Worker] = []
        self._preparing: list[Future[WorkResult]] = []

    def warm(self) -> None:
        """Start the workers and import Keras in them, in the background."""
        if not self._preparing:
            self._preparing = [worker.submit(prepare) for worker in self._started(self.workers)]

    def ready(self, seconds: float = START_SECONDS) -> float:
        """Wait for the workers, at most so many seconds."""
        self.warm()
        try:
            end, waiting = time.monotonic() + seconds, True
            while waiting and time.monotonic() < end:
                left = min(LOOK_SECONDS, max(0.0, end - time.monotonic()))
                waiting = bool(wait(self._preparing, timeout=left).not_done)
        except BaseException:  # Ctrl-C
            self._stop_workers()
            raise
        ended = [each for each in self._preparing if each.done() and each.exception() is None]
        return share_of(each.result() for each in ended)

    def run(
        self, function: Work, shared: bytes, tasks: Sequence[Any], seconds: float = math.inf
    ) -> Iterator[tuple[int, WorkResult]]:
        """Run the tasks, at most `workers` of them at a time."""
        end = time.monotonic() + seconds
        idle = self._started(min(self.workers, len(tasks)))
        todo = deque((index, 1) for index in range(len(tasks)))
        running: dict[Future[WorkResult], _Attempt] = {}
        ready: list[tuple[int, WorkResult]] = []
        with self._written(shared) as path:
            try:
                while True:
                    while todo and idle:
                        begun = self._begun(idle.pop(), *todo.popleft(), function, path, tasks)
                        running[begun.future] = begun
                    yield from ready  # the workers have their next tasks already
                    if not running:
                        return
                    ready, settled = [], _ended(running, end)
                    if not settled:
                        self._stop_workers()
                        return
                    for ended in settled:
                        idle.append(running.pop(ended.future).worker)
                        outcome = ended.outcome(tasks[ended.index])
                        if outcome is None:
                            todo.appendleft((ended.index, ended.tries + 1))
                        else:
                            ready.append((ended.index, outcome))
            except BaseException:  # closed early, Ctrl-C, or no process to be had
                self._stop_workers()
                raise

    def close(self) -> None:
        """Stop the workers and remove the temporary files."""
        self._stop_workers()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _stop_workers(self) -> None:
        for worker in self._pool:
            worker.kill()
        while self._pool:
            self._pool.pop().stop()
        self._preparing = []

    def _begun(
        self, worker: _Worker, index: int, tries: int, function: Work, path: str, tasks: Sequence[Any]
    ) -> _Attempt:
        seconds = limit_of(tasks[index]) + self._patience + (START_SECONDS if worker.fresh else 0.0)
        future = worker.submit(_call, function, path, tasks[index])
        return _Attempt(worker, future, index, tries, time.monotonic() + seconds)

    def _started(self, count: int) -> list[_Worker]:
        """The first so many workers."""
        if len(self._pool) < count:
            place = self._place()
            variables = environment(self._threads, self._backend, place)
            self._pool += [_Worker(variables, place) for _ in range(count - len(self._pool))]
        return self._pool[:count]

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="unstuck-", ignore_cleanup_errors=True)
        return Path(self._folder.name)

    @contextlib.contextmanager
    def _written(self, shared: bytes) -> Iterator[str]:
        """A file that holds these bytes. Workers know it by its path, so that is of the content."""
        path = self._place() / digest(shared)
        path.write_bytes(shared)
        try:
            yield str(path)
        finally:
            path.unlink(missing_ok=True)


class _Worker:
    """One process, started with its first call and replaced when it is lost."""

    def __init__(self, variables: dict[str, str], folder: Path) -> None:
        self._variables, self._folder = variables, folder
        self._executor: Any = None
        self._first: Future[Any] | None = None

    @property
    def fresh(self) -> bool:
        """Whether it is not known yet to have done anything."""
        return self._first is None or not self._first.done()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand it a call.

        Raises:
            ExecutorError: No process can be started.
        """
        try:
            return self._submitted(function, arguments)
        except BrokenExecutor:  # it died while it had nothing to do
            self.stop()
            return self._submitted(function, arguments)

    def _submitted(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
        from joblib.externals.loky.process_executor import ProcessPoolExecutor

        try:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    max_workers=1,
                    initializer=_begin,
                    initargs=(os.getpid(), str(self._folder)),
                    env=self._variables,
                )
            with _undisturbed():
                future: Future[Any] = self._executor.submit(function, *arguments)
        except (OSError, NotImplementedError, AssertionError) as error:
            # Too few semaphores, no shared memory, or a process that may have no children.
            raise ExecutorError(f"No process can be started here ({error}). Use one worker.") from error
        self._first = self._first or future
        return future

    def kill(self) -> None:
        """Kill the process, whatever it does."""
        # Not by shutdown(kill_workers=True), which stumbles over a call that is just being handed over.
        for process in list(self._executor._processes.values() if self._executor else ()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def stop(self) -> None:
        """Kill the process and wait for its end."""
        self.kill()
        executor, self._executor, self._first = self._executor, None, None
        if executor is None:
            return
        feeder = getattr(executor._call_queue, "_thread", None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # loky asks for psutil where there is no pgrep
            executor.shutdown(wait=True)
        if feeder is not None:
            # loky does not wait for this thread. It gives semaphores back as it ends; where Python
            # ends first, half of that is done and a warning of leaked semaphores is printed.
            feeder.join(timeout=LOOK_SECONDS)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits until the end of this block, and processes started in it never hear it.

    A start that is interrupted half way would leave a process that nobody knows of; and a terminal
    sends Ctrl-C to all processes, while the workers are stopped by this one.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is None:
        yield
        return
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if _MASKS else None
    try:
        yield
    finally:
        if blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


@dataclass(frozen=True, eq=False)
class _Attempt:
    """A task in a worker; `until` is when it is abandoned, in seconds of the monotonic clock."""

    worker: _Worker
    future: Future[WorkResult]
    index: int
    tries: int
    until: float

    def outcome(self, task: Any) -> WorkResult | None:
        """What became of it, or None where it is to be tried again."""
        if not self.future.done():
            self.worker.stop()
            return too_late(task)
        error = self.future.exception()
        if error is None:
            return self.future.result()
        if not isinstance(error, BrokenExecutor):
            return failure(error)
        self.worker.stop()
        return None if self.tries < TRIES else LOST


def _ended(running: dict[Future[WorkResult], _Attempt], end: float) -> list[_Attempt]:
    """Those that are done or too late; waits for the first, and until the end at most."""
    while True:
        first = min(end, *(each.until for each in running.values())) - time.monotonic()
        done, _ = wait(running, timeout=max(0.0, min(first, LOOK_SECONDS)), return_when=FIRST_COMPLETED)
        now = time.monotonic()
        ended = [each for future, each in running.items() if future in done or each.until <= now]
        if ended or end <= now:
            return ended


# --- in the worker ---


def _begin(parent: int, folder: str) -> None:
    """Make a new process silent, deaf to Ctrl-C where it is not so yet, and mortal with its parent."""
    from joblib.externals.loky import process_executor

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    # A process grows as models are compiled in it; loky takes that for a leak, replaces the
    # process and warns the user.
    process_executor._USE_PSUTIL = False
    if os.name == "posix":
        end_with(parent, folder)


def _call(function: Work, path: str, task: Any) -> WorkResult:
    return attempt(function, lambda: opened(path, Path(path).read_bytes), task)
