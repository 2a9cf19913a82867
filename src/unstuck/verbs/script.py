"""Run the user's script as Python would, watched, and diagnose every fit it makes."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from typing import Any, Literal

from unstuck.case.journal import Journal
from unstuck.case.schema import Case
from unstuck.told.telling import Telling
from unstuck.verbs.diagnose import Session
from unstuck.watch import hook
from unstuck.watch.runner import execute, why_nothing


@dataclass(frozen=True)
class ProgramResult:
    """The exit status of a script or notebook, and what was diagnosed. `forked` is true in a child
    process that the script forked off: it must end with `status` and report nothing. `recipes` are
    those of the stuck runs, None where they were not asked for.
    """

    status: int
    case: Case
    forked: bool = False
    recipes: Any = None


def run_script(
    script: str,
    arguments: list[str],
    source: bytes | None = None,
    *,
    keeps_recipes: Literal["none", "stuck", "all"] = "none",
    reference: bool = True,
    telling: Telling | None = None,
    journal: Journal | None = None,
) -> ProgramResult:
    """Run a script to its end, however it ends, and diagnose what was seen.

    The script's own output goes where it goes; its uncaught exception is printed as Python prints
    it, without frames of unstuck. `source` is run in place of what the file holds, under its name.
    The result holds what is needed to train again: of no run, of the stuck ones or of all.
    `reference` says whether fits are held against simple models, `telling` tells what is known before a fit
    has ended, `journal` is where what is known is written as it comes.
    """
    process = os.getpid()
    session = Session(
        script=script, arguments=arguments, keeps_recipes=keeps_recipes, reference=reference, journal=journal
    )
    hook.install()
    hook.listen(session.observe, telling.onlooker if telling is not None else None)
    try:
        status, error = execute(script, arguments, source)
    finally:
        hook.stop_listening(session.observe)
    if os.getpid() != process:
        return ProgramResult(status, Case(), forked=True)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the script may have closed it or set it to None
            stream.flush()
    case = session.case(message=why_nothing(session.runs, error))
    return ProgramResult(status, case, recipes=session.recipes)
