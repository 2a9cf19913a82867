"""What happens when the script has ended: the report, the JSON file, the HTML page, the exit status."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from unstuck.case.schema import Case
from unstuck.judgement.findings import Certainty
from unstuck.report.html.files import PAGE
from unstuck.report.progress import progress
from unstuck.report.streams import settle
from unstuck.report.terminal import tell
from unstuck.report.text import path
from unstuck.verbs.script import ProgramResult

#: unstuck was called wrongly, or could not do what it was called for.
WRONGLY = 2


@dataclass(frozen=True)
class Page:
    """The HTML page of a run: the file, and whether it was asked for by name."""

    file: Path
    asked: bool = False

    @classmethod
    def of(cls, html: Path | None, json_file: Path | None, wanted: bool) -> Page | None:
        """The page of a run that begins in this folder; None where it is not wanted.

        Beside the JSON where there is one, unless another file is named.
        """
        if not wanted:
            return None
        if html is not None:
            return cls(html, asked=True)
        return cls((json_file.parent if json_file is not None else Path.cwd()) / PAGE)


def after_run(
    outcome: ProgramResult,
    stream: TextIO | None,
    json_file: Path | None,
    fail_on: str | None,
    page: Page | None = None,
) -> int:
    """Tell what was diagnosed and give the exit status: the script's own unless that is 0.

    Args:
        outcome: how the script ended, and the Case.
        stream: where the report goes, None for no report. Where the script has closed it, standard error.
        json_file: where to write the Case, or None.
        fail_on: the least certainty of a cause that makes the status 1, or None.
        page: where to write the HTML page, or None. It is drawn when everything else is done; without a
            fit there is none, unless it was asked for.
    """
    if outcome.forked:
        return outcome.status
    failed = 0
    if json_file is not None:
        try:
            outcome.case.save(json_file)
        except (OSError, ValueError) as error:  # a full disk; a file name that is no text
            reason = getattr(error, "strerror", None) or str(error)
            print(f"unstuck: {json_file} could not be written ({reason}).", file=sys.stderr)  # noqa: T201
            failed = WRONGLY
    if stream is not None:
        _tell(outcome.case, stream)
    if page is not None and (outcome.case.runs or page.asked):
        failed = _page(outcome.case, page, stream) or failed
    if fail_on is not None and not failed and has_cause(outcome.case, fail_on):
        failed = 1
    for each in (sys.stdout, sys.stderr):
        settle(each)
    return outcome.status or failed


def _page(case: Case, page: Page, stream: TextIO | None) -> int:
    """Write the page and name its file; `WRONGLY` where one that was asked for could not be written."""
    from unstuck.report.html.files import PageError, write_page

    try:
        with progress("unstuck draws the report"):
            file, why = write_page(case, page.file)
    except PageError as error:
        print(f"unstuck: {error}", file=sys.stderr)  # noqa: T201
        return WRONGLY if page.asked else 0
    except KeyboardInterrupt:
        print("unstuck: You ended the drawing of the page; the report above is whole.", file=sys.stderr)  # noqa: T201
        return 0
    if stream is not None:
        with contextlib.suppress(OSError):
            stream = sys.stderr if stream.closed else stream
            stream.write(f"\n  With pictures: {path(str(file))}{f' ({why})' if why else ''}\n")
            stream.flush()
    return 0


def has_cause(case: Case, certainty: str) -> bool:
    """Whether a cause of this certainty, or a surer one, was found in any run."""
    order = [each.value for each in Certainty]
    least = order.index(certainty)
    return any(order.index(cause.certainty) >= least for run in case.runs for cause in run.causes)


def _tell(case: Case, stream: TextIO) -> None:
    # A script may have closed its output, or the reader of a pipe may be gone (which rich makes an exit of):
    # the status must still come.
    with contextlib.suppress(OSError, SystemExit):
        if stream.closed:
            stream = sys.stderr
        tell(case, stream)
        stream.flush()
