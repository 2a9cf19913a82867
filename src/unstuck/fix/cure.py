"""The one change that cures a run: what heals in the trials, else what is to be tried first, as one diff."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from unstuck.case.proofs import CureRecord
from unstuck.case.schema import Case, RunRecord
from unstuck.evidence.source import SourceReader, digest
from unstuck.fix.apart import apart, serves_others
from unstuck.fix.choice import Choice, confirmed, established
from unstuck.fix.compose import Composed, compose
from unstuck.remedies.editing.diff import unified


def with_cures(case: Case) -> Case:
    """The Case, its runs with what cures them; of fits in a loop that have the same causes the first.

    Where no diff of all can be made (a file has changed or is gone) a run has none: its remedies have diffs
    of their own.
    """
    main = str(Path(case.script).absolute()) if case.script else None
    known, runs = set(), []
    for run in case.runs:
        cure, started = None, time.perf_counter()
        key = (run.fit, run.status, *((each.rule, each.output, each.certainty) for each in run.causes))
        if key not in known:
            known.add(key)
            with suppress(Exception):  # a defect of ours costs this diff, never the diagnosis
                cure = cure_of(run, SourceReader(main=main), case.runs)
        cost = run.cost.with_source(time.perf_counter() - started) if cure is not None else run.cost
        runs.append(msgspec.structs.replace(run, cure=cure, cost=cost))
    return msgspec.structs.replace(case, runs=runs)


def cure_of(run: RunRecord, sources: SourceReader, runs: Sequence[RunRecord] = ()) -> CureRecord | None:
    """What cures a run; None where there is no remedy, or no one diff of all of them.

    `runs` are all fits of the program: what one of them needs may not be what another one does.
    """
    chosen = _chosen(run)
    edits = [choice for choice in chosen if choice.remedy.diff]
    first = chosen[:1] if chosen and not chosen[0].remedy.diff else []
    by_hand = [choice.remedy.says for choice in first]
    several = len(edits) > 1 or bool(edits and serves_others(run, runs))
    if not chosen or (several and not _is_as_it_was(run)):
        return None
    beside: list[str] = []
    if several:
        composed, beside = apart(compose(edits, sources), run, runs)
        taken, diff = list(composed.taken), _diff_of(composed)
        by_hand += _besides(composed)
    else:
        taken, diff = edits, edits[0].remedy.diff if edits else None
    return CureRecord(
        remedies=[choice.remedy.name for choice in (*first, *taken)],
        diff=diff,
        by_hand=by_hand,
        beside=beside,
    )


def _chosen(run: RunRecord) -> list[Choice]:
    """What heals in the trials; else the first remedies of what is established, or of the first suspect.

    Where trials put a cause first, nothing is changed for one that no trial spoke for.
    """
    leads = bool(run.causes) and run.causes[0].certainty == "confirmed"
    if leads or (run.proof is not None and run.proof.healed_by):
        return confirmed(run)
    suspected = [
        Choice(cause, remedy)
        for cause in run.causes[:1]
        for remedy in cause.remedies
        if not cause.against(remedy)
    ]
    return established(run) or suspected[:1]


def _diff_of(composed: Composed) -> str | None:
    return "".join(unified(before, after) for before, after in composed.files) or None


def _besides(composed: Composed) -> list[str]:
    """What to do besides the diff."""
    besides = [f"{choice.remedy.name}: {reason}" for choice, reason in composed.by_hand]
    return besides + [
        f"When that is written, {choice.remedy.name}: {choice.remedy.says}" for choice in composed.later
    ]


def _is_as_it_was(run: RunRecord) -> bool:
    """Whether the user's files hold what they held at the diagnosis."""
    try:
        return all(digest(file) == known for file, known in run.sources.items())
    except (OSError, ValueError):
        return False
