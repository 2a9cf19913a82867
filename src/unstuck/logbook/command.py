"""The verb `log`: read, judge, compare with the source where one is given, tell, save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from unstuck.logbook.gather import LogError, read_log
from unstuck.logbook.judging import judge_log
from unstuck.logbook.record import Logbook, logbook
from unstuck.logbook.run import LoggedRun

if TYPE_CHECKING:
    from unstuck.logbook.beside import Beside


def log(name: str, stream: TextIO, json_file: Path | None = None, source: str | None = None) -> None:
    """Tell on a stream what a log shows, and save it as JSON where a file is given.

    Args:
        name: a file, a TensorBoard folder, or "-" for standard input.
        stream: where the report goes.
        json_file: where to write the Logbook, or None.
        source: the script that the log is said to come from, or None.

    Raises:
        LogError: the log or the source cannot be read, or the JSON file cannot be written.
    """
    from unstuck.report.logged import tell_log

    book = read_book(name, read_log(name), source)
    tell_log(book, stream)
    if json_file is not None:
        try:
            book.save(json_file)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise LogError(f"{json_file} could not be written ({reason}).") from None


def read_book(name: str, runs: Sequence[LoggedRun], source: str | None = None) -> Logbook:
    """What the trainings of a log show.

    Args:
        name: what the log is called.
        runs: its trainings.
        source: the script that the log is said to come from, or None.

    Raises:
        LogError: the source cannot be read.
    """
    sources: list[Beside] = []
    if source is not None:
        from unstuck.logbook.beside import beside

        sources = beside(runs, source)
    return logbook(name, judge_log(runs, sources), compared_with=source)
