"""Findings in source as text: the place, the line with what is meant underlined, why, and the fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console

from unstuck.lint.check import Found
from unstuck.lint.files import Unit
from unstuck.lint.record import Fixed, FixRecord, LintFinding, LintReport, Sureness
from unstuck.report.paper import Paper
from unstuck.report.text import count

#: How each certainty looks, surest first.
_STYLES: dict[Sureness, str] = {"proved": "bold red", "measured": "bold yellow", "suspected": "bold cyan"}


class LintPrinter:
    """Prints findings as they come, each before its fix is worked out, and at the end what it comes to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._paper = Paper(Console(file=stream, soft_wrap=True))

    def findings(self, unit: Unit, found: Sequence[Found]) -> None:
        """The findings of one file."""
        here = [] if unit.is_notebook else unit.text.split("\n")
        for each in found:
            # A model may stand in another file of the project than the one that trains it.
            lines = here if each.unit is unit else each.unit.text.split("\n")
            gutter = self._head(each.head, lines)
            self._stream.flush()
            if each.record.fix is not None:
                self._fix(each.record.fix, gutter)
            self._paper.gap()

    def _head(self, finding: LintFinding, lines: Sequence[str]) -> str:
        """Place, line and reason; the margin that the rest keeps."""
        paper, style = self._paper, _STYLES[finding.certainty]
        cell = f"cell {finding.cell}:" if finding.cell is not None else ""
        place = f"{finding.file}:{cell}{finding.line}:{finding.column}: "
        paper.write(place, (finding.rule, style), f" ({finding.certainty})")
        gutter = " " * len(str(finding.line))
        if 0 < finding.line <= len(lines):
            text = lines[finding.line - 1].rstrip("\r")
            ends_here = finding.end_line == finding.line
            width = (finding.end_column if ends_here else len(text) + 1) - finding.column
            blank = "".join("\t" if each == "\t" else " " for each in text[: finding.column - 1])
            paper.verbatim(f"{finding.line} | {text}")
            paper.verbatim(f"{gutter} | {blank}{'^' * max(1, width)}", style)
        paper.write(finding.says, lead=f"{gutter} = ")
        return gutter

    def _fix(self, fix: FixRecord, gutter: str) -> None:
        graded = " (safe)" if fix.safe else " (unsafe: look at it first)"
        grade = graded if fix.diff is not None else ""
        self._paper.write(f"fix{grade}: {' '.join(fix.says.split())}", lead=f"{gutter} = ")
        for line in (fix.diff or "").splitlines():
            if not line.startswith(("---", "+++", "@@", " ")):
                self._paper.verbatim(line, _diff_style(line), indent=len(gutter) + 3)

    def fixed(self, fixed: Fixed) -> None:
        """What was written into one file, and why something was not."""
        if fixed.rules:
            self._paper.write(f"{fixed.file}: fixed {', '.join(fixed.rules)}")
            for line in fixed.diff.splitlines():
                self._paper.verbatim(line, _diff_style(line), indent=4)
        if fixed.refused:
            self._paper.write(f"{fixed.file}: not fixed: {fixed.refused}")

    def end(self, report: LintReport) -> None:
        """What could not be read, and how much was found."""
        for each in report.skipped:
            self._paper.write(f"{each.file}: not read: {each.reason}.")
        for each in report.in_part:
            self._paper.write(f"{each.file}: read in part: {each.reason}. More may be wrong there.")
        self._paper.write(_summary(report))


def _diff_style(line: str) -> str:
    return "green" if line.startswith("+") else "red" if line.startswith("-") else ""


def _summary(report: LintReport) -> str:
    files = count(report.files, "file")
    if not report.findings:
        return f"Nothing found in {files}: {_read(report)}."
    tally = Counter(each.certainty for each in report.findings)
    parts = ", ".join(f"{tally[each]} {each}" for each in _STYLES if tally[each])
    safe = sum(1 for each in report.findings if each.fix is not None and each.fix.safe)
    more = f" {safe} can be fixed with --fix." if safe else ""
    return f"{count(len(report.findings), 'finding')} in {files} ({_read(report)}): {parts}.{more}"


def _read(report: LintReport) -> str:
    """How many trainings the answer rests on: none is no all-clear."""
    if not report.trainings:
        return "no training was seen"
    partly = f", {report.trainings_in_part} of them in part" if report.trainings_in_part else ""
    return f"{count(report.trainings, 'training')} read{partly}"
