"""The verb `log`: read, judge, compare with the source where one is given, tell, save."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from unstuck.case.logged import case_of
from unstuck.case.schema import Case
from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.gather import LogError, read_log
from unstuck.report.wording import worded
from unstuck.rules.logged import judge_log

if TYPE_CHECKING:
    # Reading source brings libcst along, which a log alone does not need.
    from unstuck.evidence.facts import Script
    from unstuck.reading import Reading


def log(name: str, stream: TextIO, json_file: Path | None = None, source: str | None = None) -> None:
    """Tell on a stream what a log shows, and save it as JSON where a file is given.

    Args:
        name: a file, a TensorBoard folder, or "-" for standard input.
        stream: where the report goes.
        json_file: where to write the Case, or None.
        source: the script that the log is said to come from, or None.

    Raises:
        LogError: the log or the source cannot be read, or the JSON file cannot be written.
    """
    from unstuck.report.streams import settle
    from unstuck.report.terminal import tell

    case = read_case(name, read_log(name), source)
    unwritten = "" if json_file is None else _save(case, json_file)
    # The reader of a pipe may be gone (which rich makes an exit of), or the disk full.
    with contextlib.suppress(OSError, SystemExit):
        tell(case, stream)
        stream.flush()
    settle(stream)
    if unwritten:
        raise LogError(unwritten)


def _save(case: Case, file: Path) -> str:
    """Write the Case; one sentence where it cannot be written, else ""."""
    try:
        case.save(file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return f"{file} could not be written ({reason})."
    return ""


def read_case(name: str, runs: Sequence[LoggedRun], source: str | None = None) -> Case:
    """What the trainings of a log show.

    Args:
        name: what the log is called.
        runs: its trainings.
        source: the script that the log is said to come from, or None.

    Raises:
        LogError: the source cannot be read.
    """
    scripts: list[Script] = []
    if source is not None:
        from unstuck.lint.beside import scripts_of

        scripts = scripts_of(runs, _readings(source))
    case = case_of(name, runs, judge_log(runs, scripts), compared_with=source)
    return msgspec.structs.replace(case, runs=[worded(run) for run in case.runs])


def _readings(source: str) -> list[Reading]:
    """The trainings in a script, without running it.

    Raises:
        LogError: the script cannot be read, is no Python, or trains nothing.
    """
    from unstuck.reading import read_text

    try:
        text = Path(source).read_text(encoding="utf-8", errors="replace")
        readings = [each for each in read_text(text, source) if each.evidence.fit is not None]
    except OSError as error:
        raise LogError(f"{source} cannot be read ({error.strerror}).") from None
    except (SyntaxError, ValueError) as error:
        raise LogError(f"{source} is no Python that can be read: {error}.") from None
    if not readings:
        raise LogError(f"No call of fit was found in {source}. Give the script that trains.")
    return readings
