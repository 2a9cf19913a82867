"""Findings in source as text: the place, the line with what is meant underlined, why, and the fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console

from unstuck.lint.fixing import Fixed
from unstuck.lint.record import LintFinding, LintReport, Sureness
from unstuck.report.paper import Paper
from unstuck.report.text import count

#: How each certainty looks, surest first.
_STYLES: dict[Sureness, str] = {"proved": "bold red", "measured": "bold yellow", "suspected": "bold cyan"}


def tell(report: LintReport, stream: TextIO, fixes: Sequence[Fixed]) -> None:
    """Print the findings, what was fixed and what could not be read, and a line that counts them."""
    paper = Paper(Console(file=stream, soft_wrap=True))
    texts: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.file not in texts:
            texts[finding.file] = _lines(finding)
        _finding(paper, finding, texts[finding.file])
        paper.gap()
    for fixed in fixes:
        if fixed.rules:
            paper.write(f"{fixed.file}: fixed {', '.join(fixed.rules)}")
            for line in fixed.diff.splitlines():
                paper.verbatim(line, _diff_style(line), indent=4)
        if fixed.refused:
            paper.write(f"{fixed.file}: not fixed: {fixed.refused}")
    for each in report.skipped:
        paper.write(f"{each.file}: not read: {each.reason}.")
    paper.write(_summary(report))


def _lines(finding: LintFinding) -> list[str]:
    """The lines of a finding's file as the finding counts them; of a notebook none."""
    if finding.cell is not None:
        return []
    try:
        return Path(finding.file).read_text("utf-8", "replace").split("\n")
    except OSError:
        return []


def _finding(paper: Paper, finding: LintFinding, lines: Sequence[str]) -> None:
    cell = f"cell {finding.cell}:" if finding.cell is not None else ""
    paper.write(
        f"{finding.file}:{cell}{finding.line}:{finding.column}: ",
        (finding.rule, _STYLES[finding.certainty]),
        f" ({finding.certainty})",
    )
    gutter = " " * len(str(finding.line))
    if 0 < finding.line <= len(lines):
        text = lines[finding.line - 1].rstrip("\r")
        ends_here = finding.end_line == finding.line
        width = (finding.end_column if ends_here else len(text) + 1) - finding.column
        paper.verbatim(f"{finding.line} | {text}")
        blank = "".join("\t" if each == "\t" else " " for each in text[: finding.column - 1])
        paper.verbatim(f"{gutter} | {blank}{'^' * max(1, width)}", _STYLES[finding.certainty])
    paper.write(finding.says, lead=f"{gutter} = ")
    if finding.fix is not None:
        grade = (
            ""
            if finding.fix.diff is None
            else " (safe)"
            if finding.fix.safe
            else " (unsafe: look at it first)"
        )
        paper.write(f"fix{grade}: {_sentence(finding.fix.says)}", lead=f"{gutter} = ")
        for line in (finding.fix.diff or "").splitlines():
            if not line.startswith(("---", "+++", "@@", " ")):
                paper.verbatim(line, _diff_style(line), indent=len(gutter) + 3)


def _sentence(says: str) -> str:
    return " ".join(says.split())


def _diff_style(line: str) -> str:
    return "green" if line.startswith("+") else "red" if line.startswith("-") else ""


def _summary(report: LintReport) -> str:
    files = count(report.files, "file")
    if not report.findings:
        return f"Nothing found in {files}."
    tally = Counter(each.certainty for each in report.findings)
    parts = ", ".join(f"{tally[each]} {each}" for each in _STYLES if tally[each])
    safe = sum(1 for each in report.findings if each.fix is not None and each.fix.safe)
    more = f" {safe} can be fixed with --fix." if safe else ""
    return f"{count(len(report.findings), 'finding')} in {files}: {parts}.{more}"
