"""A fit before and after the edit: status, last figures, symptoms and causes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unstuck.case.schema import Case, CauseRecord, RunRecord
from unstuck.report.text import count, listing, score
from unstuck.report.words import STATUS

_ESTABLISHED = ("confirmed", "proved", "measured")
_ENDED_BADLY = ("failed", "diverged", "interrupted", "unknown")


@dataclass(frozen=True)
class Comparison:
    """What the second run came to.

    `rows` are (what, before, after); `left` are the symptoms that are still there; `against` says,
    as sentences, why the edit is not taken as verified, "" when it is.
    """

    rows: tuple[tuple[str, str, str], ...] = ()
    left: tuple[str, ...] = ()
    against: str = ""


def compared(before: RunRecord, number: int, after: Case, status: int) -> Comparison:
    """What was seen of a fit of the script as it was, and what is seen of it with the edit.

    Args:
        before: the fit as it was diagnosed.
        number: which fit of the script it is, counted from 0.
        after: all that was seen with the edit.
        status: how the edited script ended.
    """
    if number >= len(after.runs):
        said = after.message or f"It made {count(len(after.runs), 'fit')}, and this is fit {number + 1}."
        return Comparison(against=f"The edited script did not come to this fit. {said}")
    run = after.runs[number]
    left = tuple(dict.fromkeys(symptom.rule for symptom in run.symptoms))
    return Comparison(tuple(_rows(before, run)), left, _against(run, status))


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
