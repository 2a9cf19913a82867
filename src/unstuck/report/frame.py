"""The findings of a Case as a table: one row a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from unstuck.case.schema import Case, CauseRecord, NoteRecord, RefutedRecord, RunRecord, SymptomRecord
from unstuck.report.text import flat

#: From the least sure to the surest: the column can be compared, `frame.certainty >= "measured"`.
_CERTAINTIES = ("suspected", "measured", "proved", "confirmed")

#: The columns, and what stands in them.
COLUMNS: Final = {
    "run": "number of the fit, from 1",
    "kind": '"symptom", "cause", "note" or "refuted"',
    "rule": "name of the rule",
    "certainty": "an ordered category; missing for a symptom",
    "impact": "what a cause does to the training; missing for a symptom",
    "output": 'name of the output, "" for the only one',
    "file": "where, missing if that was not seen",
    "line": "line in that file, from 1",
    "says": "the finding in words",
    "explains": "names of the rules that it explains, joined with commas",
    "remedies": "names of the remedies, the first one best, joined with commas",
    "trial": "verdict of the first trial of a remedy, missing where none was tried",
    "because": "why a note or a refuted cause is not a cause",
}


def to_frame(case: Case) -> Any:
    """The findings as a pandas DataFrame with `COLUMNS`, in the order of the report.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            "to_frame() needs pandas, which cannot be imported here: pip install pandas. "
            "Without it, diagnosis.case.runs holds the same findings."
        ) from error
    frame = pandas.DataFrame(list(rows(case)), columns=list(COLUMNS))
    frame["certainty"] = pandas.Categorical(frame["certainty"], categories=_CERTAINTIES, ordered=True)
    return frame.astype({"run": "int64", "line": "Int64"})


def rows(case: Case) -> Iterator[dict[str, Any]]:
    """One mapping from columns to values a finding; None where there is no value."""
    for number, run in enumerate(case.runs, start=1):
        yield from _of_run(number, run)


def _of_run(number: int, run: RunRecord) -> Iterator[dict[str, Any]]:
    for symptom in run.symptoms:
        yield _row(number, "symptom", symptom)
    for cause in run.causes:
        yield _row(number, "cause", cause)
    for note in run.notes:
        yield _row(number, "note", note)
    for refuted in run.refuted:
        yield _row(number, "refuted", refuted)


def _row(number: int, kind: str, found: SymptomRecord | CauseRecord) -> dict[str, Any]:
    row = dict.fromkeys(COLUMNS, None) | {
        "run": number,
        "kind": kind,
        "rule": found.rule,
        "output": found.output,
        "says": flat(found.says),
    }
    if isinstance(found, CauseRecord):
        row |= {
            "certainty": found.certainty,
            "impact": found.impact,
            "file": found.where.file if found.where else None,
            "line": found.where.line if found.where else None,
            "explains": ", ".join(found.explains),
            "remedies": ", ".join(remedy.name for remedy in found.remedies),
            "trial": found.trials[0].verdict if found.trials else None,
        }
    if isinstance(found, NoteRecord | RefutedRecord):
        row["because"] = flat(found.because)
    return row
