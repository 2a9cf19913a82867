"""The script beside a log: which of its trainings each one of the log is, and what it says to it."""

from __future__ import annotations

from collections.abc import Sequence

from unstuck.evidence.facts import Place, Script
from unstuck.evidence.printed.run import LoggedRun
from unstuck.lint.judge import judged
from unstuck.reading import Reading
from unstuck.rules.figures.log_contradicts_source import contradictions, is_of_another
from unstuck.rules.ruling_out import ruled_out


def scripts_of(runs: Sequence[LoggedRun], readings: Sequence[Reading]) -> list[Script]:
    """What a script says to each training of its log, by the readings of its calls of fit.

    As many calls as trainings are taken in their order; else each training is laid beside the call
    that it contradicts least.
    """
    calls: dict[tuple[int, int], list[Reading]] = {}
    for each in readings:
        place = each.evidence.fit.place if each.evidence.fit else None
        calls.setdefault((place.line, place.column or 0) if place else (0, 0), []).append(each)
    ordered = [calls[key] for key in sorted(calls)]
    paired = ordered if len(ordered) == len(runs) else [readings] * len(runs)
    return [_script(run, choices) for run, choices in zip(runs, paired, strict=True)]


def _script(run: LoggedRun, choices: Sequence[Reading]) -> Script:
    """The reading that contradicts a training least."""
    best = min(choices, key=lambda each: len(contradictions(run, each.evidence)))
    shows: dict[str, Place] = {}
    for each in judged([best]):
        shows.setdefault(each.finding.rule, each.place)
    out = {} if is_of_another(run, best.evidence) else ruled_out(best.evidence)
    return Script(
        evidence=best.evidence,
        shows=shows,
        rules_out={cause: reason for cause, reason in out.items() if cause not in shows},
    )
