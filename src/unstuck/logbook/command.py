"""The verb `log`: read, judge, compare with the source where one is given, tell, save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from unstuck.logbook.gather import LogError, read_log
from unstuck.logbook.judging import judge_log
from unstuck.logbook.record import logbook

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

    runs = read_log(name)
    sources: list[Beside] = []
    if source is not None:
        from unstuck.logbook.beside import beside

        sources = beside(runs, source)
    book = logbook(name, judge_log(runs, sources), compared_with=source)
    tell_log(book, stream)
    if json_file is not None:
        try:
            book.save(json_file)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise LogError(f"{json_file} could not be written ({reason}).") from None
