"""The verb `run`: a script from beginning to end, then the proof, the report and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from unstuck.told.outlet import Outlet
from unstuck.told.telling import Telling
from unstuck.verbs.ending import Page, after_run
from unstuck.verbs.prove import postponed, proven
from unstuck.verbs.script import run_script


@dataclass(frozen=True)
class RunOptions:
    """What is asked for beside the script or notebook. Files are absolute; `quiet` means no report.

    `report` is where the JSON goes, `notebook` where a notebook is written with its findings. `reference`
    says whether fits are held against simple models.
    """

    report: Path | None = None
    page: Page | None = None
    notebook: Path | None = None
    fail_on: str | None = None
    quiet: bool = False
    prove: bool = True
    budget: float = 60.0
    on: str = "local"
    reference: bool = True


def run(script: str, arguments: Sequence[str], options: RunOptions, stream: TextIO) -> int:
    """Run a script watched, prove what was found, tell it on the stream; the exit status."""
    wanted = options.report is not None or options.prove
    result = run_script(
        script,
        list(arguments),
        keeps_recipes="stuck" if wanted else "none",
        reference=options.reference,
        telling=Telling(None if options.quiet else Outlet(sys.stderr), script),
    )
    if options.prove:
        result = proven(result, options.budget, options.on)
    else:
        result = postponed(result, options.report)
    outlet = None if options.quiet else stream
    return after_run(result, outlet, options.report, options.fail_on, options.page)
