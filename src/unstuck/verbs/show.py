"""The verb `show`: a saved Case, the newest run of the journal, or what was seen of one that was killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from unstuck.case.growing import Growing, read_back
from unstuck.case.journal import Kept, kept
from unstuck.case.schema import Case, CaseError, ErrorRecord, RunRecord, ToldRecord
from unstuck.report.text import flat

if TYPE_CHECKING:  # a saved Case is shown without numpy
    from unstuck.evidence.facts import Evidence

#: What nobody could look at once the process was gone.
_ENDED = "its program was ended before that"
_GOES_ON = "its program still runs"

#: What is said of a training that goes on: what more of it may cure is no verdict.
_NOTHING_YET = "The training goes on; up to here nothing is proved to be wrong."


def show(case: str | None, page: str | None, *, html: bool, verbose: bool = False) -> None:
    """Print the report of a Case, or write its page and print the page's name.

    Args:
        case: as `opened` takes it.
        page: the file of the page, None for one beside the Case.
        html: whether the page is wanted.
        verbose: whether the evidence and all else is printed, too.

    Raises:
        CaseError: there is no such Case, or it cannot be read.
        PageError: the page cannot be written.
    """
    if html:
        from unstuck.report.html.files import show_page

        sys.stdout.write(f"{show_page(opened(case), case, page)}\n")
    else:
        from unstuck.report.terminal import tell

        again = f"`unstuck show -v {case}`" if case else "`unstuck show -v`"
        tell(opened(case), verbose=verbose, rest=again)


def list_runs() -> None:
    """Print one line for each run of the journal, the newest first."""
    lines = [f"{number:>3}  {_line(run)}" for number, run in enumerate(kept(), 1)]
    sys.stdout.write("\n".join(lines or ["No run is kept yet."]) + "\n")


def opened(name: str | None) -> Case:
    """The Case of this name, with what was seen of a fit that nobody judged, judged.

    Args:
        name: a file that --json wrote, a number of `show --list`, a run's folder in the journal, None for
            the newest run of the journal.

    Raises:
        CaseError: there is no such Case, or it cannot be read. The text says what to do.
    """
    run = journalled(name)
    return judged(run.case() if run is not None else Case.load(str(name)))


def journalled(name: str | None) -> Kept | None:
    """The run of the journal that is meant, None where the name is that of a file.

    Raises:
        CaseError: the journal holds no such run.
    """
    if name is not None and Path(name).exists():
        return Kept(Path(name)) if Path(name).is_dir() else None
    if name is not None and not name.isdecimal():
        return None
    runs, number = kept(), int(name or 1)
    if not runs:
        raise CaseError("The journal holds no run yet. `unstuck run SCRIPT` writes one.")
    if not 1 <= number <= len(runs):
        raise CaseError(f"The journal holds the runs 1 to {len(runs)}; `unstuck show --list` lists them.")
    return runs[number - 1]


def _line(run: Kept) -> str:
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.began))
    try:
        head = run.head()
    except CaseError:
        return f"{began}  of another version of unstuck"
    name = Path(head.script).name if head.script else "(in Python)"
    count = len(run.files)
    fits = "no fit" if not count else "1 fit" if count == 1 else f"{count} fits"
    if head.growing is not None:
        return f"{began}  {name:<24}  {_standing(head.growing)}; {fits} diagnosed"
    return (
        f"{began}  {name:<24}  {fits}: {headline_in(run.files[-1])}"
        if count
        else f"{began}  {name:<24}  {fits}"
    )


def headline_in(file: Path) -> str:
    """The headline of a fit in the journal, or that it cannot be read."""
    try:
        return flat(msgspec.json.decode(file.read_bytes(), type=RunRecord).headline)
    except (OSError, msgspec.MsgspecError):
        return "not readable by this version of unstuck"


def _standing(growing: Growing) -> str:
    """What became of a program whose Case was not finished, as a clause."""
    alive = growing.is_alive
    if alive:
        return f"still runs: {at(growing)}"
    if alive is None:
        return f"last heard of on {growing.host}: {at(growing)}"
    return f"was killed: {at(growing)}"


def at(growing: Growing) -> str:
    """What a program is at, as the end of a sentence."""
    doing = {
        "running": f"after fit {growing.fit}" if growing.fit else "before its first fit",
        "training": f"in fit {growing.fit}",
        "examining": f"in the examination of fit {growing.fit}",
        "proving": "while the remedies were tried",
    }[growing.stage]
    fit = (growing.evidence or {}).get("fit") or {}
    if growing.stage == "training" and fit:
        doing += f", after {fit.get('epochs_done', 0):,} of {fit.get('epochs', 0):,} epochs"
        doing += f" ({fit.get('updates', 0):,} steps)"
    return doing


def _ago(written: float) -> str:
    """How long ago that was, in words."""
    seconds = max(0.0, time.time() - written)
    for size, unit in ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds:.0f} s ago"


def judged(case: Case) -> Case:
    """The Case with a record of the fit whose evidence it holds, and what became of its program."""
    growing = case.growing
    if growing is None:
        return case
    runs = list(case.runs)
    if growing.evidence is not None:
        runs.append(_record(growing))
    message = f"{case.message} {_and_what_is_told(growing, bool(runs))}".strip()
    return msgspec.structs.replace(case, runs=runs, message=message)


def ended_by(case: Case, name: str) -> Case:
    """The Case of this process, which a signal is about to end: judged, and told to be its last state."""
    growing = case.growing or Growing.now("running")
    case = judged(msgspec.structs.replace(case, growing=msgspec.structs.replace(growing, signal=name)))
    return msgspec.structs.replace(case, growing=None)


def what_became(growing: Growing) -> str:
    """What became of a program whose Case was not finished, in a sentence."""
    where, written = at(growing), f"last written {_ago(growing.written)}"
    alive = growing.is_alive
    if growing.signal:
        return f"{growing.signal} ended this run {where}."
    if alive:
        return f"This run still goes on: {where}, {written}."
    if alive is None:
        return f"This run was last heard of on {growing.host} {where}, {written}."
    return f"This run was killed, or ended without a word, {where}; it was {written}."


def _and_what_is_told(growing: Growing, told: bool) -> str:
    """What became of the program, and what of it can be told, in one or two sentences."""
    ended = what_became(growing)
    if not told:
        return f"{ended} There is no training to tell of."
    if growing.evidence is None:
        return ended
    return f"{ended} Of fit {growing.fit} is told what was seen by then; it was not examined."


def _record(growing: Growing) -> RunRecord:
    try:
        evidence = read_back(growing.evidence or {})
    except msgspec.ValidationError as error:
        return RunRecord(
            status="not-judged",
            headline="Another version of unstuck watched this fit; this one cannot read what it saw.",
            errors=[ErrorRecord("journal", str(error))],
        )
    return record_of(evidence, growing)


def record_of(evidence: Evidence, growing: Growing) -> RunRecord:
    """What evidence says that was written down and that nobody has judged."""
    from dataclasses import replace

    from unstuck.case.schema import Cost
    from unstuck.evidence.source import SourceReader
    from unstuck.verbs.diagnose import unexamined
    from unstuck.watch.observation import Observation

    fit = evidence.fit
    if fit is not None and growing.stage == "training":
        evidence = replace(evidence, fit=replace(fit, interrupted=True, stopped_early=False))
    why = _GOES_ON if growing.is_alive and not growing.signal else _ENDED
    seen = Observation(model=None, arguments={}, place=fit.place if fit is not None else None)
    seen.told = msgspec.convert(growing.told, list[ToldRecord])
    sources = SourceReader(main=growing.script, since=growing.began)
    run = unexamined(evidence, seen, why, sources, Cost(fit_seconds=growing.seconds))
    if why is _GOES_ON and not any(cause.certainty == "proved" for cause in run.causes[:1]):
        return msgspec.structs.replace(run, status="interrupted", headline=_NOTHING_YET)
    return run
