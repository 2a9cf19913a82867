"""`unstuck run` of a notebook from beginning to end: refuse, run, tell, write."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec

from unstuck.notebook.opening import NotebookError, Opened, opened, require_installed
from unstuck.notebook.plan import Begin, End, NotebookDiagnosis
from unstuck.remedies.editing.diff import shown
from unstuck.report.text import path
from unstuck.verbs.ending import WRONGLY, Ending
from unstuck.verbs.run import RunOptions
from unstuck.verbs.script import ProgramResult


def run(notebook: str, arguments: Sequence[str], options: RunOptions, stream: TextIO) -> int:
    """Run a notebook in its kernel, tell what was diagnosed, and write it with the findings if wished.

    Args:
        notebook: the file, which is never written.
        arguments: what was given behind it; a notebook takes none.
        options: what to do with the diagnosis.
        stream: where the report goes.

    Returns:
        The exit status: 1 when a cell failed or the kernel died, that of Ctrl-C when a cell was
        interrupted, else as `Ending.end`.

    Raises:
        NotebookError: it cannot be run; nothing of it was.
    """
    ready = _ready(notebook, arguments, options)
    from unstuck.notebook.client import run_cells  # what it needs is there

    file = Path(notebook).absolute()
    if ready.note:
        print(f"unstuck: {ready.note}", file=sys.stderr)  # noqa: T201
    keeps = options.report is not None or options.prove

    def wish(status: int, failed: bool) -> End:
        return End(
            status=status,
            failed=failed,
            prove=options.prove,
            budget=options.budget,
            on=options.on,
            report=str(options.report) if options.report is not None else None,
        )

    begin = Begin(
        file=str(file),
        shown=shown(str(file)),
        source=ready.data,
        keeps_recipes="stuck" if keeps else "none",
        reference=options.reference,
        tells=not options.quiet,
        stop=options.stop,
        journal=options.journal,
    )
    outlet = None if options.quiet else stream
    ending = Ending(outlet, options.report, options.page, verbose=options.verbose, kept=options.journal)

    def named(told: NotebookDiagnosis) -> NotebookDiagnosis:
        return msgspec.structs.replace(told, case=msgspec.structs.replace(told.case, script=notebook))

    ran = run_cells(ready, begin, wish, lambda told: ending.begin(named(told).case, options.budget))
    told = named(ran.told)
    status = ending.end(ProgramResult(ran.status, told.case), options.fail_on)
    if options.notebook is None:
        return status
    failed = _write(ran.nodes, told, options.notebook, outlet)
    return status or failed


def _ready(notebook: str, arguments: Sequence[str], options: RunOptions) -> Opened:
    """The notebook, when nothing speaks against running it.

    Raises:
        NotebookError: something does.
    """
    if arguments:
        raise NotebookError(
            f"A notebook takes no arguments, and {arguments[0]!r} stands behind {notebook}. "
            "Options of unstuck stand before it."
        )
    require_installed()
    if options.notebook is not None and options.notebook.resolve() == Path(notebook).resolve():
        raise NotebookError(f"{notebook} is never overwritten. Give another file with --notebook.")
    if options.notebook is not None and options.notebook.suffix.lower() != ".ipynb":
        raise NotebookError(f"--notebook {options.notebook.name}: the name of a notebook ends with .ipynb.")
    return opened(notebook)


def _write(nodes: Any, told: NotebookDiagnosis, wanted: Path, stream: TextIO | None) -> int:
    """Write the notebook and name its file; `WRONGLY` where it could not be written."""
    from unstuck.notebook.writing import WritingError, with_findings, write_notebook

    try:
        file, why = write_notebook(with_findings(nodes, told), wanted)
    except WritingError as error:
        print(f"unstuck: {error}", file=sys.stderr)  # noqa: T201
        return WRONGLY
    if stream is not None:
        with contextlib.suppress(OSError):
            stream.write(f"\n  Beside the cells: {path(str(file))}{f' ({why})' if why else ''}\n")
            stream.flush()
    return 0
