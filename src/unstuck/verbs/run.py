"""The verb `run`: a script from beginning to end, then the proof, the report and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from unstuck.case.journal import Journal
from unstuck.told.outlet import Outlet
from unstuck.told.telling import Telling
from unstuck.verbs.ending import Ending, Page
from unstuck.verbs.prove import may_be_proven, postponed, proven
from unstuck.verbs.script import ProgramResult, run_script
from unstuck.verbs.show import ended_by
from unstuck.watch.signals import Departure


@dataclass(frozen=True)
class RunOptions:
    """What is asked for beside the script or notebook. Files are absolute; `quiet` means no report.

    `report` is where the JSON goes, `notebook` where a notebook is written with its findings. `reference`
    says whether fits are held against simple models, `journal` whether the run is kept among the last ones,
    `verbose` whether the evidence is told, too, `stop` how sure a cause has to be to end a
    fit.
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
    journal: bool = True
    verbose: bool = False
    stop: Literal["proved", "measured"] | None = None


def run(script: str, arguments: Sequence[str], options: RunOptions, stream: TextIO) -> int:
    """Run a script watched, prove what was found, tell it on the stream; the exit status."""
    journal = Journal(script, list(arguments), kept=options.journal, json_file=options.report)
    ending = Ending(
        None if options.quiet else stream,
        options.report,
        options.page,
        verbose=options.verbose,
        kept=options.journal,
    )

    def before_signal(name: str) -> None:
        journal.refresh()
        case = ended_by(journal.case(), name)
        journal.close(case)
        ending.end(ProgramResult(0, case))

    with Departure(before_signal) as departure:
        result = _result(script, list(arguments), options, journal, departure, ending)
        if result.forked:
            return result.status
        with departure.last_words():
            journal.close(result.case)
            return ending.end(result, options.fail_on)


def _result(
    script: str,
    arguments: list[str],
    options: RunOptions,
    journal: Journal,
    departure: Departure,
    ending: Ending,
) -> ProgramResult:
    """What became of the script, and of its remedies; what was diagnosed is told before they are tried."""
    wanted = options.report is not None or options.prove
    result = run_script(
        script,
        arguments,
        keeps_recipes="stuck" if wanted else "none",
        reference=options.reference,
        telling=Telling(None if options.quiet else Outlet(sys.stderr), script, options.stop, journal),
        journal=journal,
    )
    if result.forked:
        return result
    departure.claim_again()
    if options.prove:
        if may_be_proven(result):
            ending.begin(result.case, options.budget)
        return proven(result, options.budget, options.on, journal, lines=not options.quiet)
    return postponed(result, options.report)
