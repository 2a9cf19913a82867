"""From the Verdicts on a log to its Case: the same record that a watched training has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, cast

from unstuck import __version__
from unstuck.case.schema import Case, CauseRecord, LoggedRecord, RunRecord, SymptomRecord, Where
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.words import Status
from unstuck.logbook.judging import Suspect, Verdict
from unstuck.rules.arithmetic import STAYS
from unstuck.rules.page import decides_of, impact_of, page_of, title_of
from unstuck.rules.sign import Seen

#: Leading causes that say by themselves what became of the training.
_BECAME: dict[str, Status] = {
    "overfitting": "overfitting",
    "nan-loss": "diverged",
    "saturated-divergence": "diverged",
    "exploding-gradient": "diverged",
}


def case_of(name: str, verdicts: Sequence[Verdict], *, compared_with: str | None = None) -> Case:
    """What was read off a log, as it is saved and told. `name` is what the log is called."""
    return Case(version=__version__, runs=[_run(each, name, compared_with) for each in verdicts])


def _run(verdict: Verdict, name: str, compared_with: str | None) -> RunRecord:
    return RunRecord(
        status=_status(verdict),
        headline=_headline(verdict),
        symptoms=[_sign(seen) for seen in verdict.seen],
        causes=[_cause(each) for each in verdict.suspects],
        curves=_curves(verdict.run),
        logged=_logged(verdict, name, compared_with),
    )


def _logged(verdict: Verdict, name: str, compared_with: str | None) -> LoggedRecord:
    run = verdict.run
    return LoggedRecord(
        name=name,
        compared_with=compared_with,
        reader=run.reader,
        style=run.style,
        lines=list(run.lines) if run.lines else None,
        epochs=len(run.epochs),
        asked=run.asked,
        total=run.total,
        unit=run.unit,
        printed={
            name: ["" if figure is None else str(figure) for figure in (series[0], series[-1])]
            for name, series in run.series.items()
            if series
        },
        facts=_plain(dict(verdict.facts)),
        cut=list(run.cut),
        folded=[_sign(seen) for seen in verdict.folded],
        excluded=dict(verdict.excluded),
    )


def _curves(run: LoggedRun) -> dict[str, dict[str, list[float | None]]]:
    """The figures by output and name, null where an epoch had none or it was no number."""
    held = {name: run.of_output(name).series for name in run.output_names}
    if "" not in held:
        own = {f"{name}_{bare}" for name, series in held.items() for bare in series}
        held[""] = {name: series for name, series in run.series.items() if name not in own}
    return {
        output: {
            name: [figure.value if figure is not None and figure.finite else None for figure in figures]
            for name, figures in series.items()
        }
        for output, series in held.items()
    }


def _status(verdict: Verdict) -> Status:
    """What became of the training, as far as figures show it: that one is healthy they never do."""
    if not verdict.suspects:
        return "nothing-found" if verdict.status == "learns" else "unknown"
    first = verdict.suspects[0].cause
    return _BECAME.get(first, "misleading" if impact_of(first) == "misleads" else "stuck")


def _headline(verdict: Verdict) -> str:
    """The training in one sentence."""
    if verdict.status == "suspect":
        first = verdict.suspects[0]
        if first.place is not None:
            return f"source and figures agree on {first.cause}."
        sure = "the figures point to" if first.certainty == "measured" else "the figures fit"
        others = len(verdict.suspects) - 1
        rest = f" and {others} other {'cause' if others == 1 else 'causes'}" if others else ""
        return f"{sure} {first.cause}{rest}."
    if verdict.status == "learns":
        return "the figures are those of a training that learns; no cause that unstuck knows shows in them."
    if len(verdict.run.epochs) < STAYS:
        return "no cause that unstuck knows shows in these figures, and they are too few to call it learning."
    return (
        "no cause that unstuck knows shows in these figures; that the model learns, they do not show either."
    )


def _sign(seen: Seen) -> SymptomRecord:
    return SymptomRecord(rule=seen.sign, says=seen.says, shows=_plain(dict(seen.shows)), output=seen.output)


def _cause(each: Suspect) -> CauseRecord:
    page = page_of(each.cause)
    return CauseRecord(
        rule=each.cause,
        certainty=each.certainty,
        impact=cast(Literal["misleads", "harms", "blocks"], impact_of(each.cause)),
        says=title_of(page),
        because=" ".join(each.because),
        decides=decides_of(page),
        explains=list(each.signs),
        output=each.output,
        where=Where(each.place.file, each.place.line) if each.place else None,
    )


def _plain(thing: Any) -> Any:
    """A value as JSON holds it: NaN and infinities are null."""
    if isinstance(thing, dict):
        return {str(name): _plain(held) for name, held in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(held) for held in thing]
    if isinstance(thing, float) and not math.isfinite(thing):
        return None
    return thing
