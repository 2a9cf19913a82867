"""Runs the cells in the notebook's kernel, shows what they print, and lets that kernel diagnose the fits."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from unstuck.case.schema import CaseError
from unstuck.notebook.opening import NotebookError, Opened
from unstuck.notebook.plan import BEGIN, DOING, EARLY, END, TOLD, Begin, End, NotebookDiagnosis, so_far
from unstuck.report.progress import progress
from unstuck.report.terminal import encodable
from unstuck.report.text import clean
from unstuck.watch.runner import INTERRUPTED

#: Seconds that a kernel may take to start: an import of the user's start-up files among them.
STARTING = 60

#: Seconds to wait for output that a cell has printed and that has not come yet, once the cell is done.
_OUTPUT = 60

#: Seconds between two looks at what the kernel is doing.
_LOOKS = 0.2

#: Ctrl-C this often means that the kernel does not listen to it.
_PATIENCE = 3


@dataclass(frozen=True)
class CellsResult:
    """How the cells ended: the exit status, and what was diagnosed. `nodes` hold the outputs."""

    status: int
    told: NotebookDiagnosis
    nodes: Any


def run_cells(
    notebook: Opened,
    begin: Begin,
    wish: Callable[[int, bool], End],
    diagnosed: Callable[[NotebookDiagnosis], None],
) -> CellsResult:
    """Run all cells up to the first that fails, and have the kernel conclude.

    Args:
        notebook: what to run.
        begin: what the kernel is told first.
        wish: what it is told at the end, given the exit status and whether a cell failed.
        diagnosed: told of the diagnosis where its remedies are tried after that.

    Raises:
        NotebookError: the kernel does not start, or cannot import unstuck.
    """
    with tempfile.TemporaryDirectory(prefix="unstuck-") as folder:
        client = _Client(notebook.nodes, kernel_name=notebook.kernel, log=_silent())
        return asyncio.run(_KernelRun(client, Path(folder), begin).all(wish, diagnosed))


def _silent() -> logging.Logger:
    """Nobody listens to it: what goes wrong in a kernel is told by unstuck itself."""
    log = logging.Logger("unstuck.notebook")
    log.addHandler(logging.NullHandler())
    return log


class _Client(NotebookClient):
    """A notebook's client that shows in the terminal what the cells put out, as it comes."""

    def __init__(self, nodes: Any, **settings: Any) -> None:
        super().__init__(nodes, startup_timeout=STARTING, iopub_timeout=_OUTPUT, **settings)

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Keep an output in its cell, and show it. What is told while a cell trains is only shown."""
        early = msg["content"].get("data", {}).get(EARLY)
        if early is not None:
            with contextlib.suppress(OSError):
                _show("stream", {"name": "stderr", "text": early})
            return None
        shown = super().output(outs, msg, display_id, cell_index)
        with contextlib.suppress(OSError):  # the reader of a pipe may be gone
            _show(msg["msg_type"], msg["content"])
        return shown


def _show(kind: str, content: Any) -> None:
    """Streams as they are; results as plain text; tracebacks in colour where the terminal has it."""
    stream, text = encodable(sys.stdout), ""
    if kind == "stream":
        stream = encodable(sys.stderr) if content["name"] == "stderr" else stream
        text = content["text"]
    elif kind in ("execute_result", "display_data"):
        plain = content["data"].get("text/plain", "")
        text = f"{plain}\n" if plain else ""
    elif kind == "error":
        stream = encodable(sys.stderr)
        trace = "\n".join(content["traceback"])
        text = f"{trace if stream.isatty() else clean(trace)}\n"
    stream.write(text)
    stream.flush()


class _KernelRun:
    """One notebook from the start of its kernel to its end."""

    def __init__(self, client: _Client, folder: Path, begin: Begin) -> None:
        self._client, self._folder, self._begin = client, folder, begin
        self._pressed = 0
        self._cell = 0

    async def all(
        self, wish: Callable[[int, bool], End], diagnosed: Callable[[NotebookDiagnosis], None]
    ) -> CellsResult:
        """Start, run, conclude; the kernel is gone when this returns or raises."""
        client = self._client
        client.reset_execution_trackers()
        try:
            await self._start()
            with self._interrupting():
                status, failed = await self._cells()
                told = await self._conclude(wish(status, failed))
                if told.untried:
                    diagnosed(told)
                    told = await self._proven(told)
        except DeadKernelError:
            status, told = 1, await self._died()
        finally:
            await self._stop()
        client.set_widgets_metadata()
        return CellsResult(status, told, client.nb)

    async def _stop(self) -> None:
        """End the kernel as Jupyter does, so that what the notebook has put off to its end is done."""
        manager: Any = self._client.km
        if manager is None:
            return
        with contextlib.suppress(Exception):
            if await manager.is_alive():
                await manager.request_shutdown()
                await manager.finish_shutdown()
        with contextlib.suppress(Exception):
            await self._client._async_cleanup_kernel()

    async def _start(self) -> None:
        """The kernel, in the notebook's folder, with unstuck watching in it."""
        client, name = self._client, self._client.kernel_name
        manager: Any = client.create_kernel_manager()
        client.km = manager
        if hasattr(socket, "AF_UNIX"):  # sockets in a folder of our own, which no other user can reach
            manager.transport, manager.connection_file = "ipc", str(self._folder / "kernel.json")
        try:
            await client.async_start_new_kernel(cwd=str(Path(self._begin.file).parent))
            await client.async_start_new_kernel_client()
        except RuntimeError as error:
            why = f"it did not answer within {STARTING} seconds"
            if "died" in str(error):
                why = "it ended at once; what it printed above says why"
            raise NotebookError(f"The kernel {name!r} did not start: {why}.") from None
        except OSError as error:
            raise NotebookError(f"The kernel {name!r} did not start ({error}).") from None
        (self._folder / BEGIN).write_bytes(msgspec.json.encode(self._begin))
        python, failed = await self._ask("__import__('sys').executable"), await self._call("begin")
        if failed:
            raise NotebookError(_no_unstuck(name, python.get("data", {}).get("text/plain", ""), failed))

    async def _cells(self) -> tuple[int, bool]:
        """Run the cells; the exit status, and whether a cell ended the notebook."""
        client = self._client
        for index, cell in enumerate(client.nb.cells):
            self._cell = index + 1
            try:
                await client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                return (INTERRUPTED if error.ename == "KeyboardInterrupt" else 1), True
        return 0, False

    async def _conclude(self, wish: End) -> NotebookDiagnosis:
        """What the kernel makes of all that it saw; what it had said before, where it fails at that."""
        (self._folder / END).write_bytes(msgspec.json.encode(wish))
        with progress("unstuck concludes"):
            told = await self._told("end")
        if isinstance(told, NotebookDiagnosis):
            return told
        return _with_message(so_far(self._folder), f"The kernel could not conclude ({clean(told)}).")

    async def _proven(self, untried: NotebookDiagnosis) -> NotebookDiagnosis:
        """The diagnosis with its remedies tried by the kernel; what it is doing is told meanwhile."""
        with progress("unstuck tries the remedies", lines=self._begin.tells) as say:
            doing = asyncio.create_task(self._follow(say))
            try:
                told = await self._told("prove")
            finally:
                doing.cancel()
        if isinstance(told, NotebookDiagnosis):
            return told
        message = f"{untried.case.message} The remedies were not tried ({clean(told)}).".strip()
        return _with_message(untried, message)

    async def _told(self, step: str) -> NotebookDiagnosis | str:
        """What the kernel writes down at this step, or why it does not."""
        failed = await self._call(step)
        if failed:
            return failed
        try:
            return msgspec.json.decode((self._folder / TOLD).read_bytes(), type=NotebookDiagnosis)
        except (OSError, msgspec.MsgspecError, CaseError) as error:
            return f"{type(error).__name__}: {error}"

    async def _follow(self, say: Callable[[Any], None]) -> None:
        """Say what the kernel is doing, as it writes it; what others write there is not for the user."""
        known = 0
        while True:
            await asyncio.sleep(_LOOKS)
            with contextlib.suppress(OSError):
                lines = (self._folder / DOING).read_text(encoding="utf-8").splitlines(keepends=True)
                whole = [line.rstrip("\n") for line in lines if line.endswith("\n")]
                for line in whole[known:]:
                    if line.startswith("unstuck: "):
                        say(line)
                known = len(whole)

    async def _died(self) -> NotebookDiagnosis:
        """What was diagnosed before the kernel died, with how it died."""
        status = None
        with contextlib.suppress(Exception):
            status = await self._client.km.provisioner.poll()  # type: ignore[union-attr]
        how = f" with status {status}" if status else ""
        if status is not None and status < 0:
            how = f", killed by signal {-status}"
            if -status == getattr(signal, "SIGKILL", 9):
                how += ", as the system does when memory runs out"
        said = f"The notebook's kernel died in cell {self._cell}{how}."
        return _with_message(so_far(self._folder), said)

    async def _call(self, function: str) -> str:
        """Call our side in the kernel; "" or what it raised."""
        module = "unstuck.notebook.kernel"
        told = await self._ask(
            f"__import__({module!r}, fromlist=['']).{function}({json.dumps(str(self._folder))})"
        )
        if told.get("status") == "ok":
            return ""
        return f"{told.get('ename', 'error')}: {told.get('evalue', 'no answer')}"

    async def _ask(self, expression: str) -> dict[str, Any]:
        """The value of an expression in the kernel, as an IPython user expression; nothing is left behind."""
        client = self._client
        assert client.kc is not None
        sent = client.kc.execute(
            "", silent=True, store_history=False, user_expressions={"told": expression}, stop_on_error=False
        )
        reply = await client.async_wait_for_reply(sent)
        told = (reply or {}).get("content", {}).get("user_expressions", {}).get("told", {})
        return dict(told)

    @contextlib.contextmanager
    def _interrupting(self) -> Iterator[None]:
        """Ctrl-C interrupts the kernel, which answers as a notebook does; again and again, it ends it."""
        loop = asyncio.get_running_loop()
        tasks = set()

        def send() -> None:
            tasks.add(loop.create_task(self._interrupt()))

        try:
            before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(send))
        except ValueError:  # not in the main thread
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    async def _interrupt(self) -> None:
        self._pressed += 1
        manager: Any = self._client.km
        with contextlib.suppress(Exception):
            if self._pressed > _PATIENCE:
                await manager.shutdown_kernel(now=True)
            else:
                await manager.interrupt_kernel()


def _with_message(told: NotebookDiagnosis, message: str) -> NotebookDiagnosis:
    return msgspec.structs.replace(told, case=msgspec.structs.replace(told.case, message=message))


def _no_unstuck(kernel: str, python: str, failed: str) -> str:
    """Why unstuck cannot watch in this kernel, and what to do."""
    python = python.strip("'\"") or "its Python"
    install = f"Install it there: {python} -m pip install unstuck."
    if failed.startswith("ModuleNotFoundError") and "'unstuck'" in failed:
        return f"unstuck is not installed where the notebook's kernel {kernel!r} runs ({python}). {install}"
    if failed.startswith("ModuleNotFoundError") and "'unstuck." in failed:
        return f"The unstuck of the notebook's kernel {kernel!r} ({python}) is too old. {install}"
    return f"unstuck could not watch in the notebook's kernel {kernel!r} ({python}): {clean(failed)}."
