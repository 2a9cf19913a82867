"""Many files: those that are known are taken from the cache, the others read in several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from unstuck.lint.check import Checked, check, may_train
from unstuck.lint.files import Unit
from unstuck.lint.kept import Cache, Remembered, packed, unpacked
from unstuck.lint.settings import Settings

#: Lines to read from which on further processes are worth their start, and how many of them at most.
WORTH_IT, MOST_PROCESSES = 3_000, 8


def one_by_one(units: Sequence[Unit], settings: Settings) -> Iterator[Checked]:
    """What comes of each file, in order; each is read when it is asked for."""
    for unit in units:
        yield check(unit, settings)


def remembered(units: Sequence[Unit], settings: Settings, *, cache: bool = True) -> Iterator[Checked]:
    """What comes of each file, in order, from the `cache` where that may be asked, and in several processes.

    Files that train nothing cost no more than a look at their text.
    """
    memory = Cache(settings) if cache else None
    told = [unit for unit in units if may_train(unit)]
    known = {id(unit): memory.get(unit) if memory is not None else None for unit in told}
    waiting = [unit for unit in told if known[id(unit)] is None]
    try:
        others = _in_processes(waiting, settings)
        for unit in units:
            kept = known.get(id(unit))
            if kept is None and id(unit) in known:
                result = next(others, None)
                checked = unpacked(result, unit) if result is not None else check(unit, settings)
                yield checked
                if memory is not None:
                    memory.put(unit, result or packed(checked))
            else:
                yield unpacked(kept, unit) if kept is not None else check(unit, settings)
    finally:
        if memory is not None:
            memory.trim()


def _in_processes(units: Sequence[Unit], settings: Settings) -> Iterator[Remembered]:
    """What comes of files that are read side by side, in order; nothing where that is not worth it."""
    count = min(_cores(), MOST_PROCESSES, len(units))
    if count < 2 or sum(unit.text.count("\n") for unit in units) < WORTH_IT:
        return
    pool = ProcessPoolExecutor(count, mp_context=_context(), initializer=_quietly)
    try:
        yield from pool.map(partial(_packed, settings=settings), units)
    except (BrokenProcessPool, OSError):
        return  # whoever asks reads the rest by itself
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _packed(unit: Unit, settings: Settings) -> Remembered:
    return packed(check(unit, settings))


def _context() -> multiprocessing.context.BaseContext:
    """A copy of this process where that is safe: it has the rules already, which take a third of a second."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return multiprocessing.get_context("spawn")
    from unstuck.rules.rule import catalogue

    catalogue()
    return multiprocessing.get_context("fork")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quietly() -> None:
    """Ctrl-C ends the process that asked, and it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
