"""Findings in source as SARIF 2.1.0, which code scanning services read.

The format: Static Analysis Results Interchange Format, OASIS standard, version 2.1.0.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from unstuck.lint.record import LintFinding, LintReport
from unstuck.rules.rule import catalogue

_LEVELS = {"proved": "error", "measured": "warning", "suspected": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def render(report: LintReport) -> str:
    """The whole log as JSON text."""
    names = sorted({each.rule for each in report.findings})
    driver = {
        "name": "unstuck",
        "version": report.version,
        "rules": [_rule(name) for name in names],
    }
    notes = [
        {"level": "error", "message": {"text": f"{each.file} was not read: {each.reason}."}}
        for each in report.skipped
    ]
    notes += [
        {"level": "note", "message": {"text": f"{each.file} was read in part: {each.reason}."}}
        for each in report.in_part
    ]
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not report.skipped, "toolExecutionNotifications": notes}],
        "results": [_result(each, names) for each in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = catalogue()[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.page},
        "help": {"text": rule.page},
    }


def _result(finding: LintFinding, names: list[str]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    if finding.end_line > finding.line or finding.end_column > finding.column:
        region |= {"endLine": finding.end_line, "endColumn": finding.end_column}
    fix = f" {finding.fix.says}" if finding.fix is not None else ""
    where = f" (cell {finding.cell})" if finding.cell is not None else ""
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.cell is None:
        place["region"] = region
    return {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": _LEVELS[finding.certainty],
        "message": {"text": f"{finding.says}{fix}{where}"},
        "locations": [{"physicalLocation": place}],
        "properties": {"certainty": finding.certainty},
    }


def _uri(file: str) -> str:
    """A relative path as a relative reference, an absolute one as a file URI."""
    path = PurePosixPath(file)
    return f"file://{quote(file)}" if path.is_absolute() else quote(file)
