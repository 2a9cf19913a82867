"""Run the edited script, and compare what is seen with what was seen before."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unstuck.case.schema import Case, CaseError, CauseRecord, RunRecord
from unstuck.fix.files import Edited
from unstuck.report.text import count, listing, score
from unstuck.report.words import STATUS

_ESTABLISHED = ("confirmed", "proved", "measured")
_ENDED_BADLY = ("failed", "diverged", "interrupted", "unknown")


@dataclass(frozen=True)
class Stage:
    """Where and how the script was run before the script itself could change any of it."""

    script: str
    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """What the second run came to.

    `rows` are (what, before, after); `left` are the symptoms that are still there; `against` says,
    as sentences, why the edit is not taken as verified, "" when it is.
    """

    rows: tuple[tuple[str, str, str], ...] = ()
    left: tuple[str, ...] = ()
    against: str = ""


def verify(stage: Stage, files: Sequence[Edited], before: RunRecord, number: int) -> Comparison:
    """Run the script with the edits in place, in a process of its own, and compare one of its fits.

    Args:
        stage: what to run, and where.
        files: the edits; nothing is written to the files themselves.
        before: the fit as it was diagnosed.
        number: which fit of the script it is, counted from 0.
    """
    with tempfile.TemporaryDirectory(prefix="unstuck-") as folder:
        status, case = _run(stage, files, Path(folder))
    if case is None:
        return Comparison(
            against=f"The edited script ended with status {status} before its diagnosis was written."
        )
    if number >= len(case.runs):
        said = case.message or f"It made {count(len(case.runs), 'fit')}, and this is fit {number + 1}."
        return Comparison(against=f"The edited script did not come to this fit. {said}")
    after = case.runs[number]
    left = tuple(dict.fromkeys(symptom.rule for symptom in after.symptoms))
    return Comparison(tuple(_rows(before, after)), left, _against(after, status))


def _run(stage: Stage, files: Sequence[Edited], folder: Path) -> tuple[int, Case | None]:
    """The exit status of the edited script, and its Case where it came to one."""
    held = {}
    for index, each in enumerate(files):
        copy = folder / f"{index}.py"
        copy.write_bytes(each.after)
        held[each.file] = str(copy)
    report, plan = folder / "case.json", folder / "plan.json"
    told = {"script": stage.script, "arguments": list(stage.arguments), "report": str(report), "edited": held}
    plan.write_text(json.dumps(told))
    done = subprocess.run(
        [sys.executable, "-m", "unstuck.verbs.fix_child", str(plan)],
        cwd=stage.folder,
        env=dict(stage.environment),
        check=False,
    )
    try:
        return done.returncode, Case.load(report)
    except CaseError:
        return done.returncode, None


def _against(run: RunRecord, status: int) -> str:
    """Why this run does not show that the edit cures, "" when it does."""
    said = []
    if status:
        said.append(f"The edited script ended with status {status}.")
    if run.status in _ENDED_BADLY:
        said.append(f"Its fit {'was ' if run.status == 'unknown' else ''}{_plain(run)}: {run.headline}")
    left = [f"{cause.rule} ({cause.certainty})" for cause in run.causes if cause.certainty in _ESTABLISHED]
    if left:
        said.append(f"It still has {listing(left)}.")
    return " ".join(said)


def _rows(before: RunRecord, after: RunRecord) -> list[tuple[str, str, str]]:
    """Status, last figures, symptoms and causes of both runs."""
    rows: list[tuple[str, str, str]] = [("status", _plain(before), _plain(after))]
    for output in dict.fromkeys((*before.curves, *after.curves)):
        old, new = before.curves.get(output, {}), after.curves.get(output, {})
        for name in dict.fromkeys((*old, *new)):
            label = f"last {name}" + (f' of output "{output}"' if output else "")
            rows.append((label, _last(old.get(name)), _last(new.get(name))))
    was, now = (dict.fromkeys(each.rule for each in run.symptoms) for run in (before, after))
    for name in {**was, **now}:
        rows.append((name, "seen" if name in was else "-", "seen" if name in now else "-"))
    old_causes, new_causes = _certainties(before.causes), _certainties(after.causes)
    for rule in {**old_causes, **new_causes}:
        rows.append((rule, old_causes.get(rule, "-"), new_causes.get(rule, "-")))
    return rows


def _plain(run: RunRecord) -> str:
    """The status in words."""
    return STATUS.get(run.status, (run.status.replace("-", " "), ""))[0]


def _certainties(causes: Sequence[CauseRecord]) -> dict[str, str]:
    """How sure each cause is; the surest stands first where a rule found several."""
    found: dict[str, str] = {}
    for cause in causes:
        found.setdefault(cause.rule, cause.certainty)
    return found


def _last(values: Sequence[float | None] | None) -> str:
    return score(values[-1]) if values else "-"
