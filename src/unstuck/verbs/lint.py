"""What `unstuck lint` does: find files, check each, fix what may be fixed, tell."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

import msgspec

from unstuck import __version__
from unstuck.judgement.findings import Certainty
from unstuck.lint.check import Checked, Found, check, shown
from unstuck.lint.files import Unit, found, read, text_of
from unstuck.lint.many import one_by_one, remembered
from unstuck.lint.record import LintReport, SkippedRecord
from unstuck.lint.settings import Settings, settings
from unstuck.report.lint import github, sarif, text

FORMATS: dict[str, Callable[[LintReport], str]] = {
    "json": lambda report: msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n",
    "sarif": sarif.render,
    "github": github.render,
}


@dataclass(frozen=True)
class LintOptions:
    """The options of one call."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fix: bool = False
    unsafe_fixes: bool = False
    format: str = "text"
    fail_on: str = "measured"
    cache: bool = True


def lint(paths: Sequence[str], options: LintOptions, stream: TextIO, stdin: Callable[[], bytes]) -> int:
    """Lint files and folders, tell what was found, and give the exit status.

    Args:
        paths: files and folders; "-" for standard input.
        options: the options.
        stream: where the report goes.
        stdin: reads standard input.

    Returns:
        2 when a file could not be read, 1 when a finding is at least as sure as `fail_on` (and not fixed),
        else 0.

    Raises:
        FilesError: a path does not exist.
        SettingsError: a setting cannot be followed.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # source may hold what a terminal cannot show
    chosen = settings(Path.cwd(), options.select, options.ignore)
    units = [text_of("<stdin>", stdin())] if "-" in paths else []
    units += [read(file) for file in found([path for path in paths if path != "-"], chosen.exclude)]
    telling = text.LintPrinter(stream) if options.format == "text" else None

    def seen(unit: Unit, found: list[Found]) -> list[Found]:
        if options.fix and found and not unit.is_notebook and unit.file != "<stdin>":
            found = _fixed(unit.file, found, options, chosen, telling)
        if telling is not None:
            telling.findings(unit, found)
        return found

    reads = one_by_one if options.fix else partial(remembered, cache=options.cache)
    report = examine(units, chosen, seen, reads)
    if telling is not None:
        telling.end(report)
    else:
        stream.write(FORMATS[options.format](report))
    if report.skipped:
        return 2
    order = list(Certainty)
    bound = order.index(Certainty(options.fail_on))
    return int(any(order.index(Certainty(each.certainty)) >= bound for each in report.findings))


def examine(
    units: Sequence[Unit],
    chosen: Settings,
    seen: Callable[[Unit, list[Found]], list[Found]],
    reads: Callable[[Sequence[Unit], Settings], Iterator[Checked]] = one_by_one,
) -> LintReport:
    """Check program texts and tell of them one after the other. Nothing of them is executed.

    Args:
        units: the texts.
        chosen: which rules apply where.
        seen: is shown the findings of each text as they come, and gives those that stand.
        reads: reads the texts, and gives what came of each in their order.
    """
    read = trainings = partly = 0
    findings: list[Found] = []
    skipped: list[SkippedRecord] = []
    in_part: list[SkippedRecord] = []
    told: set[tuple[str, str, int, int]] = set()
    for unit, checked in zip(units, reads(units, chosen), strict=True):
        file = shown(unit.file)
        if checked.problem:
            skipped.append(SkippedRecord(file=file, reason=checked.problem))
        else:
            read += 1
        trainings += checked.trainings
        partly += checked.partly
        in_part += [SkippedRecord(file=file, reason=reason) for reason in checked.in_part]
        # Several files may train the model of one: what stands there is told once.
        fresh = [each for each in checked.found if not (each.elsewhere and _place(each) in told)]
        told.update(map(_place, fresh))
        findings += seen(unit, fresh)
    return LintReport(
        version=__version__,
        files=read,
        findings=[each.record for each in findings],
        skipped=skipped,
        trainings=trainings,
        trainings_in_part=partly,
        in_part=in_part,
    )


def _place(found: Found) -> tuple[str, str, int, int]:
    return found.head.rule, found.head.file, found.head.line, found.head.column


def _fixed(
    file: str, seen: list[Found], options: LintOptions, chosen: Settings, telling: text.LintPrinter | None
) -> list[Found]:
    """Write a file's fixes; its findings after that."""
    from unstuck.lint.fixing import fix  # edits with libcst: only where it is asked for

    fixed = fix(file, seen, unsafe=options.unsafe_fixes)
    if telling is not None:
        telling.fixed(fixed)
    return check(read(file), chosen).found if fixed.rules else seen
