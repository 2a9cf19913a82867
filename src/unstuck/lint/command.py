"""What `unstuck lint` does: find files, check each, fix what may be fixed, tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import msgspec

from unstuck import __version__
from unstuck.findings import Certainty
from unstuck.lint.check import Found, check
from unstuck.lint.files import found, read, text_of
from unstuck.lint.fixing import Fixed, fix
from unstuck.lint.record import LintReport, SkippedRecord
from unstuck.lint.settings import settings
from unstuck.report.lint import github, sarif, text

Format = Callable[[LintReport, TextIO, Sequence[Fixed]], None]

FORMATS: dict[str, Format] = {
    "text": text.tell,
    "json": lambda report, stream, _: _put(stream, _as_json(report)),
    "sarif": lambda report, stream, _: _put(stream, sarif.render(report)),
    "github": lambda report, stream, _: _put(stream, github.render(report)),
}


@dataclass(frozen=True)
class Wishes:
    """The options of one call."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fix: bool = False
    unsafe_fixes: bool = False
    format: str = "text"
    fail_on: str = "measured"


def lint(paths: Sequence[str], wishes: Wishes, stream: TextIO, stdin: Callable[[], bytes]) -> int:
    """Lint files and folders, tell what was found, and give the exit status.

    Args:
        paths: files and folders; "-" for standard input.
        wishes: the options.
        stream: where the report goes.
        stdin: reads standard input.

    Returns:
        1 when a finding is at least as sure as `fail_on` (and not fixed), else 0.

    Raises:
        FilesError: a path does not exist.
        SettingsError: a setting cannot be followed.
    """
    chosen = settings(Path.cwd(), wishes.select, wishes.ignore)
    units = [text_of("<stdin>", stdin())] if "-" in paths else []
    units += [read(file) for file in found([path for path in paths if path != "-"], chosen.exclude)]
    findings: list[Found] = []
    skipped: list[SkippedRecord] = []
    fixes: list[Fixed] = []
    for unit in units:
        seen, problem = check(unit, chosen)
        if problem:
            skipped.append(SkippedRecord(file=Path(unit.file).as_posix(), reason=problem))
        if wishes.fix and seen and not unit.is_notebook and unit.file != "<stdin>":
            fixed = fix(unit.file, seen, unsafe=wishes.unsafe_fixes)
            fixes.append(fixed)
            if fixed.rules:  # what was written may have changed lines and findings
                seen, _ = check(read(unit.file), chosen)
        findings += seen
    report = LintReport(
        version=__version__,
        files=len(units) - len(skipped),
        findings=[each.told for each in findings],
        skipped=skipped,
    )
    FORMATS[wishes.format](report, stream, fixes)
    order = list(Certainty)
    bound = order.index(Certainty(wishes.fail_on))
    return int(any(order.index(Certainty(each.certainty)) >= bound for each in report.findings))


def _as_json(report: LintReport) -> str:
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def _put(stream: TextIO, text: str) -> None:
    stream.write(text)
