"""Trials where no recipe can be had: the edited script itself, run again in a child for fewer epochs.

The child runs the user's script under its own name and folder, up to the fit in question. There it
sets the seed, shortens the training and ends the script after it. It may write no file.
"""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from unstuck.case.proofs import ChangeRecord
from unstuck.case.recording import proposal_of
from unstuck.evidence.source import SourceReader
from unstuck.lab.arms import Arm, ArmTask
from unstuck.lab.clocks import WorkClock, child_waited
from unstuck.lab.recipe import UntreatableError
from unstuck.remedies.remedy import ByHandError, first_and_last, write_steps

#: Where torch puts what it compiled, which may be a folder of the user's.
_CACHES = ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """How a script was run, before it could change any of it itself.

    `fit` counts its fits from 0; `epochs` and `updates` are those of that fit; `seconds` are those
    of work that the script took up to its end. `backend` is Keras's. `why` says why there is no recipe.
    """

    script: str
    arguments: tuple[str, ...] = ()
    folder: str = "."
    environment: Mapping[str, str] = field(default_factory=dict)
    backend: str = "torch"
    fit: int = 0
    epochs: int = 1
    seconds: float = 0.0
    why: str = ""


def edited_files(rerun: Rerun, changes: tuple[ChangeRecord, ...]) -> dict[str, bytes]:
    """The user's files with the changes made, by name.

    Raises:
        UntreatableError: a change cannot be placed in them.
    """
    sources = SourceReader(main=str(Path(rerun.folder, rerun.script).absolute()))
    try:
        written = write_steps([proposal_of(change) for change in changes], sources)
    except ByHandError as reason:
        raise UntreatableError(str(reason)) from None
    if changes and not written:
        raise UntreatableError("it is advice, which no training can try")
    return {before.file: after.data for before, after in first_and_last(written)}


def run_again(rerun: Rerun, task: ArmTask) -> Arm:
    """Run the script with the changes made, up to the fit, and judge that.

    Raises:
        UntreatableError: a change cannot be placed, or the script did not come to the fit.
    """
    clock = WorkClock(task.seconds, task.deadline, task.begun)
    before = clock.spent
    edited = edited_files(rerun, task.changes)
    patience = clock.left if math.isinf(task.deadline) else task.deadline - time.time()
    with tempfile.TemporaryDirectory(prefix="unstuck-") as folder:
        plan, result = Path(folder, "plan.pickle"), Path(folder, "arm.pickle")
        told = {
            "script": rerun.script,
            "arguments": list(rerun.arguments),
            "edited": edited,
            "fit": rerun.fit,
            "seed": task.seed,
            "epochs": task.size.epochs,
            "seconds": clock.left,
            "deadline": task.deadline,
            "share": task.share,
            "result": str(result),
            "scratch": folder,
            "parent": os.getpid(),
        }
        plan.write_bytes(pickle.dumps(told))
        command = [sys.executable, "-m", "unstuck.lab.rerun_child", str(plan)]
        environment = {**rerun.environment, "KERAS_BACKEND": rerun.backend}
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
        environment |= {name: str(Path(folder, name)) for name in _CACHES}
        environment["TORCHINDUCTOR_COMPILE_THREADS"] = "1"  # more are processes, which no guard sees
        environment |= {name: value for name, value in os.environ.items() if _of_worker(name)}
        _run(command, rerun.folder, environment, max(patience, 1.0))
        if not result.exists():
            raise UntreatableError("the script, run again, did not come to this fit")
        # Written by our own child a moment ago, in a folder that only this user can write to.
        arm: Arm = pickle.loads(result.read_bytes())
    return replace(arm, seconds=clock.spent - before)


def _run(command: list[str], folder: str, environment: Mapping[str, str], seconds: float) -> None:
    """Run a child to its end; what it waited for a processor is no work of this process.

    Raises:
        UntreatableError: it did not end in so many seconds.
    """
    started, before = time.monotonic(), os.times()
    try:
        subprocess.run(
            command,
            cwd=folder,
            env=environment,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise UntreatableError("the script did not come to the end of this fit in time") from None
    finally:
        after = os.times()
        computed = after.children_user + after.children_system - before.children_user - before.children_system
        if computed > 0.0:  # Windows does not count it
            child_waited(time.monotonic() - started - computed)


def _of_worker(name: str) -> bool:
    """Variables by which a worker bounds its threads and shares what was compiled."""
    return (
        name.endswith("_THREADS")
        or name == "NPROC"
        or name.startswith(("JAX_COMPILATION_", "JAX_PERSISTENT_"))
    )
