"""The one interface by which independent tasks are run, and what its implementations share."""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
import pickle
import shutil
import threading
import time
import types
from abc import abstractmethod
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

#: Seconds beyond its own limit after which a task is abandoned: it looks at its clock between
#: batches only, and one compilation or one evaluation lies in between.
PATIENCE = 30.0

#: Further seconds for the first task of a process: an import of Keras and its backend takes 2 to
#: 6 s on an idle machine, and ten times that on a crowded one.
START_SECONDS = 60.0

#: Seconds between two looks at the clock, or at the parent. Windows hears Ctrl-C only in between.
LOOK_SECONDS = 1.0

#: How often a task is tried when the process that ran it is lost.
TRIES = 2

#: Variables by which numpy and its libraries are told how many threads to start. Where the user has
#: not set one of them, its library follows the first.
BLAS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

#: The same for TensorFlow and for JAX, whose NPROC bounds what `intra_op_parallelism_threads` in
#: XLA_FLAGS no longer does.
BACKEND_THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NPROC")


class ExecutorError(Exception):
    """Tasks cannot be run there. The text says why, and what to do."""


@dataclass(frozen=True)
class Done:
    """A task that ended, with what it returned.

    `seconds` it took by the clock; `waited` are those of them in which other programs had its processor.
    """

    value: Any
    seconds: float = field(default=0.0, compare=False, repr=False)
    waited: float = field(default=0.0, compare=False, repr=False)


@dataclass(frozen=True)
class Failed:
    """A task that raised, lost its process twice, or did not end in time; the text says which.

    `seconds` and `waited` as of `Done`, where they are known.
    """

    error: str
    seconds: float = field(default=0.0, compare=False, repr=False)
    waited: float = field(default=0.0, compare=False, repr=False)


WorkResult = Done | Failed

#: A top-level function (shared object, task) -> value. It must leave the shared object as it is.
Work = Callable[[Any, Any], Any]

LOST = Failed(
    "the process that ran it was killed, and so was the second one that tried it; "
    "the machine may have run out of memory"
)


class Executor(Protocol):
    """Runs tasks that do not depend on each other. Use it in a `with`, so that it always ends.

    `workers` is the number of tasks that run at the same time.
    """

    workers: int

    @abstractmethod
    def warm(self) -> None:
        """Start the workers and import Keras in them, in the background."""

    @abstractmethod
    def ready(self, seconds: float = START_SECONDS) -> float:
        """Wait until the workers are ready, at most so many seconds, so that no budget pays for their start.

        Returns:
            The share of a processor that each of them got meanwhile: 1.0 on an idle machine.
        """

    @abstractmethod
    def run(
        self, function: Work, shared: bytes, tasks: Sequence[Any], seconds: float = math.inf
    ) -> Iterator[tuple[int, WorkResult]]:
        """Run the function on each task; give (index of the task, outcome) as they come.

        A task that raises is Failed and the others go on. A task whose process dies is tried
        once more in a new one. Closing the iterator early, or an exception in it (Ctrl-C), stops
        what runs; what was given before stands.

        Args:
            function: Called with the shared object and one task, in a worker.
            shared: An object as `packed` made it. It is sent to each worker once.
            tasks: Small objects. One that has `seconds` ends by itself after so many; when it
                does not, it is abandoned.
            seconds: After so many the iterator ends: what still runs is stopped, and tasks that
                have not come by then do not come.

        Raises:
            ExecutorError: No worker can be started.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop all workers at once. The next run starts new ones, where it can."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# --- on this side ---


def packed(thing: Any) -> bytes:
    """The object as bytes for `run`; classes and functions of the user's script go along by value.

    They keep the file that they stand in: cloudpickle from 3.1.2 on leaves it out, and a worker has to say
    where a part is at fault.
    """
    import cloudpickle

    known = cloudpickle.Pickler.dispatch_table

    class Packer(cloudpickle.Pickler):  # type: ignore[misc]
        dispatch_table: ClassVar[Any] = ChainMap({types.CodeType: _with_file(known[types.CodeType])}, known)

    stream = io.BytesIO()
    Packer(stream).dump(thing)
    return stream.getvalue()


def _with_file(reduce: Callable[[types.CodeType], tuple[Any, ...]]) -> Callable[[types.CodeType], Any]:
    """How code is packed, with its file in place of cloudpickle's word for none."""

    def packed_code(code: types.CodeType) -> tuple[Any, ...]:
        make, arguments, *rest = reduce(code)
        return (
            make,
            tuple(code.co_filename if each == "<dynamic-code>" else each for each in arguments),
            *rest,
        )

    return packed_code


def digest(shared: bytes) -> str:
    """A name for these bytes, under which a worker keeps what it made of them."""
    return hashlib.blake2b(shared, digest_size=16).hexdigest()


def environment(threads: int, backend: str | None, folder: Path) -> dict[str, str]:
    """The variables that a worker starts with, besides those of this process.

    Args:
        threads: Upper bound of threads for each library. A lower bound of the user's own stays.
        backend: Keras's backend; None leaves it to the user's settings.
        folder: A folder for what JAX has compiled, which then is compiled once and not once per
            task: 1.4 s of CPU for a small model against 0.24 s.
    """
    variables = {
        **{name: str(min(threads, _own_bound(name, BLAS_THREADS[0]))) for name in BLAS_THREADS},
        **{name: str(min(threads, _own_bound(name))) for name in BACKEND_THREADS},
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # On an accelerator several processes share its memory: none may take it all at its start.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "JAX_COMPILATION_CACHE_DIR": str(folder / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        # The order of sets of names is the same in every worker.
        "PYTHONHASHSEED": os.environ.get("PYTHONHASHSEED", "0"),
    }
    return {**variables, "KERAS_BACKEND": backend} if backend else variables


def _own_bound(*names: str) -> int:
    """The first of these bounds that the user has set."""
    set_ones = (int(value) for name in names if (value := os.environ.get(name, "")).isdecimal())
    return next((value for value in set_ones if value > 0), 2**31 - 1)


def limit_of(task: Any) -> float:
    """The seconds by the clock that a task gives itself; infinite where it does not say.

    One with a `deadline` (in seconds of the epoch) ends there: its `seconds` are seconds of work.
    """
    deadline = float(getattr(task, "deadline", math.inf))
    own = float(getattr(task, "seconds", math.inf))
    return own if math.isinf(deadline) else max(0.0, deadline - time.time())


def too_late(task: Any) -> Failed:
    """The outcome of a task that was abandoned."""
    return Failed(f"took longer than its {limit_of(task):.3g} s and was stopped")


# --- in the worker ---


def end_with(parent: int, folder: str) -> None:
    """End this process when its parent has gone, which could not stop it if it was killed.

    `folder` is one of the parent's for a while, which could not remove it then either.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


_OPENED: dict[str, Any] = {}


def opened(key: str, read: Callable[[], Any]) -> Any:
    """The shared object of this key, unpacked at the first call; only the last one is kept."""
    if key not in _OPENED:
        _OPENED.clear()
        _OPENED[key] = pickle.loads(read())
    return _OPENED[key]


def attempt(function: Work, shared: Callable[[], Any], task: Any) -> WorkResult:
    """Run one task; whatever it raises becomes its outcome."""
    from unstuck.lab.clocks import waited

    started, before = time.monotonic(), waited()
    outcome: WorkResult
    try:
        outcome = Done(function(shared(), task))
    except Exception as error:
        outcome = failure(error)
    seconds = time.monotonic() - started
    return replace(outcome, seconds=seconds, waited=min(seconds, max(0.0, waited() - before)))


def share_of(outcomes: Iterable[WorkResult]) -> float:
    """The share of a processor that these tasks got, 1.0 where nothing is known."""
    outcomes = list(outcomes)
    whole, lost = sum(each.seconds for each in outcomes), sum(each.waited for each in outcomes)
    return 1.0 - lost / whole if whole else 1.0


def failure(error: BaseException) -> Failed:
    """An exception as an outcome; one that sets `says_all` is told by its text alone."""
    if getattr(error, "says_all", False):
        return Failed(str(error))
    return Failed(f"{type(error).__name__}: {error}".rstrip(": "))


def import_keras() -> None:
    """Import Keras and its backend, which takes seconds; where it fails, the first task will say so."""
    with contextlib.suppress(Exception):
        import keras

        keras.ops.zeros(1)


def prepare() -> WorkResult:
    """Import Keras in a worker, and fit one weight: the first fit of a process imports half as much again."""

    def first_fit(*_: Any) -> None:
        import_keras()
        with contextlib.suppress(Exception):
            import keras

            model = keras.Sequential([keras.layers.Dense(1)])
            model.compile("sgd", "mse")
            one = keras.ops.convert_to_numpy(keras.ops.zeros((1, 1)))
            model.fit(one, one, verbose=0)

    return attempt(first_fit, lambda: None, None)
