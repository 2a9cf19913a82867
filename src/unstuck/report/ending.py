"""What happens when the script has ended: the report, the JSON file, the exit status."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TextIO

from unstuck.case import Case
from unstuck.findings import Certainty
from unstuck.report.terminal import tell

#: unstuck was called wrongly, or could not do what it was called for.
WRONGLY = 2


def after_run(
    case: Case, status: int, stream: TextIO | None, json_file: Path | None, fail_on: str | None
) -> int:
    """Tell the Case and give the exit status: the script's own unless that is 0.

    Args:
        case: what was diagnosed.
        status: the script's exit status.
        stream: where the report goes, None for no report. Where the script has closed it, standard error.
        json_file: where to write the Case, or None.
        fail_on: the least certainty of a cause that makes the status 1, or None.
    """
    failed = 0
    if stream is not None:
        _tell(case, stream)
    if json_file is not None:
        try:
            case.save(json_file)
        except OSError as error:
            print(f"unstuck: {json_file} could not be written ({error.strerror}).", file=sys.stderr)  # noqa: T201
            failed = WRONGLY
    if fail_on is not None and not failed and has_cause(case, fail_on):
        failed = 1
    return status or failed


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
