"""Whole programs in processes that are forked from one in which Keras and unstuck are imported already.

A program spends most of its time importing its backend, Keras, pandas and others. Here they are imported
once. That watching begins as well where Keras comes later is for the examples that tests/test_clinic.py
starts anew.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

#: What programs, Keras and unstuck import, where it is installed.
IMPORTED = (
    "numpy",
    "torch",
    "torch._dynamo",
    "scipy.stats",
    "scipy.sparse.linalg",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.neighbors",
    "pandas",
    "matplotlib.pyplot",
    "h5py",
    "ml_dtypes",
    "optree",
    "absl.logging",
    "requests",
    "rich.console",
    "rich.progress",
    "libcst.metadata",
    "msgspec",
    "click",
    "keras",
    "unstuck.cli",
    "unstuck.verbs.run",
    "unstuck.verbs.diagnose",
)


class Forks:
    """Runs modules of Python one after the other, each in a fork of one process that has imported much."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process that forks, which leads the session of all that runs in forks of it."""
        return self._process.pid

    def run(self, arguments: list[str], folder: Path, output: Path, seconds: float) -> int:
        """The exit status of `python -m` with these arguments; what it prints goes into a file.

        Raises:
            subprocess.TimeoutExpired: it was killed after so many seconds.
        """
        process, late = self._process, threading.Timer(seconds, self.stop)
        assert process.stdin is not None
        assert process.stdout is not None
        late.start()
        try:
            process.stdin.write(json.dumps([arguments, str(folder), str(output)]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        finally:
            late.cancel()
        if not answer:
            raise subprocess.TimeoutExpired(arguments, seconds)
        return int(json.loads(answer))

    def stop(self) -> None:
        """End the process and what runs in forks of it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.communicate()


def _serve() -> list[Any] | None:
    """Fork for each line of the input; in the fork, give back what is to be run."""
    _hear_signals()
    for name in IMPORTED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    importlib.import_module("unstuck.rules.rule").catalogue()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return list(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def _hear_signals() -> None:
    """As on a terminal: what is started in the background, or by nohup, is born deaf to some signals."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGHUP", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def _become(arguments: list[str], folder: str, output: str) -> None:
    """Be `python -m` with these arguments, in this folder."""
    nothing, file = os.open(os.devnull, os.O_RDONLY), os.open(output, os.O_WRONLY | os.O_CREAT)
    for opened, stream in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(opened, stream)
    os.chdir(folder)
    sys.path[0] = folder
    sys.argv[1:] = arguments[1:]
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    asked = _serve()
    if asked is not None:
        _become(*asked)
