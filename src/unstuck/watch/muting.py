"""Nobody hears a probe: what it prints, warns of and logs is dropped, what the user's threads say is not.

Python's own means are for the whole process and leave traces: `redirect_stdout` swallows what other
threads print, and `catch_warnings` makes warnings that were shown once be shown again. Here each
word is judged by the thread that says it, and the registries of warnings stay as they are.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from unstuck.watch.imports import nothing_imported


class _Probe:
    """Which threads belong to a probe: the one that made this, and threads of a backend new since then."""

    #: What a library reads that copies the filters of warnings for its workers: any text.
    pattern = ""

    def __init__(self) -> None:
        self._here = threading.get_ident()
        self._before = {thread.ident for thread in threading.enumerate()}
        self.over = False

    def speaks(self) -> bool:
        """Whether the calling thread is the probe's."""
        if self.over:
            return False
        speaker = threading.get_ident()
        return speaker == self._here or (speaker not in self._before and speaker not in _pythons_own())

    def match(self, _text: str) -> bool:
        """What the filters of warnings ask a pattern: here the speaker counts, not the text."""
        return self.speaks()


def _pythons_own() -> set[int | None]:
    """The threads that Python code started; JAX and TensorFlow call back from others."""
    return {
        thread.ident for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)
    }


class _Stream:
    """A stream that drops what a probe writes and is the original to everybody else."""

    def __init__(self, original: Any, probe: _Probe) -> None:
        self._original, self._probe = original, probe
        self._dropped = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")

    def write(self, text: str) -> int:
        """Write or drop."""
        return len(text) if self._probe.speaks() else self._original.write(text)

    def writelines(self, lines: Any) -> None:
        """Write or drop."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        held = self._dropped if name == "buffer" and self._probe.speaks() else self._original
        return getattr(held, name)


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Drop what this thread prints, warns of and logs in the block, and leave no trace of it."""
    probe = _Probe()
    with contextlib.ExitStack() as stack:
        stack.callback(setattr, probe, "over", True)
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is not None:
                stack.enter_context(_replaced(sys, name, _Stream(getattr(sys, name), probe)))
        stack.enter_context(_unless(probe, logging.Logger, "callHandlers"))
        stack.enter_context(_ignored_warnings(probe))
        stack.enter_context(_shown_warnings())
        stack.enter_context(nothing_imported())
        printing = sys.modules.get("tensorflow.python.ops.gen_logging_ops")
        if printing is not None:  # tf.print writes past Python's streams
            stack.enter_context(_unless(probe, printing, "print_v2"))
        stack.callback(_wait_for_prints)
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _unless(probe: _Probe, owner: Any, name: str) -> contextlib.AbstractContextManager[None]:
    """A function that does nothing where the probe calls it."""
    original: Callable[..., Any] = getattr(owner, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        return None if probe.speaks() else original(*args, **kwargs)

    return _replaced(owner, name, call)


def _filters() -> list[Any]:
    return warnings.filters  # type: ignore[return-value]


@contextlib.contextmanager
def _ignored_warnings(probe: _Probe) -> Iterator[None]:
    """Ignore the probe's warnings. An ignored warning does not count as shown.

    The list is changed in place: `warnings.filterwarnings` would make all that was shown be shown again.
    """
    filters = _filters()
    entry = ("ignore", probe, Warning, None, 0)
    filters.insert(0, entry)
    try:
        yield
    finally:
        for held in (filters, _filters()):  # another thread may have put a list of its own there
            if entry in held:
                held.remove(entry)


@contextlib.contextmanager
def _shown_warnings() -> Iterator[None]:
    """Keep what was shown as shown where libraries change the filters, as TensorFlow does while it traces.

    Each module holds what it has shown, with the version of the filters at that time; with another version it
    is forgotten at the next warning.
    """
    version, shown = _version_of_filters(), {}
    name = "__warningregistry__"
    for held in [names[name] for names in _names_of_modules() if name in names]:
        if isinstance(held, dict) and held.get("version") == version:
            shown[id(held)] = held, dict(held)
    try:
        yield
    finally:
        now = _version_of_filters()
        for held, before in shown.values() if now != version else ():
            held.update(before, version=now)


#: The names that each module holds, as of the last time that their number was another one.
_held: list[dict[str, Any]] = []


def _names_of_modules() -> list[dict[str, Any]]:
    """The names of each module. Thousands are loaded and each probe asks, so they are gathered once."""
    if len(_held) != len(sys.modules):
        _held[:] = [getattr(module, "__dict__", {}) for module in tuple(sys.modules.values())]
    return _held


def _version_of_filters() -> int:
    """Python tells it only to those who warn."""
    told: dict[str, int] = {}
    with contextlib.suppress(UserWarning):  # a filter that the probe's code left may make an error of it
        warnings.warn_explicit("asked by unstuck", UserWarning, __file__, 0, registry=told)  # type: ignore[arg-type]
    return told["version"]


def _wait_for_prints() -> None:
    """JAX prints from compiled code when it pleases."""
    jax = sys.modules.get("jax")
    if jax is not None and hasattr(jax, "effects_barrier"):
        with contextlib.suppress(Exception):  # a callback of the user's raised: that is the probe's to tell
            jax.effects_barrier()
