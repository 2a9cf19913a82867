"""Vital signs during fit: the callback that sees weights, slots and losses, and disturbs nothing.

It looks at steps 1, 2, 4, 8, ... and once an epoch, in on_train_batch_begin, which always runs on
the main thread. It draws no random numbers, keeps no rows of the user's data, and measures its own
time to stay within its share of the training's. What happens at every step is kept to a few comparisons:
beside a step of a millisecond a call of the system for the time would be felt.
"""

from __future__ import annotations

import functools
import inspect
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from unstuck.watch.onlooker import BUDGET, JUDGING, KEEPING, Onlooker
from unstuck.watch.recorder import Recorder, VitalSigns

#: A hook that takes some microseconds is timed by the clock on the wall, ten times as quick to read as a
#: thread's own time, and what is beyond so many seconds is taken for a wait for the processor.
_BRIEF = 0.0002


def _guarded(hook: Callable[..., None]) -> Callable[..., None]:
    """Time a hook, and keep what it raises from the user's training; then tell who looks on.

    Keras hands `logs` to every hook; those that take fewer parameters are not given it.
    """
    takes, moment = len(inspect.signature(hook).parameters) - 1, _MOMENTS.get(hook.__name__)

    @functools.wraps(hook)
    def run(self: Any, *args: Any, logs: Any = None) -> None:
        started = time.thread_time()
        try:
            hook(self, *(*args, logs)[:takes])
        except Exception as error:  # the border: nothing of ours may end or alter the training
            self.note_error(hook.__name__, error)
        finally:
            self.add_seconds(time.thread_time() - started)
        if moment is not None:
            self.tell(moment)

    return run


def _brief(hook: Callable[..., None]) -> Callable[..., None]:
    """As `_guarded`, for a hook that comes often and takes some microseconds."""
    name, moment = hook.__name__, _MOMENTS.get(hook.__name__)

    @functools.wraps(hook)
    def run(self: Any, number: int, logs: Any = None) -> None:
        started = time.perf_counter()
        try:
            hook(self, number, logs)
        except Exception as error:
            self.note_error(name, error)
        self.add_brief(started)
        if moment is not None:
            self.tell(moment)

    return run


def _unless_it_passes(hook: Callable[..., None]) -> Callable[..., None]:
    """Let a batch pass at which nothing is to be done, and nobody wants to be told."""

    @functools.wraps(hook)
    def run(self: Any, batch: int, logs: Any = None) -> None:  # noqa: ARG001 - Keras hands it over
        started, recorder = time.perf_counter(), self._recorder
        try:
            passes = recorder is not None and recorder.passes(batch)
        except Exception as error:
            self.note_error(hook.__name__, error)
        else:
            if passes and started < self.wakes:
                self.add_brief(started)
            else:
                hook(self, batch)

    return run


#: The moments of an onlooker, by the hook that they follow.
_MOMENTS = {
    "on_train_begin": "begun",
    "on_epoch_begin": "epoch_begun",
    "on_train_batch_begin": "stepped",
    "on_epoch_end": "epoch_ended",
    "on_train_end": "ended",
}


@functools.cache
def _callback_class() -> Any:
    """The callback's class, made when it is first needed: Keras is not imported before the user does."""
    import keras

    class Vitals(keras.callbacks.Callback):  # type: ignore[misc]
        """Watches one fit at a time; `result()` gives what it saw of the last one."""

        async_safe = True

        def __init__(self, budget: float = BUDGET) -> None:
            super().__init__()
            self.budget = budget
            self.errors: list[tuple[str, str]] = []
            self.seconds = 0.0
            self.onlooker: Onlooker | None = None
            self.wakes = math.inf
            self._recorder: Recorder | None = None

        def note_error(self, hook: str, error: Exception) -> None:
            """Keep the first error of each hook. Nothing is looked at from then on: it would come again."""
            if all(name != hook for name, _ in self.errors):
                self.errors.append((hook, f"{type(error).__name__}: {error}"))

        def add_seconds(self, seconds: float) -> None:
            """Count time of ours, for the budget as well."""
            self.seconds += seconds
            if self._recorder is not None:
                self._recorder.seconds = self.seconds

        def add_brief(self, started: float) -> None:
            """Count what has passed since then, by `time.perf_counter`, as brief time of ours."""
            self.add_seconds(min(time.perf_counter() - started, _BRIEF))

        def tell(self, moment: str) -> None:
            """Tell who looks on; of a step only where something is new, or it is time."""
            recorder, onlooker = self._recorder, self.onlooker
            if onlooker is None:
                return
            if moment not in ("stepped", "epoch_ended"):
                getattr(onlooker, moment)()
            elif recorder is not None and (
                recorder.news or moment == "epoch_ended" or time.perf_counter() >= onlooker.wakes
            ):
                getattr(onlooker, moment)(recorder.take_news())
            self.wakes = onlooker.wakes

        def affords(self, seconds: float, share: float) -> bool:
            """Whether these seconds are no more than a share of those in which the fit worked."""
            return self._recorder is not None and self._recorder.affords(seconds, share)

        def so_far(self) -> VitalSigns | None:
            """What was seen up to now, to be asked for by who looks on; None after an error of ours."""
            return None if self._recorder is None or self.errors else self._recorder.so_far()

        @property
        def last_weights(self) -> list[np.ndarray] | None:
            """The latest copy of the weights, in the order of `model.weights`."""
            return self._recorder.last if self._recorder is not None else None

        @_guarded
        def on_train_begin(self) -> None:
            self.errors, self.seconds, self._recorder, self.wakes = [], 0.0, None, math.inf
            # Not `self.model`: on JAX it would force the whole state back onto the model.
            model = self._model
            if type(model).__name__ == "DistributedDataParallel":
                model = model.module
            steps = (self.params or {}).get("steps")
            budget = self.budget - (JUDGING + KEEPING if self.onlooker is not None else 0.0)
            self._recorder = Recorder(model, budget, steps)

        @_brief
        def on_epoch_begin(self, epoch: int, _logs: Any) -> None:
            if self._recorder is not None:
                self._recorder.begin_epoch(epoch)

        @_unless_it_passes
        @_guarded
        def on_train_batch_begin(self, batch: int) -> None:
            if self._recorder is not None and not self.errors:
                self._recorder.begin_batch(batch)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if self._recorder is not None and logs:
                self._recorder.arrived.append((batch, logs.get("loss")))

        @_guarded
        def on_test_begin(self) -> None:
            if self._recorder is not None and not self.errors:
                self._recorder.note_rows()

        @_guarded
        def on_epoch_end(self, _epoch: int, logs: Any) -> None:
            if self._recorder is not None:
                self._recorder.end_epoch(logs or {})

        @_guarded
        def on_train_end(self) -> None:
            """Only for who looks on."""

        def result(self) -> VitalSigns:
            """What was seen of the last fit, whether it ended or was cut short."""
            errors = tuple(self.errors)
            if self._recorder is None:
                return VitalSigns(errors=errors, seconds=self.seconds)
            return self._recorder.result(errors, self.seconds)

    return Vitals


def make_vitals(budget: float = BUDGET) -> Any:
    """A `keras.callbacks.Callback` that takes vital signs.

    Args:
        budget: the share of the training's time that it may use, beside the first pair of snapshots.

    Returns:
        The callback; `result()` gives its VitalSigns at any time, `last_weights` the latest copy
        of the weights, `errors` what went wrong in it (the training never notices).

    Raises:
        ImportError: Keras is not installed.
    """
    return _callback_class()(budget)
