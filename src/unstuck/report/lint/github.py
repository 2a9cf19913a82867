"""Findings in source as GitHub Actions understands them: annotations on the lines of a pull request."""

from __future__ import annotations

from unstuck.lint.record import LintReport

_LEVELS = {"proved": "error", "measured": "warning", "suspected": "notice"}


def render(report: LintReport) -> str:
    """One workflow command a finding, and one for what was not read or in part only."""
    lines = []
    for each in report.findings:
        cell = f" (cell {each.cell}, line {each.line})" if each.cell is not None else ""
        place = f"file={_property(each.file)}"
        if each.cell is None:
            place += f",line={each.line},endLine={each.end_line}"
            place += f",col={each.column},endColumn={each.end_column}"
        fix = f" {each.fix.says}" if each.fix is not None else ""
        title = _property(each.rule)
        lines.append(f"::{_LEVELS[each.certainty]} {place},title={title}::{_data(each.says + fix + cell)}\n")
    for title, level, records in (
        ("not read", "error", report.skipped),
        ("read in part", "notice", report.in_part),
    ):
        for record in records:
            lines.append(f"::{level} file={_property(record.file)},title={title}::{_data(record.reason)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
