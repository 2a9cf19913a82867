"""A command in a process of its own, with a time limit, its output kept and its children ended with it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import psutil
from anyio.abc import Process

#: Bytes of output that are kept, from its end.
_KEPT = 200_000

#: Seconds between looks at the process, and between two tellings of how far it is.
_LOOK, _TELL = 0.05, 1.0

#: Seconds that what is left of the output may take once the process has ended.
_LAST = 1.0

#: Colours and the like, which a terminal does not show.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")

#: The processes that are under way; the server ends them when it is ended itself.
_under_way: set[Process] = set()


@dataclass(frozen=True)
class ProcessEnd:
    """How a process ended: its exit status (negative: the signal), the seconds it took and the end of what
    it printed. `interrupted` is true where the time limit ended it as Ctrl-C does, `killed` where it had
    to be killed because it went on after that.
    """

    status: int
    seconds: float
    output: str
    interrupted: bool = False
    killed: bool = False


async def run_child(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    limit: float,
    grace: float,
    tell: Callable[[float, str], Awaitable[None]],
) -> ProcessEnd:
    """Run a command to its end, at most for a time. It and its children are killed when this is cancelled.

    Args:
        command: the program and its arguments.
        folder: its working directory.
        environment: its environment variables.
        limit: seconds after which it is interrupted, as by Ctrl-C.
        grace: seconds that it may take to end after that.
        tell: is told each second how many have gone and which line was printed last.
    """
    process = await anyio.open_process(
        command,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    _under_way.add(process)
    output = bytearray()
    began = time.monotonic()
    try:
        async with anyio.create_task_group() as group:
            drained = anyio.Event()
            group.start_soon(_read, process, output, drained)
            interrupted, killed = await _wait(process, output, limit, grace, tell)
            end(process)
            with anyio.move_on_after(_LAST):
                await drained.wait()
            group.cancel_scope.cancel()
    finally:
        end(process)
        _under_way.discard(process)
        with anyio.CancelScope(shield=True), anyio.move_on_after(_LAST):
            await process.aclose()
    status = process.returncode if process.returncode is not None else -int(signal.SIGTERM)
    return ProcessEnd(status, time.monotonic() - began, shown(bytes(output)), interrupted, killed)


async def _wait(
    process: Process,
    output: bytearray,
    limit: float,
    grace: float,
    tell: Callable[[float, str], Awaitable[None]],
) -> tuple[bool, bool]:
    """Wait for the end; whether it was interrupted, and whether it was killed."""
    began, told = time.monotonic(), 0.0
    interrupted = False
    # Not process.wait(): that waits for the end of the output, too, which a child of it may hold open.
    while process.returncode is None:
        gone = time.monotonic() - began
        if gone >= limit + grace:
            end(process)
            return True, True
        if gone >= limit and not interrupted:
            interrupted = True
            _interrupt(process.pid)
        if gone - told >= _TELL:
            told = gone
            await tell(gone, shown(bytes(output[-2000:])).rstrip().rpartition("\n")[2][:200])
        await anyio.sleep(_LOOK)
    return interrupted, False


async def _read(process: Process, output: bytearray, drained: anyio.Event) -> None:
    """Keep the end of what the process prints."""
    if process.stdout is not None:
        async for chunk in process.stdout:
            output += chunk
            del output[:-_KEPT]
    drained.set()


def shown(output: bytes) -> str:
    """Printed bytes as a terminal would show them: no colours, of a redrawn line its last state."""
    text = _ESCAPES.sub("", output.decode("utf-8", "replace")).replace("\r\n", "\n")
    return "\n".join(_last_state(line) for line in text.split("\n"))


def _last_state(line: str) -> str:
    """A line without what was written over. In one pass: a line may be as long as all that is kept."""
    return line.rstrip("\r").rpartition("\r")[2].rpartition("\x08")[2]


def _interrupt(pid: int) -> None:
    """What Ctrl-C does: to the process and those that it started, except those that left its group."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGINT)
        else:
            os.kill(pid, signal.SIGINT)


def end(process: Process) -> None:
    """Kill a process and everything that it started."""
    family: list[psutil.Process] = []
    if process.returncode is None:
        with contextlib.suppress(psutil.Error):
            leader = psutil.Process(process.pid)
            family = [*leader.children(recursive=True), leader]
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    for each in family:
        with contextlib.suppress(psutil.Error):
            each.kill()


def end_all() -> None:
    """Kill all that are under way, those that read among them."""
    for process in list(_under_way):
        end(process)
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
