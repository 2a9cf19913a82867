"""The verdict told anew after the proof."""

from __future__ import annotations

import msgspec

from unstuck.case.schema import RunRecord

_NOTHING = "nothing-to-learn"


def retold(run: RunRecord) -> RunRecord:
    """The run with the status and headline that fit what is known after the proof."""
    if run.causes and run.causes[0].rule == _NOTHING:
        return msgspec.structs.replace(
            run, status="nothing-to-learn", headline="There is nothing here to learn from these inputs."
        )
    opening = run.headline.split(". ")[0].rstrip(".")
    if not run.causes:
        return msgspec.structs.replace(run, headline=f"{opening}. No cause that unstuck knows explains it.")
    leader = run.causes[0]
    word = {"confirmed": "Confirmed by training", "suspected": "Suspected"}.get(leader.certainty, "Found")
    others = len(run.causes) - 1
    more = f", and {others} more cause{'s' if others > 1 else ''}" if others else ""
    return msgspec.structs.replace(run, headline=f"{opening}. {word}: {leader.rule}{more}.")
