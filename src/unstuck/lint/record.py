"""What `unstuck lint --format json` writes: its shape is a promise to other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from unstuck.case.published import schema_of

Sureness = Literal["proved", "measured", "suspected"]


class FixRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about a finding. `diff` is a unified diff of the file, null for advice.

    `safe` fixes change only what is wrong on every backend the program may run on; the others
    depend on what the program means, and are for a person to look at.
    """

    remedy: str
    says: str
    safe: bool = False
    diff: str | None = None


class LintFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One defect at one place. Lines and columns (characters) count from 1; of a notebook, `line` counts
    within the code cell `cell`, which counts from 1 over all cells.

    `backends` are those on which it holds, empty for all that the program may run on.
    """

    rule: str
    certainty: Sureness
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    says: str
    fix: FixRecord | None = None
    cell: int | None = None
    backends: list[str] = []


class SkippedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A file that could not be read, and why."""

    file: str
    reason: str


class LintReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one call. `files` counts those that were read, `trainings` the calls of fit in them,
    `trainings_in_part` those of which only a part could be followed; `in_part` says why.
    """

    schema: Literal["unstuck.lint/1"] = "unstuck.lint/1"
    version: str = ""
    files: int = 0
    findings: list[LintFinding] = []
    skipped: list[SkippedRecord] = []
    trainings: int = 0
    trainings_in_part: int = 0
    in_part: list[SkippedRecord] = []


@dataclass(frozen=True)
class Fixed:
    """What was written into a file: how many findings are fixed, the diff, and why something was not."""

    file: str
    rules: tuple[str, ...] = ()
    diff: str = ""
    refused: str = ""


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a LintReport."""
    return schema_of(LintReport)
