"""What happens when the script has ended: the report, the JSON file, the exit status."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TextIO

from unstuck.case import Case
from unstuck.findings import Certainty
from unstuck.report.terminal import tell
from unstuck.watch.runner import Outcome

#: unstuck was called wrongly, or could not do what it was called for.
WRONGLY = 2


def after_run(outcome: Outcome, stream: TextIO | None, json_file: Path | None, fail_on: str | None) -> int:
    """Tell what was diagnosed and give the exit status: the script's own unless that is 0.

    Args:
        outcome: how the script ended, and the Case.
        stream: where the report goes, None for no report. Where the script has closed it, standard error.
        json_file: where to write the Case, or None.
        fail_on: the least certainty of a cause that makes the status 1, or None.
    """
    if outcome.forked:
        return outcome.status
    failed = 0
    if stream is not None:
        _tell(outcome.case, stream)
    if json_file is not None:
        try:
            outcome.case.save(json_file)
        except (OSError, ValueError) as error:  # a full disk; a file name that is no text
            reason = getattr(error, "strerror", None) or str(error)
            print(f"unstuck: {json_file} could not be written ({reason}).", file=sys.stderr)  # noqa: T201
            failed = WRONGLY
    if fail_on is not None and not failed and has_cause(outcome.case, fail_on):
        failed = 1
    return outcome.status or failed


def has_cause(case: Case, certainty: str) -> bool:
    """Whether a cause of this certainty, or a surer one, was found in any run."""
    order = [each.value for each in Certainty]
    least = order.index(certainty)
    return any(order.index(cause.certainty) >= least for run in case.runs for cause in run.causes)


def _tell(case: Case, stream: TextIO) -> None:
    # A script may have closed its output, or the reader of a pipe may be gone: the status must still come.
    with contextlib.suppress(OSError):
        if stream.closed:
            stream = sys.stderr
        tell(case, stream)
        stream.flush()
