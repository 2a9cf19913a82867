"""`%load_ext unstuck`, and the cell magic `%%unstuck` that it gives."""

from __future__ import annotations

import argparse
import asyncio
import keyword
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from unstuck.watch.prompts import shell as running_shell

_NAME = "unstuck"

#: What a cell may spend on trying remedies when nothing else is said, as on the command line.
_BUDGET = 60.0


def load_ipython_extension(ipython: Any) -> None:
    """Give the session the cell magic `%%unstuck`."""
    ipython.register_magic_function(unstuck, magic_kind="cell", magic_name=_NAME)


def unload_ipython_extension(ipython: Any) -> None:
    """Take it back."""
    ipython.magics_manager.magics["cell"].pop(_NAME, None)


@dataclass(frozen=True)
class CellOptions:
    """What stands behind `%%unstuck`."""

    prove: bool
    budget: float
    name: str
    journal: bool = True


def unstuck(line: str, cell: str) -> None:
    """Run the cell as it would run alone, and diagnose each fit in it.

    %%unstuck [--prove] [--budget SECONDS] [--no-journal] [-o NAME]

    --prove           try the remedies in short trainings after the cell, for at most 60 seconds
    --budget SECONDS  the same for so many seconds
    --no-prove        only diagnose; this is the default
    --no-journal      keep nothing of the fits for `unstuck show`
    -o NAME           keep the Diagnosis in this variable (None when the cell has no fit)
    """
    from unstuck.python.interactive import watched

    asked, shell = _asked(line), running_shell()
    if _waits(shell, cell):
        _refuse("a cell with await cannot run inside a cell magic; unstuck.observe() diagnoses its fits")
    with watched("stuck" if asked.prove or asked.name else "none", asked.journal) as session:
        error = _run(shell, line, cell)
    if session.runs:
        _tell(shell, session, asked)
    else:
        sys.stdout.write(f"unstuck: {_why_nothing(error)}\n")
        if asked.name:
            shell.push({asked.name: None})
    if error is not None:
        _show_as_alone(shell, error)
        raise error


def _tell(shell: Any, session: Any, asked: CellOptions) -> None:
    """Display the diagnosis at once, then what trying its remedies showed if that was asked for; keep it."""
    from unstuck.lab.keeping import Recipes
    from unstuck.python.diagnosis import Diagnosis, show
    from unstuck.verbs.prove import may_be_proven, proven
    from unstuck.verbs.script import ProgramResult

    outcome = ProgramResult(0, session.case(), recipes=session.recipes)
    recipes = session.recipes or Recipes()
    diagnosis = Diagnosis(outcome.case, recipes)
    proves = asked.prove and may_be_proven(outcome)
    if asked.prove and not proves:  # why nothing can be tried is known at once
        diagnosis = Diagnosis(proven(outcome, asked.budget, "local").case, recipes)
    show_again = show(diagnosis)
    if proves:
        _write(f"unstuck: The remedies are tried now, for at most {asked.budget:.0f} s of work.\n")
        diagnosis = Diagnosis(proven(outcome, asked.budget, "local", lines=True).case, recipes)
        show_again(diagnosis)
    if asked.name:
        shell.push({asked.name: diagnosis})


def _write(text: str) -> None:
    with suppress(OSError, ValueError):  # the cell may have closed it
        sys.stdout.flush()
        sys.stderr.write(text)
        sys.stderr.flush()


def _why_nothing(error: BaseException | None) -> str:
    """One line for a cell in which no fit was seen."""
    from unstuck.watch.runner import why_nothing

    if error is not None and not isinstance(error, ModuleNotFoundError):
        return "The cell ended with the error below before any fit began: there is no training to diagnose."
    return why_nothing([], error, "cell")


class _Parser(argparse.ArgumentParser):
    """What is wrong is said in one line under the cell."""

    def error(self, message: str) -> NoReturn:
        _refuse(f"{message}; it takes --prove, --budget SECONDS, --no-prove, --no-journal and -o NAME")


def _refuse(message: str) -> NoReturn:
    from IPython.core.error import UsageError

    raise UsageError(f"%%unstuck: {message}. Nothing was run.")


def _asked(line: str) -> CellOptions:
    """The arguments of the magic.

    Raises:
        UsageError: they cannot be understood; the text says what it takes.
    """
    parser = _Parser(prog="%%unstuck", add_help=False, allow_abbrev=False)
    parser.add_argument("--prove", action=argparse.BooleanOptionalAction)
    parser.add_argument("--budget", type=float)
    parser.add_argument("--no-journal", dest="journal", action="store_false")
    parser.add_argument("-o", dest="name", default="")
    try:
        words = shlex.split(line)
    except ValueError as error:
        _refuse(f"{line} cannot be read ({error})")
    given = parser.parse_args(words)
    if given.name and (not given.name.isidentifier() or keyword.iskeyword(given.name)):
        _refuse(f"-o {given.name} is no name of a variable")
    if given.budget is not None and not 1 <= given.budget < float("inf"):
        _refuse(f"--budget {given.budget:g} must be at least one second")
    if given.budget is not None and given.prove is False:
        _refuse("--budget is for --prove, not for --no-prove")
    prove = given.budget is not None if given.prove is None else given.prove
    return CellOptions(prove, given.budget or _BUDGET, given.name, given.journal)


def _run(shell: Any, line: str, cell: str) -> BaseException | None:
    """Run the cell; what it raised, not yet shown, None when it came to its end."""
    if not cell.lstrip().startswith("%%"):  # another cell magic has to stand first
        cell = f"# %%unstuck {line}".rstrip() + f"\n{cell}"  # its lines keep their numbers
    interactivity = shell.ast_node_interactivity
    if _is_silenced(shell, cell):
        shell.ast_node_interactivity = "none"
    try:
        with _as_alone(shell):
            result = shell.run_cell(cell, store_history=False)
    finally:
        shell.ast_node_interactivity = interactivity
    if result.error_before_exec is not None:  # it comes from no line that ran
        unread: BaseException = result.error_before_exec.with_traceback(None)
        return unread
    error: BaseException | None = result.error_in_exec
    return error


def _waits(shell: Any, cell: str) -> bool:
    """Whether the cell awaits something on the event loop that this code runs in."""
    try:
        asyncio.get_running_loop()
        return bool(shell.should_run_async(cell, transformed_cell=shell.transform_cell(cell)))
    except Exception:  # no loop, or a cell that is no Python: running it says so
        return False


def _is_silenced(shell: Any, cell: str) -> bool:
    """Whether the cell ends in a semicolon, which keeps its last value from being shown.

    IPython looks for it in the cell as it was typed, where the magic stands around this one.
    """
    try:
        return bool(shell.displayhook.semicolon_at_end_of_expression(cell))
    except Exception:  # no Python, or an IPython that has no such function
        return False


@contextmanager
def _as_alone(shell: Any) -> Iterator[None]:
    """In this block errors are not shown, and cells bear the number of the one that the magic stands in.

    The error is raised again after the block, and then the session shows it.
    """
    named = shell.compile.cache

    def cache(code: str, number: int = 0, **more: Any) -> Any:  # noqa: ARG001 - of IPython's signature
        return named(code, shell.displayhook.prompt_count, **more)

    with (
        _replaced(shell, showtraceback=_nothing, showsyntaxerror=_nothing),
        _replaced(shell.compile, cache=cache),
    ):
        yield


def _nothing(*_: Any, **__: Any) -> None:
    """Show nothing."""


@contextmanager
def _replaced(thing: Any, **attributes: Any) -> Iterator[None]:
    """The thing with other attributes of its own while the block runs."""
    before = {name: vars(thing)[name] for name in attributes if name in vars(thing)}
    vars(thing).update(attributes)
    try:
        yield
    finally:
        for name in attributes:
            del vars(thing)[name]
        vars(thing).update(before)


def _show_as_alone(shell: Any, error: BaseException) -> None:
    """Have the session show this error without the frames of the magic and of the watched fit."""
    from unstuck.watch.runner import leave_out_our_frames

    leave_out_our_frames(error)
    trace = error.__traceback__

    def rendered() -> Any:
        return shell.InteractiveTB.structured_traceback(type(error), error, trace)

    with suppress(AttributeError, TypeError):  # an exception that takes no attributes is shown with them
        error._render_traceback_ = rendered  # type: ignore[attr-defined]
