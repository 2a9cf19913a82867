"""A trial in sentences: the verdict, the figures of both arms, the interval, and what is still seen."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from unstuck.case.schema import TrialRecord


def with_sentences(trial: TrialRecord) -> TrialRecord:
    """The trial with its sentences; one that came without its figures keeps those it has."""
    if not trial.measure:
        return trial
    figures = (
        f"{trial.measure}: {_range(trial.control)} without {trial.remedy}, {_range(trial.treated)} with it"
    )
    interval = ""
    if trial.difference is not None and trial.low is not None and trial.high is not None:
        interval = f"difference {trial.difference:+.3g}, 95% interval {trial.low:+.3g} to {trial.high:+.3g}; "
    pairs = f"{len(trial.seeds)} pair{'' if len(trial.seeds) == 1 else 's'} of trainings"
    scale = f"{pairs}, {trial.rows:,} rows and {trial.updates:,} updates each"
    others = f", {' and '.join(trial.with_remedies)} in both" if trial.with_remedies else ""
    gone = [rule for rule in trial.symptoms_before if rule not in trial.symptoms_after]
    left = [rule for rule in trial.symptoms_before if rule in trial.symptoms_after]
    new = [rule for rule in trial.symptoms_after if rule not in trial.symptoms_before]
    seen = f"Still seen: {', '.join(left)}." if left else "None of the symptoms is seen with it."
    seen += f" New with it: {', '.join(new)}." if new else ""
    if gone and left:
        seen = f"No longer seen: {', '.join(gone)}. {seen}"
    reason = f" ({trial.why})" if trial.why else ""
    says = f"{trial.verdict}{reason}; {figures} ({interval}{scale}{others}). {seen}"
    return msgspec.structs.replace(trial, says=says)


def _range(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "unknown"
    low, high = f"{min(known):.3g}", f"{max(known):.3g}"
    return low if low == high else f"{low} to {high}"
