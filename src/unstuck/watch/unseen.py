"""Run the user's own code once more without anybody noticing."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from unstuck.watch.backend import backend
from unstuck.watch.muting import muted
from unstuck.watch.restoring import keep

_INSIDE = threading.local()


@contextlib.contextmanager
def unseen(*roots: Any) -> Iterator[None]:
    """A block in which probes run the user's layers, losses, metrics and schedules, and leave no trace.

    What this thread prints, warns of and logs is dropped. Put back are all random streams, Keras's
    counters of names, and what the code behind `roots` (the model, as a rule) can reach and change. Files,
    connections and other processes are out of reach. A block inside another one adds nothing.
    """
    with unseen_runs(*roots) as run, run():
        yield


@contextlib.contextmanager
def unseen_runs(*roots: Any) -> Iterator[Callable[[], contextlib.AbstractContextManager[None]]]:
    """Blocks of that kind one after the other, by what this gives: each leaves all as the first one found it.

    What can be reached is looked up once, which takes longer than a run of a small model.
    """
    if getattr(_INSIDE, "unseen", False):
        yield contextlib.nullcontext
        return
    _INSIDE.unseen = True
    try:
        with muted(), np.errstate(all="ignore"):
            put_back = keep(*roots)

            @contextlib.contextmanager
            def run() -> Iterator[None]:
                try:
                    with backend().random_guard(), _names():
                        yield
                finally:
                    put_back()

            yield run
    finally:
        _INSIDE.unseen = False


@contextlib.contextmanager
def _names() -> Iterator[None]:
    """Keras numbers the names of layers as they are made."""
    from keras.src.backend.common import global_state

    attribute = "object_name_uids"
    counted = copy.copy(global_state.get_global_attribute(attribute))
    try:
        yield
    finally:
        global_state.set_global_attribute(attribute, counted)
