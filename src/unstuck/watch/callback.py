"""The callback that watches one fit when there is no runner: `callbacks=[unstuck.Watch()]`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from unstuck.watch import hook
from unstuck.watch.hook import Onlooking
from unstuck.watch.observation import Observation, clock, look_at_rows
from unstuck.watch.onlooker import Onlooker
from unstuck.watch.places import place_of_frame, user_frame
from unstuck.watch.taps import Tap, kind_of
from unstuck.watch.unseen import unseen
from unstuck.watch.vitals import make_vitals

_READ = ("x", "y", "sample_weight", "batch_size", "epochs", "initial_epoch", "shuffle", "class_weight")
_READ_TOO = ("validation_data", "validation_split", "steps_per_epoch", "callbacks")


def make_watch(conclude: Callable[[Observation], Any], onlooking: Onlooking | None = None) -> Any:
    """A `keras.callbacks.Callback` that observes the fit it is given to and then concludes.

    `onlooking` makes who looks on meanwhile; where the fit is watched from outside as well, that does.

    Raises:
        ImportError: Keras is not installed.
    """
    vitals = make_vitals()

    class Watch(type(vitals)):  # type: ignore[misc]
        """Vital signs during fit, a diagnosis at its end."""

        diagnosis: Any = None
        onlooker: Onlooker | None
        _begun: float = 0.0
        _early: Observation | None = None

        def on_train_begin(self, logs: Any = None) -> None:
            self._begun, self._early = clock(), None
            if onlooking is not None and not hook.is_watching():
                self._look_on(onlooking, sys._getframe(1))
            super().on_train_begin(logs)
            if self._early is not None:
                self._early.arguments = {}  # the fit may raise, and this callback outlive it

        def _look_on(self, onlooking: Onlooking, frame: FrameType) -> None:
            try:
                seen = self._early = _observe(self._model, frame)
                if seen is not None:
                    seen.begun = self._begun
                    self.onlooker = onlooking(seen, lambda _: _rows_of(seen, None), self)
            except Exception as error:  # the border: nothing is told early
                self.note_error("on_train_begin", error)

        def on_train_end(self, logs: Any = None) -> None:
            super().on_train_end(logs)
            try:
                # The arguments are still there, in the frame of fit; nothing is kept before or after.
                seen = _observe(self._model, sys._getframe(1))
                if seen is not None:
                    seen.seconds = clock() - self._begun
                    if self._early is not None:
                        seen.told, seen.errors = self._early.told, self._early.errors
                        seen.stopped_at = self._early.stopped_at
                        seen.watch_seconds = self._early.watch_seconds
                    with unseen(seen.model):  # a schedule and rows that convert themselves are the user's own
                        _complete(seen, self.result())
                    self.diagnosis = conclude(seen)
            except KeyboardInterrupt:
                sys.stderr.write("unstuck: the diagnosis of this fit was interrupted\n")
            except Exception as error:  # the border: the user's fit must return
                sys.stderr.write(f"unstuck: the diagnosis failed ({type(error).__name__}: {error})\n")
            finally:
                self._recorder = self._early = None
                self.onlooker = None

    watch = Watch()
    watch.__dict__.update(vitals.__dict__)
    return watch


def _observe(model: Any, frame: FrameType | None) -> Observation | None:
    """Read the arguments from the frame of Keras's fit; nothing of it is changed."""
    start = frame
    while frame is not None and not _is_fit(frame):
        frame = frame.f_back
    if frame is None:
        return None
    local = frame.f_locals
    arguments = {name: local[name] for name in (*_READ, *_READ_TOO) if name in local}
    return Observation(
        model=model,
        arguments=arguments,
        place=place_of_frame(user_frame(start)),
        data=kind_of(arguments.get("x")),
    )


def _is_fit(frame: FrameType) -> bool:
    return frame.f_code.co_name == "fit" and Path(frame.f_code.co_filename).name == "trainer.py"


def _complete(seen: Observation, signs: Any) -> None:
    seen.vitals = signs
    seen.errors.extend(signs.errors)
    seen.training, seen.validation = _rows_of(seen, signs.steps_per_epoch)


def _rows_of(seen: Observation, steps_per_epoch: int | None) -> Any:
    # Keras has cut the validation rows off by now: x and y hold the training rows only.
    arguments = {**seen.arguments, "validation_split": 0.0}
    return look_at_rows(arguments, Tap(), Tap(), steps_per_epoch)
