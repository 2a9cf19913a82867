"""One edit of all chosen remedies: each is written into what the ones before it left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unstuck.case.proofs import RemedyRecord
from unstuck.case.recording import proposal_of
from unstuck.evidence.source import Source, SourceReader, Unplaced
from unstuck.fix.choice import Choice
from unstuck.judgement.findings import Proposal
from unstuck.remedies.editing.diff import unified
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import ByHandError, StepEdit, catalogue, first_and_last, write_steps


@dataclass(frozen=True)
class Composed:
    """What comes of the chosen remedies.

    `taken` are in the edit; `files` are the edited files before and after it. `by_hand` pairs what
    could not be placed with what to do; nothing of it is in the edit. `later` meet the lines of a
    remedy that is taken, and have to wait for a new diagnosis.
    """

    taken: tuple[Choice, ...] = ()
    files: tuple[tuple[Source, Source], ...] = ()
    by_hand: tuple[tuple[Choice, str], ...] = ()
    later: tuple[Choice, ...] = ()


def compose(choices: Sequence[Choice], sources: SourceReader) -> Composed:
    """Write the remedies one after the other, in memory; each wholly or not at all."""
    taken: list[Choice] = []
    steps: list[Proposal] = []
    written: list[StepEdit] = []
    by_hand: list[tuple[Choice, str]] = []
    later: list[Choice] = []
    for choice in choices:
        try:
            own = _steps(choice.remedy)
            alone = _written(own, sources)
        except ByHandError as reason:
            by_hand.append((choice, str(reason)))
            continue
        try:
            together = _written([*steps, *own], sources)
        except ByHandError:
            later.append(choice)
            continue
        if not alone:
            by_hand.append((choice, choice.remedy.says))
        elif _meets(together, first=len(steps)):
            later.append(choice)
        else:
            taken, steps, written = [*taken, choice], [*steps, *own], together
    return Composed(tuple(taken), tuple(first_and_last(written)), tuple(by_hand), tuple(later))


def _steps(remedy: RemedyRecord) -> list[Proposal]:
    """The remedy's steps as they were proposed.

    Raises:
        ByHandError: it has no diff, or the Case does not hold steps that this version can redo.
    """
    if remedy.diff is None:
        raise ByHandError(remedy.says)
    unknown = [change.remedy for change in remedy.changes if change.remedy not in catalogue()]
    if unknown or not remedy.changes:
        raise ByHandError(f"{remedy.says} This version of unstuck cannot redo it: diagnose the script again.")
    try:
        return [proposal_of(change) for change in remedy.changes]
    except TypeError:
        raise ByHandError(f"{remedy.says} Its place in the case is not readable.") from None


def _written(steps: Sequence[Proposal], sources: SourceReader) -> list[StepEdit]:
    """The steps made, provided that the result can be told as a diff.

    Raises:
        ByHandError: they cannot be placed.
    """
    written = write_steps(steps, sources)
    try:
        for before, after in first_and_last(written):
            unified(before, after)
    except Unplaced as reason:
        raise ByHandError(f"Change it by hand: {reason}.") from None
    return written


def _meets(written: Sequence[StepEdit], first: int) -> bool:
    """Whether a step from index `first` on replaces text that a step before `first` wrote."""
    regions: dict[str, list[tuple[int, int]]] = {}
    for each in written:
        earlier = regions.setdefault(each.before.file, [])
        if each.step >= first and any(
            edit.start < end and start < edit.end
            for edit in each.edits
            for start, end in earlier
            if edit.start < edit.end
        ):
            return True
        earlier[:] = [_shifted(region, each.edits) for region in earlier]
        if each.step < first:
            earlier += _new_regions(each.edits)
    return False


def _shifted(region: tuple[int, int], edits: Sequence[Edit]) -> tuple[int, int]:
    """Where a region stands after edits; what is put inside it belongs to it."""
    start, end = region
    before = sum(_growth(edit) for edit in edits if edit.end <= start)
    if start == end:
        return start + before, end + before
    return start + before, end + sum(_growth(edit) for edit in edits if edit.start < end)


def _new_regions(edits: Sequence[Edit]) -> list[tuple[int, int]]:
    """Where the texts of edits stand once all are made."""
    regions, shift = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        start = edit.start + shift
        regions.append((start, start + len(edit.text.encode())))
        shift += _growth(edit)
    return regions


def _growth(edit: Edit) -> int:
    return len(edit.text.encode()) - (edit.end - edit.start)
