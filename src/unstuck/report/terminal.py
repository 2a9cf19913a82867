"""A Case in the terminal. Colours and width follow it; piped output is plain text."""

from __future__ import annotations

import io
import sys
from typing import TextIO

from rich.console import Console

from unstuck.case.schema import Case
from unstuck.report.groups import group
from unstuck.report.logged import tell_limits, tell_logged
from unstuck.report.paper import Paper
from unstuck.report.runs import tell_evidence_of, tell_proven, tell_run
from unstuck.report.sentences import whole
from unstuck.report.text import flat


def tell(case: Case, stream: TextIO | None = None, *, verbose: bool = False, rest: str = "") -> None:
    """Write the report on a stream (standard output if none is given).

    Args:
        case: what was diagnosed.
        stream: where to.
        verbose: whether the evidence and all else follow the first lines.
        rest: how to see them where they do not, "" where that is said elsewhere.
    """
    _tell(case, paper_on(stream or sys.stdout), verbose, rest)


def tell_what_the_proof_changed(before: Case, after: Case, stream: TextIO, *, verbose: bool = False) -> None:
    """Write what became of the remedies of a Case that was told as it was before them.

    With `verbose` the evidence of all its runs follows.
    """
    paper = paper_on(stream)
    for number, (old, new) in enumerate(zip(before.runs, after.runs, strict=True), start=1):
        if new.proof is not None and new.proof != old.proof:
            tell_proven(paper, old, new, f"fit {number}: " if len(after.runs) > 1 else "")
    if after.message != before.message:
        paper.gap()
        paper.write(("unstuck: ", "bold"), flat(after.message))
    if verbose:
        for held in group(after.runs):
            tell_evidence_of(paper, held, len(after.runs))


def paper_on(stream: TextIO) -> Paper:
    """A stream to write a report on; colours and width are those of its terminal."""
    # Inside a notebook rich would draw HTML of its own; the report is text everywhere.
    return Paper(Console(file=encodable(stream), force_jupyter=False))


def render(
    case: Case, *, width: int = 80, colour: bool = False, verbose: bool = False, rest: str = ""
) -> str:
    """The report as a string, with ANSI colours when asked for; `verbose` and `rest` are those of `tell`."""
    paper = io.StringIO()
    console = Console(
        file=paper,
        width=width,
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        no_color=not colour,
    )
    _tell(case, Paper(console), verbose, rest)
    return paper.getvalue()


def _tell(case: Case, paper: Paper, verbose: bool, rest: str) -> None:
    paper.gap()
    if not case.runs:
        paper.write(
            ("unstuck: ", "bold"), flat(case.message) or "no fit was seen, so there is nothing to diagnose."
        )
        return
    for at, held in enumerate(group(case.runs)):
        if at:
            paper.gap()
        if held.run.logged is None:
            tell_run(paper, held, len(case.runs), verbose=verbose)
        else:
            tell_logged(paper, held, len(case.runs))
    if any(run.logged is not None and run.causes for run in case.runs):
        tell_limits(paper)
    if case.message:
        paper.gap()
        paper.write(("unstuck: ", "bold"), flat(case.message))
    if rest and not verbose and any(run.logged is None for run in case.runs):
        paper.write((whole(case, rest), "dim"), indent=2)


def encodable(stream: TextIO) -> TextIO:
    """The stream, set to replace characters that its encoding lacks instead of raising."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
        reconfigure(errors="replace")
    return stream
