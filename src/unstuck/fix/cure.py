"""The one change that cures a run: what heals in the trials, else what is to be tried first, as one diff."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from unstuck.case.schema import Case, CureRecord, RunRecord
from unstuck.evidence.source import SourceReader, digest
from unstuck.fix.choice import Choice, confirmed, established
from unstuck.fix.compose import compose
from unstuck.remedies.editing.diff import unified


def with_cures(case: Case) -> Case:
    """The Case, its runs with what cures them; of fits in a loop that have the same causes the first.

    Where no diff of all can be made (a file has changed or is gone) a run has none: its remedies have diffs
    of their own.
    """
    main = str(Path(case.script).absolute()) if case.script else None
    known, runs = set(), []
    for run in case.runs:
        cure = None
        key = (run.fit, run.status, *((each.rule, each.output, each.certainty) for each in run.causes))
        if key not in known:
            known.add(key)
            with suppress(Exception):  # a defect of ours costs this diff, never the diagnosis
                cure = cure_of(run, SourceReader(main=main))
        runs.append(msgspec.structs.replace(run, cure=cure))
    return msgspec.structs.replace(case, runs=runs)


def cure_of(run: RunRecord, sources: SourceReader) -> CureRecord | None:
    """What cures a run; None where there is no remedy, or no one diff of all of them."""
    chosen = _chosen(run)
    edits = [choice for choice in chosen if choice.remedy.diff]
    first = chosen[:1] if chosen and not chosen[0].remedy.diff else []
    by_hand = [choice.remedy.says for choice in first]
    if not chosen or (len(edits) > 1 and not _is_as_it_was(run)):
        return None
    if len(edits) < 2:
        taken, diff = edits, edits[0].remedy.diff if edits else None
    else:
        taken, diff, more = _composed(edits, sources)
        by_hand += more
    return CureRecord(
        remedies=[choice.remedy.name for choice in (*first, *taken)], diff=diff, by_hand=by_hand
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


def _composed(edits: Sequence[Choice], sources: SourceReader) -> tuple[list[Choice], str | None, list[str]]:
    """Those that one diff can hold, the diff, and what to do besides."""
    composed = compose(edits, sources)
    besides = [f"{choice.remedy.name}: {reason}" for choice, reason in composed.by_hand]
    besides += [
        f"When that is written, {choice.remedy.name}: {choice.remedy.says}" for choice in composed.later
    ]
    diff = "".join(unified(before, after) for before, after in composed.files)
    return list(composed.taken), diff or None, besides


def _is_as_it_was(run: RunRecord) -> bool:
    """Whether the user's files hold what they held at the diagnosis."""
    try:
        return all(digest(file) == known for file, known in run.sources.items())
    except (OSError, ValueError):
        return False
