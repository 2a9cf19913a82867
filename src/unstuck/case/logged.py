"""From the judgements on a log to its Case: the same record that a watched training has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from unstuck import __version__
from unstuck.case.plain import plain
from unstuck.case.schema import Case, CauseRecord, ErrorRecord, LoggedRecord, RunRecord, SymptomRecord, Where
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Certainty, Finding, Judgement
from unstuck.rules.logged import status_of, told_of_data
from unstuck.rules.page import decides_of, impact_of, page_of, title_of

#: A shortlist longer than this is no help; the rest is in what the signs say.
_MOST_CAUSES = 5


def case_of(
    name: str, runs: Sequence[LoggedRun], judgements: Sequence[Judgement], *, compared_with: str | None = None
) -> Case:
    """What was read off a log called `name`, as it is saved; the headline is made by who tells it."""
    records = [_run(*each, name, compared_with) for each in zip(runs, judgements, strict=True)]
    return Case(version=__version__, runs=records)


def _run(run: LoggedRun, judgement: Judgement, name: str, compared_with: str | None) -> RunRecord:
    return RunRecord(
        status=status_of(run, judgement),
        symptoms=[_symptom(seen) for seen in judgement.symptoms],
        causes=[_cause(each) for each in judgement.causes[:_MOST_CAUSES]],
        errors=[ErrorRecord(where, error) for where, error in judgement.errored],
        curves=_curves(run),
        logged=LoggedRecord(
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
            facts=plain(told_of_data(judgement)),
            cut=list(run.cut),
            folded=[_symptom(seen) for seen in judgement.told_better],
            excluded=dict(judgement.ruled_out),
        ),
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


def _symptom(seen: Finding) -> SymptomRecord:
    return SymptomRecord(rule=seen.rule, says=seen.says, shows=plain(dict(seen.shows)), output=seen.output)


def _cause(each: Finding) -> CauseRecord:
    page = page_of(each.rule)
    return CauseRecord(
        rule=each.rule,
        certainty=(each.certainty or Certainty.SUSPECTED).value,
        impact=cast(Literal["misleads", "harms", "blocks"], impact_of(each.rule)),
        says=title_of(page),
        because=each.says,
        decides=decides_of(page),
        explains=list(each.explains),
        output=each.output,
        where=Where(each.where.file, each.where.line) if each.where else None,
    )
