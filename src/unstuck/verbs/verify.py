"""Run the edited script, and compare what is seen with what was seen before."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unstuck.case.schema import Case, CaseError, RunRecord
from unstuck.fix.files import Edited
from unstuck.report.comparison import Comparison, compared


@dataclass(frozen=True)
class ScriptCall:
    """Where and how the script was run before the script itself could change any of it."""

    script: str
    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


def verify(call: ScriptCall, files: Sequence[Edited], before: RunRecord, number: int) -> Comparison:
    """Run the script with the edits in place, in a process of its own, and compare one of its fits.

    Args:
        call: what to run, and where.
        files: the edits; nothing is written to the files themselves.
        before: the fit as it was diagnosed.
        number: which fit of the script it is, counted from 0.
    """
    with tempfile.TemporaryDirectory(prefix="unstuck-") as folder:
        status, case = _run(call, files, Path(folder))
    if case is None:
        return Comparison(
            against=f"The edited script ended with status {status} before its diagnosis was written."
        )
    return compared(before, number, case, status)


def _run(call: ScriptCall, files: Sequence[Edited], folder: Path) -> tuple[int, Case | None]:
    """The exit status of the edited script, and its Case where it came to one."""
    held = {}
    for index, each in enumerate(files):
        copy = folder / f"{index}.py"
        copy.write_bytes(each.after)
        held[each.file] = str(copy)
    report, plan = folder / "case.json", folder / "plan.json"
    told = {"script": call.script, "arguments": list(call.arguments), "report": str(report), "edited": held}
    plan.write_text(json.dumps(told))
    done = subprocess.run(
        [sys.executable, "-m", "unstuck.verbs.fix_child", str(plan)],
        cwd=call.folder,
        env=dict(call.environment),
        check=False,
    )
    try:
        return done.returncode, Case.load(report)
    except CaseError:
        return done.returncode, None
