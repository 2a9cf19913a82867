"""What was told while the training went on, and what its end has taken back."""

from __future__ import annotations

from unstuck.case.schema import RunRecord, ToldRecord
from unstuck.report.text import count, flat, listing, seconds


def taken_back(run: RunRecord) -> list[ToldRecord]:
    """What was told early and is no cause now that the training has ended, nor follows from one."""
    follows = [note for note in run.notes if note.explained_by]
    stands = {(each.rule, each.output) for each in (*run.causes, *follows)}
    return [each for each in run.told if (each.rule, each.output) not in stands]


def told_early(run: RunRecord, *, whole: bool = True) -> list[str]:
    """A sentence on what was told early and stands, and one on what is taken back; none where nothing was.

    Not `whole`, what stands is left out: it is told as a cause.
    """
    back = taken_back(run)
    lines = []
    stands = [each for each in run.told if each not in back]
    if stands and whole:
        lines.append(f"Told while it trained: {listing(map(_when, stands))}.")
    if back:
        lines.append(f"Taken back, as the whole training does not show it: {listing(map(_when, back))}.")
    ending = next((each for each in run.told if each.stopped), None)
    if ending is not None:
        after = count(max(ending.step, 1), "step")
        lines.append(f"unstuck ended this training after {after} for {flat(ending.rule)}, as --stop asked.")
    return lines


def _when(told: ToldRecord) -> str:
    at = f"at step {told.step:,}" if told.step else "before the first step"
    return f"{flat(told.rule)} {at} ({seconds(told.seconds)})"
