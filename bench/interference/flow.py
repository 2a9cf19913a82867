"""Threads, processes, exceptions and interruptions around a fit."""

from __future__ import annotations

import threading
from typing import Any

from interference.table import Watching, compiled, dense, fitted, program, rows, state


@program("in a thread of its own")
def _in_thread(watching: Watching) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(fitted(compiled(), watching)))
    thread.start()
    thread.join()
    return found


@program("in a thread pool, one after the other")
def _in_pool(watching: Watching) -> Any:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return [each.result() for each in [pool.submit(fitted, compiled(), watching) for _ in range(2)]]


@program("while another thread prints and warns")
def _beside(watching: Watching) -> Any:
    import time

    said, over = [], threading.Event()

    def talk() -> None:
        while not over.is_set():
            said.append(print(end=""))
            time.sleep(0.001)

    thread = threading.Thread(target=talk)
    thread.start()
    result = fitted(compiled(), watching)
    over.set()
    thread.join()
    return result, set(said)


@program("a fork after the fit", on=("torch",))
def _forked(watching: Watching) -> Any:
    import os

    model = compiled()
    result = fitted(model, watching)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, f"{sum(float(abs(each).sum()) for each in state(model)):.6f}".encode())
        os._exit(3)
    os.close(writer)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reader) as stream:
        return result, stream.read(), status


@program("processes of multiprocessing around the fit")
def _processes(watching: Watching) -> Any:
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        before = pool.map(abs, [-1, -2])
        result = fitted(compiled(), watching)
        return before, result, pool.map(abs, [-3])


class _Planted(Exception):
    """What a user's callback raises."""


@program("a callback that raises, caught")
def _raises(watching: Watching) -> Any:
    return _ended(_Planted("planted"), watching)


@program("Ctrl-C in a fit, caught")
def _interrupted(watching: Watching) -> Any:
    return _ended(KeyboardInterrupt(), watching)


@program("sys.exit in a fit, caught")
def _exits(watching: Watching) -> Any:
    return _ended(SystemExit(3), watching)


def _ended(error: BaseException, watching: Watching) -> Any:
    """A fit that a callback ends in its second epoch, and another one after it."""
    import keras

    class Ending(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise error

    model = compiled(dense(keras.layers.Dropout(0.3)))
    try:
        fitted(model, watching, callbacks=[Ending()])
    except BaseException as caught:
        said = (type(caught).__name__, str(caught), caught is error, caught.__cause__, caught.__context__)
    return said, fitted(model, watching)


@program("a signal in a fit, handled")
def _signalled(watching: Watching) -> Any:
    import signal

    import keras

    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))

    class Signalling(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            signal.raise_signal(signal.SIGTERM)

    try:
        return fitted(compiled(), watching, callbacks=[Signalling()]), heard
    finally:
        signal.signal(signal.SIGTERM, before)


@program("wrong shapes, caught")
def _shapes(watching: Watching) -> Any:
    x, y = rows()
    model = compiled()
    try:
        fitted(model, watching, x[:, :4], y)
    except Exception as error:
        kind = type(error).__name__
    return kind, fitted(model, watching, x, y)


@program("a fit inside a callback of a fit")
def _fit_in_fit(watching: Watching) -> Any:
    import keras

    inner = compiled()

    class Inner(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            x, y = rows(32)
            inner.fit(x, y, verbose=0)

    return fitted(compiled(), watching, callbacks=[Inner()]), state(inner)


@program("garbage collected by hand, model let go of")
def _let_go(watching: Watching) -> Any:
    import gc
    import weakref

    gone: list[str] = []
    model = compiled()
    x, y = rows()
    weakref.finalize(x, gone.append, "rows")
    result = fitted(model, watching, x, y)
    del x, y, model
    gc.collect()
    return result, gone, gc.isenabled()


@program("warnings, logging, numpy's errors set by hand")
def _settings(watching: Watching) -> Any:
    import logging
    import warnings

    import numpy as np

    def warn() -> None:
        warnings.warn("told once", UserWarning, stacklevel=1)

    logger, told = logging.getLogger("program"), []
    logger.setLevel(logging.INFO)
    handler = logging.StreamHandler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    with np.errstate(divide="raise"):
        logger.info("before")
        warn()
        result = fitted(compiled(), watching)
        warn()
        logger.info("after")
        found = np.geterr()
    logger.removeHandler(handler)
    return result, told, found, logging.root.level
