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
from unstuck.report.runs import tell_run
from unstuck.report.text import flat


def tell(case: Case, stream: TextIO | None = None) -> None:
    """Write the report on a stream (standard output if none is given)."""
    # Inside a notebook rich would draw HTML of its own; the report is text everywhere.
    console = Console(file=encodable(stream or sys.stdout), force_jupyter=False)
    _tell(case, console)


def render(case: Case, *, width: int = 80, colour: bool = False) -> str:
    """The report as a string, with ANSI colours when asked for."""
    paper = io.StringIO()
    console = Console(
        file=paper,
        width=width,
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        no_color=not colour,
    )
    _tell(case, console)
    return paper.getvalue()


def _tell(case: Case, console: Console) -> None:
    paper = Paper(console)
    paper.gap()
    if not case.runs:
        paper.write(
            ("unstuck: ", "bold"), flat(case.message) or "no fit was seen, so there is nothing to diagnose."
        )
        return
    for at, held in enumerate(group(case.runs)):
        if at:
            paper.gap()
        tell = tell_run if held.run.logged is None else tell_logged
        tell(paper, held, len(case.runs))
    if any(run.logged is not None and run.causes for run in case.runs):
        tell_limits(paper)
    if case.message:
        paper.gap()
        paper.write(("unstuck: ", "bold"), flat(case.message))


def encodable(stream: TextIO) -> TextIO:
    """The stream, set to replace characters that its encoding lacks instead of raising."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
        reconfigure(errors="replace")
    return stream
