"""The side inside the notebook's kernel: it watches the cells' fits and diagnoses them.

It is called by silent requests that leave no name, no entry in `In` or `Out` and no count behind, and
it imports no Keras: the notebook may choose its backend first.
"""

from __future__ import annotations

import difflib
import io
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import msgspec

from unstuck import __version__
from unstuck.case.journal import Journal
from unstuck.evidence.cells import Program, hold
from unstuck.notebook.plan import DOING, EARLY, END, SEEN, TOLD, Begin, DiagnosedFit, End, NotebookDiagnosis
from unstuck.told.outlet import Outlet
from unstuck.told.telling import Telling
from unstuck.verbs.diagnose import Session
from unstuck.verbs.script import ProgramResult
from unstuck.watch import hook
from unstuck.watch.observation import Observation
from unstuck.watch.places import stands_in
from unstuck.watch.prompts import shell
from unstuck.watch.runner import leave_out_our_frames, why_nothing

#: The names under which `%%time` and its kin compile what stands below them.
_TIMED = ("<timed exec>", "<timed eval>")

_WATCHING: Watching | None = None


def begin(folder: str) -> str:
    """Watch every fit of the cells from here on. Gives the version of unstuck in this kernel."""
    global _WATCHING
    plan = msgspec.json.decode(Path(folder, "begin.json").read_bytes(), type=Begin)
    _WATCHING = Watching(plan, Path(folder), shell())
    _WATCHING.install()
    return __version__


def end(folder: str) -> str:
    """Conclude what was seen and write it down; where remedies are yet to be tried it says so."""
    return _told(folder, lambda watching, wish: watching.conclude(wish))


def prove(folder: str) -> str:
    """Try the remedies of what was concluded, and write it down again."""
    return _told(folder, lambda watching, wish: watching.prove(wish))


def _told(folder: str, step: Callable[[Watching, End], NotebookDiagnosis]) -> str:
    if _WATCHING is None:
        raise RuntimeError("the kernel was restarted")
    wish = msgspec.json.decode(Path(folder, END).read_bytes(), type=End)
    Path(folder, TOLD).write_bytes(msgspec.json.encode(step(_WATCHING, wish)))
    return __version__


class Watching:
    """One notebook under observation: which cell runs, what it fits, and what ended it."""

    def __init__(self, plan: Begin, folder: Path, shell: Any) -> None:
        self._file, self._folder, self._shell = plan.file, folder, shell
        self._tells, self._stop = plan.tells, plan.stop
        self._program: Program = hold(plan.file, plan.source, plan.shown)
        self._cells = cells_of(self._program)
        # A session of no script: a notebook cannot be run again in a child process to try a remedy.
        self._journal = Journal(plan.file, [], kept=plan.journal)
        self._session = Session(
            keeps_recipes=plan.keeps_recipes, reference=plan.reference, journal=self._journal
        )
        self._session.script = plan.file
        self._cell: int | None = None
        self._ran_in: list[int | None] = []
        self._error: BaseException | None = None
        self._outcome: ProgramResult | None = None

    def install(self) -> None:
        """Put everything in place before the first cell."""
        self._shell.events.register("pre_run_cell", self._before_cell)
        self._shell.compile.cache = self._noting(self._shell.compile.cache)
        self._shell.showtraceback = self._without_our_frames(self._shell.showtraceback)
        hook.install()
        outlet = Outlet(ToClient(self._shell.display_pub)) if self._tells else None
        telling = Telling(outlet, self._file, self._stop, self._journal)
        hook.listen(self._observe, telling.onlooker)

    def _before_cell(self, info: Any) -> None:
        """Find which cell this is: the next one of this text. What a cell runs itself is no cell."""
        following = [number for number in self._cells if number > (self._cell or 0)]
        found = next((number for number in following if self._cells[number] == info.raw_cell), None)
        if found is not None:
            self._cell, self._error = found, None
            lines = self._program_lines(found)
            for name in _TIMED:  # what stands below the line of the magic
                stands_in(name, self._file, lines[1:])

    def _noting(self, original: Callable[..., str]) -> Callable[..., str]:
        """The shell's function that names a cell's code, noting which lines of the notebook it is."""

        def cache(transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
            name = original(transformed_code, number, raw_code=raw_code)
            if self._cell is not None:
                own, lines = self._cells[self._cell].split("\n"), self._program_lines(self._cell)
                at = matching(transformed_code.split("\n"), own)
                stands_in(name, self._file, [lines[min(each, len(lines) - 1)] for each in at])
            return name

        return cache

    def _program_lines(self, cell: int) -> range:
        """The lines of the notebook's program, from 1, that a cell has."""
        first = self._program.first_lines[cell]
        return range(first, first + self._cells[cell].count("\n") + 1)

    def _without_our_frames(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The shell's function that shows a traceback, with the frames of the watched fit left out."""

        def showtraceback(exc_tuple: Any = None, *args: Any, **kwargs: Any) -> Any:
            error = exc_tuple[1] if exc_tuple is not None else sys.exc_info()[1]
            self._error = error
            leave_out_our_frames(error)
            if exc_tuple is not None and error is not None:
                exc_tuple = (exc_tuple[0], error, error.__traceback__)
            return original(exc_tuple, *args, **kwargs)

        return showtraceback

    def _observe(self, seen: Observation) -> None:
        """Diagnose an ended fit, and write it down at once: a kernel may die of the next one."""
        self._session.observe(seen)
        self._ran_in.append(self._cell)
        line = msgspec.json.encode(DiagnosedFit(self._cell, self._session.runs[-1]))
        with (self._folder / SEEN).open("ab") as file:
            file.write(line + b"\n")

    def conclude(self, wish: End) -> NotebookDiagnosis:
        """The Case of all that was seen, ready to be proven now or later."""
        from unstuck.verbs.prove import may_be_proven, postponed

        hook.stop_listening(self._observe)
        # What no traceback was shown for is a cell that could not be compiled.
        error = (self._error or SyntaxError()) if wish.failed else None
        why = why_nothing(self._session.runs, error, "notebook")
        outcome = ProgramResult(wish.status, self._session.case(why), recipes=self._session.recipes)
        if wish.prove and may_be_proven(outcome):
            self._outcome = outcome
            return NotebookDiagnosis(case=outcome.case, cells=self._ran_in, untried=True)
        if not wish.prove:
            outcome = postponed(outcome, Path(wish.report) if wish.report else None)
        return self._closed(outcome)

    def prove(self, wish: End) -> NotebookDiagnosis:
        """The Case with its remedies tried; what is being done goes into a file that the other side reads."""
        from unstuck.verbs.prove import proven

        if self._outcome is None:
            raise RuntimeError("nothing was concluded")
        with (self._folder / DOING).open("a", encoding="utf-8", buffering=1) as doing, redirect_stderr(doing):
            outcome = proven(self._outcome, wish.budget, wish.on, self._journal, lines=True)
        return self._closed(outcome)

    def _closed(self, outcome: ProgramResult) -> NotebookDiagnosis:
        self._outcome = None
        self._journal.close(outcome.case)
        return NotebookDiagnosis(case=outcome.case, cells=self._ran_in)


class ToClient(io.TextIOBase):
    """A stream to the terminal that `unstuck run` was called in, past what the notebook's cells put out."""

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher

    def write(self, text: str) -> int:
        """Send it at once, as a display that no notebook knows."""
        self._publisher.publish({EARLY: text})
        return len(text)


def cells_of(program: Program) -> dict[int, str]:
    """The text of each code cell as it is written, by its number."""
    lines: dict[int, list[str]] = {}
    for (cell, _), line in zip(program.cells, program.written, strict=True):
        lines.setdefault(cell, []).append(line)
    return {cell: "\n".join(own) for cell, own in lines.items()}


def matching(compiled: Sequence[str], written: Sequence[str]) -> list[int]:
    """For each line of what IPython makes of a cell, the line of the cell that it is, both from 0.

    IPython drops empty lines in front, takes off a common indent and rewrites magics, which may make one
    line of several. A line that is rewritten counts from the one before it.
    """
    one, other = [each.strip() for each in compiled], [each.strip() for each in written]
    found: dict[int, int] = {}
    for start, at, size in difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        found |= {start + step: at + step for step in range(size)}
    places, last = [], -1
    for line in range(len(one)):
        last = min(found.get(line, last + 1), max(len(other) - 1, 0))
        places.append(last)
    return places
