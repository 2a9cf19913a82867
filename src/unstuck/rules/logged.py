"""The trainings of a log as evidence, and what the signs in their figures come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unstuck.evidence.facts import Book, Evidence, LoggedRun, Output, Script
from unstuck.judgement.findings import Judgement
from unstuck.judgement.words import Status
from unstuck.rules.arithmetic import has_learned, learns
from unstuck.rules.page import impact_of
from unstuck.rules.rule import judge
from unstuck.rules.sign import signs

#: Leading causes that say by themselves what became of the training.
_BECAME: dict[str, Status] = {
    "overfitting": "overfitting",
    "nan-loss": "diverged",
    "saturated-divergence": "diverged",
    "exploding-gradient": "diverged",
}


def evidence_of(book: Book, script: Script | None = None) -> Evidence:
    """What is known of one training of a log: its figures by output, all trainings of the log, the script."""
    run = book.run
    outputs = tuple(Output(name=name, logged=run.of_output(name)) for name in run.output_names)
    return Evidence(book=book, script=script, outputs=outputs)


def judge_log(runs: Sequence[LoggedRun], scripts: Sequence[Script] = ()) -> list[Judgement]:
    """What each training of a log shows; `scripts` hold what the script beside it says to each, if any."""
    beside: Sequence[Script | None] = scripts or [None] * len(runs)
    together = tuple(runs)
    return [
        judge(evidence_of(Book(together, at), script), signs(), gated=False)
        for at, script in enumerate(beside)
    ]


def told_of_data(judgement: Judgement) -> dict[str, Any]:
    """What the figures tell of the data and the software, by name: as the surest sign says it."""
    facts: dict[str, Any] = {}
    for seen in judgement.symptoms:
        for name, value in seen.facts.items():
            facts.setdefault(name, value)
    return facts


def status_of(run: LoggedRun, judgement: Judgement) -> Status:
    """What became of a training, as far as figures show it: that one is healthy they never do.

    "nothing-found" is one whose first output looks like learning, "unknown" one that does not.
    """
    if judgement.causes:
        first = judgement.causes[0].rule
        return _BECAME.get(first, "misleading" if impact_of(first) == "misleads" else "stuck")
    part = run.of_output(run.output_names[0])
    return "nothing-found" if learns(part) or has_learned(part) else "unknown"
