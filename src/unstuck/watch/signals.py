"""A few seconds before a signal ends the program: what is to be done first, then the signal has its effect.

SIGTERM and SIGHUP, where the script leaves them as they are. A script that installs a handler of its own
keeps it, and one that asks what stands there is told what would stand there without unstuck.

The main thread may be deep in a library of C, which a handler of Python has to wait for: a compilation takes
minutes. So the work is done in a thread, which the system's own note of a signal wakes at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

#: Seconds that may pass until the signal has its effect.
SECONDS = 5.0

#: What ends a program from outside; Windows has one of them, and ends it at once.
_NAMES = ("SIGTERM", "SIGHUP") if os.name == "posix" else ()

#: Seconds beyond which nobody waits for the main thread to let the signal have its effect.
_PATIENCE = 0.2

_SIGNAL, _GETSIGNAL = signal.signal, signal.getsignal


class Departure:
    """In a `with` block, which must be in the main thread, calls `first` before a signal ends the program.

    Args:
        first: is given the signal's name, in another thread; the main thread stands still meanwhile. It may
            raise, and may take too long: then it is cut off.
    """

    def __init__(self, first: Callable[[str], None]) -> None:
        self._first = first
        self._process = os.getpid()
        self._heard: int | None = None
        self._deadline = 0.0
        self._done, self._lock = threading.Event(), threading.RLock()
        self._ends_itself = False
        self._pipe: tuple[int, int] | None = None

    def __enter__(self) -> Departure:
        if threading.current_thread() is threading.main_thread():
            self._claim()
            _standing.append(self)
            _replace(self._signal, self._getsignal)
        return self

    def __exit__(self, *_: object) -> None:
        if self not in _standing or os.getpid() != self._process:
            return
        _standing.remove(self)
        self._let_go()
        self._close_pipe()

    def watch(self) -> None:
        """Wake up at once from now on, whatever the main thread does, which has to ask for it."""
        if self._pipe is not None or self not in _standing:
            return
        if threading.current_thread() is not threading.main_thread():
            return
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        if before != -1:  # somebody else is woken
            signal.set_wakeup_fd(before)
            os.close(reading)
            os.close(writing)
            return
        self._pipe = reading, writing
        threading.Thread(target=self._wait, args=(reading,), name="unstuck", daemon=True).start()

    def claim_again(self) -> None:
        """The script is over, and so are its handlers: a signal is ours again."""
        if self in _standing:
            self._claim(signal.SIG_IGN)

    @contextlib.contextmanager
    def last_words(self) -> Iterator[None]:
        """A block that does itself what `first` would do: a signal lets it go on, for as long as it may."""
        self._ends_itself = True
        try:
            yield
        finally:
            if self._heard is not None:
                self._leave(self._heard)

    def _claim(self, *keep: Any) -> None:
        for number in _numbers():
            held = _GETSIGNAL(number)
            free = held not in (None, *keep) if keep else held == signal.SIG_DFL
            if free:
                _SIGNAL(number, self._handle)

    def _let_go(self) -> None:
        _replace(_SIGNAL, _GETSIGNAL)
        for number in _numbers():
            if _GETSIGNAL(number) == self._handle:
                _SIGNAL(number, signal.SIG_DFL)

    def _signal(self, number: Any, handler: Any) -> Any:
        """`signal.signal` for the script: what would happen without us is what it sees."""
        if number in _numbers() and handler == signal.SIG_DFL and os.getpid() == self._process:
            handler = self._handle
        before = _SIGNAL(number, handler)
        return signal.SIG_DFL if before == self._handle else before

    def _getsignal(self, number: Any) -> Any:
        held = _GETSIGNAL(number)
        return signal.SIG_DFL if held == self._handle else held

    def _handle(self, number: int, _: Any) -> None:
        """In the main thread: stand still until the work is done, then leave."""
        if self._ends_itself:
            self._begin(number)
            return
        _SIGNAL(signal.SIGINT, signal.SIG_IGN)  # what it raises would go on in the user's code
        self._begin(number)
        self._done.wait(max(0.0, self._deadline - time.monotonic()))
        self._leave(number)

    def _wait(self, reading: int) -> None:
        """In the thread: hear of signals, whatever the main thread does."""
        with contextlib.suppress(OSError), os.fdopen(reading, "rb", buffering=0) as pipe:
            while heard := pipe.read(1):
                if _GETSIGNAL(heard[0]) == self._handle:
                    self._begin(heard[0])

    def _begin(self, number: int) -> None:
        """Start the work, once; and see to it that the program ends, whatever becomes of it."""
        with self._lock:
            if self._heard is not None:
                return
            self._heard, self._deadline = number, time.monotonic() + SECONDS
        if not self._ends_itself:
            threading.Thread(target=self._work, name="unstuck", daemon=True).start()
        threading.Thread(target=self._see_to_it, name="unstuck", daemon=True).start()

    def _work(self) -> None:
        try:
            self._first(signal.Signals(self._heard or 0).name)
        finally:
            self._done.set()

    def _see_to_it(self) -> None:
        """Where the main thread hears nothing: end the program as the signal would."""
        self._done.wait(max(0.0, self._deadline - time.monotonic()))
        time.sleep(_PATIENCE)
        number = self._heard or signal.SIGTERM
        # Python sets handlers in the main thread only.
        set_handler = ctypes.CDLL(None).signal
        set_handler.argtypes, set_handler.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_void_p
        set_handler(number, None)
        os.kill(self._process, number)

    def _leave(self, number: int) -> None:
        """In the main thread: the signal's own effect."""
        _SIGNAL(number, signal.SIG_DFL)
        os.kill(self._process, number)

    def _close_pipe(self) -> None:
        if self._pipe is None:
            return
        writing = self._pipe[1]
        self._pipe = None
        current = signal.set_wakeup_fd(-1)
        if current not in (-1, writing):
            signal.set_wakeup_fd(current)
        os.close(writing)  # the thread reads the end, and closes its own

    def _forked(self) -> None:
        """In a child that the script forked off: as without us."""
        with contextlib.suppress(Exception):
            self._let_go()
            if self._pipe is not None:
                current = signal.set_wakeup_fd(-1)
                if current not in (-1, self._pipe[1]):
                    signal.set_wakeup_fd(current)


#: Those that are entered, the last one on top.
_standing: list[Departure] = []


def _replace(function: Any, asking: Any) -> None:
    """Put these in the place of `signal.signal` and `signal.getsignal`."""
    signal.signal, signal.getsignal = function, asking


def _numbers() -> tuple[signal.Signals, ...]:
    return tuple(getattr(signal, name) for name in _NAMES)


def _after_fork() -> None:
    while _standing:
        _standing.pop()._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
