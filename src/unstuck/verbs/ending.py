"""What happens when the script has ended: the report, the JSON file, the HTML page, the exit status.

The diagnosis is told as soon as it is complete. After the trials only what they changed is told.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from unstuck.case.schema import Case
from unstuck.judgement.findings import Certainty
from unstuck.report.html.files import PAGE
from unstuck.report.progress import progress
from unstuck.report.sentences import whole
from unstuck.report.streams import settle
from unstuck.report.terminal import paper_on, tell, tell_what_the_proof_changed
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


@dataclass
class Ending:
    """How the diagnosis of one program is told: at once, then what the trials changed, then the rest.

    `stream` is where it goes, None for no report; where the script has closed it, standard error. `json_file`
    is where the Case is written, `page` the HTML page, both None for none. `verbose` says whether the
    evidence and all else is told, too, `kept` whether `unstuck show` can tell it again. `told` is what was
    told before the trials.
    """

    stream: TextIO | None
    json_file: Path | None = None
    page: Page | None = None
    verbose: bool = False
    kept: bool = False
    told: Case | None = None

    def begin(self, case: Case, budget: float) -> None:
        """Tell what was diagnosed while its remedies are yet to be tried."""
        if self.stream is None:
            return
        with _output(self.stream) as paper:
            tell(case, paper)
            paper.write(f"  The remedies are tried now, for at most {budget:.0f} s of work.\n")
            paper.flush()
        self.told = case

    def end(self, result: ProgramResult, fail_on: str | None = None) -> int:
        """Tell what is not told yet, write the files, and give the exit status.

        Args:
            result: how the script ended, and the Case.
            fail_on: the least certainty of a cause that makes the status 1, or None.

        Returns:
            The script's own status unless that is 0. The page is drawn when everything else is done; without
            a fit there is none, unless it was asked for.
        """
        if result.forked:
            return result.status
        failed = self._save(result.case)
        self._tell(result.case)
        drawn = ""
        if self.page is not None and (result.case.runs or self.page.asked):
            wrong, drawn = _page(result.case, self.page)
            failed = wrong or failed
        self._point_to_the_rest(result.case, drawn)
        if fail_on is not None and not failed and has_cause(result.case, fail_on):
            failed = 1
        for each in (sys.stdout, sys.stderr):
            settle(each)
        return result.status or failed

    def _save(self, case: Case) -> int:
        if self.json_file is None:
            return 0
        try:
            case.save(self.json_file)
        except (OSError, ValueError) as error:  # a full disk; a file name that is no text
            reason = getattr(error, "strerror", None) or str(error)
            print(f"unstuck: {self.json_file} could not be written ({reason}).", file=sys.stderr)  # noqa: T201
            return WRONGLY
        return 0

    def _tell(self, case: Case) -> None:
        if self.stream is None:
            return
        with _output(self.stream) as paper:
            if self.told is not None and len(self.told.runs) == len(case.runs):
                tell_what_the_proof_changed(self.told, case, paper, verbose=self.verbose)
            else:
                tell(case, paper, verbose=self.verbose)
            paper.flush()

    def _point_to_the_rest(self, case: Case, drawn: str) -> None:
        """Name the page, and how to see what the report left out."""
        if self.stream is None:
            return
        again = "`unstuck show -v`" if self.kept else "-v"
        if self.json_file is not None and not self.kept:
            again = f"`unstuck show -v {path(str(self.json_file))}`"
        with _output(self.stream) as stream:
            paper = paper_on(stream)
            rest = whole(case, again) if case.runs and not self.verbose else ""
            if drawn and rest and not any(run.causes for run in case.runs):
                paper.write(f"With pictures: {drawn}; {rest[0].lower()}{rest[1:]}", indent=2)
            else:
                for line in filter(None, (f"With pictures: {drawn}" if drawn else "", rest)):
                    paper.write(line, indent=2)
            stream.flush()


def _page(case: Case, page: Page) -> tuple[int, str]:
    """Write the page: `WRONGLY` where one that was asked for could not be written, and the file."""
    from unstuck.report.html.files import PageError, write_page

    try:
        with progress("unstuck draws the report"):
            file, why = write_page(case, page.file)
    except PageError as error:
        print(f"unstuck: {error}", file=sys.stderr)  # noqa: T201
        return WRONGLY if page.asked else 0, ""
    except KeyboardInterrupt:
        print("unstuck: You ended the drawing of the page; the report above is whole.", file=sys.stderr)  # noqa: T201
        return 0, ""
    return 0, f"{path(str(file))}{f' ({why})' if why else ''}"


def has_cause(case: Case, certainty: str) -> bool:
    """Whether a cause of this certainty, or a surer one, was found in any run."""
    order = [each.value for each in Certainty]
    least = order.index(certainty)
    return any(order.index(cause.certainty) >= least for run in case.runs for cause in run.causes)


@contextmanager
def _output(stream: TextIO) -> Iterator[TextIO]:
    """The stream to write on, standard error where the script has closed it.

    The reader of a pipe may be gone (which rich makes an exit of): the status must still come.
    """
    with contextlib.suppress(OSError, SystemExit):
        yield sys.stderr if stream.closed else stream
