"""Which remedies of a run are taken: the confirmed ones, all that are established, or those named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import Case, CauseRecord, RunRecord

_ESTABLISHED = ("confirmed", "proved", "measured")


class ChoiceError(Exception):
    """What was asked for is not in the Case. The text says what there is instead."""


@dataclass(frozen=True)
class Choice:
    """A remedy and the cause it is for."""

    cause: CauseRecord
    remedy: RemedyRecord


Chooser = Callable[[RunRecord], list[Choice]]


def confirmed(run: RunRecord) -> list[Choice]:
    """The remedies whose trial removed the symptom; those that heal together where that is known."""
    if run.proof is not None and run.proof.healed_by:
        return [choice for name in run.proof.healed_by if (choice := _healing(run, name)) is not None]
    chosen = []
    for cause in run.causes:
        tried = [trial.remedy for trial in cause.trials if trial.verdict == "confirmed"]
        if tried or cause.certainty == "confirmed":
            remedies = [each for each in cause.remedies if each.name in tried] or _first_with_diff(cause)
            chosen += [Choice(cause, remedy) for remedy in remedies[:1]]
    return _once(chosen)


def established(run: RunRecord) -> list[Choice]:
    """The confirmed ones, and the first with a diff of every other cause that is more than suspected.

    A remedy that its own trial found without effect, or worse, is not among them.
    """
    chosen = confirmed(run)
    cured = [choice.cause for choice in chosen]
    for cause in run.causes:
        if cause.certainty in _ESTABLISHED and cause not in cured:
            chosen += [Choice(cause, remedy) for remedy in _first_with_diff(cause)]
    return _once(chosen)


def spoken_against(run: RunRecord) -> list[Choice]:
    """The remedies whose trials speak against them, of the established causes that no trial cured."""
    cured = [choice.cause for choice in confirmed(run)]
    return [
        Choice(cause, remedy)
        for cause in run.causes
        if cause.certainty in _ESTABLISHED and cause not in cured
        for remedy in cause.remedies
        if cause.against(remedy)
    ]


def named(names: Sequence[str]) -> Chooser:
    """The remedies of these names, of every cause that has one; of notes where no cause has."""

    def choose(run: RunRecord) -> list[Choice]:
        chosen = []
        for name in names:
            found = [choice for cause in run.causes for choice in _of(cause, name)]
            chosen += found or [choice for note in run.notes for choice in _of(note, name)]
        return _once(chosen)

    return choose


def run_to_fix(case: Case, number: int | None, choose: Chooser, names: Sequence[str]) -> int:
    """The index of the run to fix: the one asked for (from 1), or the first with anything to choose.

    Raises:
        ChoiceError: there is no such run, or no remedy of one of the names.
    """
    if number is not None and not 1 <= number <= len(case.runs):
        held = f"1 to {len(case.runs)}" if len(case.runs) > 1 else f"{len(case.runs)} only"
        raise ChoiceError(f"There is no fit {number} in this case: it holds {held}.")
    runs = range(len(case.runs)) if number is None else [number - 1]
    known = list(dict.fromkeys(name for at in runs for name in remedy_names(case.runs[at])))
    for name in names:
        if name not in known:
            there = f"It has: {', '.join(known)}." if known else "It has none."
            raise ChoiceError(f"No remedy of this case is named {name!r}. {there}")
    stuck = [at for at in runs if case.runs[at].causes]
    return next((at for at in runs if choose(case.runs[at])), (stuck or list(runs))[0])


def others_with_remedies(case: Case, at: int, choose: Chooser) -> list[int]:
    """The numbers, from 1, of the other runs for which other changes would be chosen."""
    own = [choice.remedy.changes for choice in choose(case.runs[at])]
    told = []
    for other, run in enumerate(case.runs):
        if other != at and any(choice.remedy.changes not in own for choice in choose(run)):
            told.append(other + 1)
    return told


def remedy_names(run: RunRecord) -> list[str]:
    """The names of all remedies of a run, each once, those of causes first."""
    causes = (*run.causes, *run.notes)
    return list(dict.fromkeys(remedy.name for cause in causes for remedy in cause.remedies))


def _healing(run: RunRecord, name: str) -> Choice | None:
    """The remedy of this name: of the cause whose trials speak for it, else of the first that has it."""
    found = [choice for cause in (*run.causes, *run.notes) for choice in _of(cause, name)]
    return max(found, key=_standing, default=None)


def _standing(choice: Choice) -> int:
    verdicts = [trial.verdict for trial in choice.cause.trials if trial.remedy == choice.remedy.name]
    if "confirmed" in verdicts:
        return 2
    return 1 if verdicts and not choice.cause.against(choice.remedy) else 0


def _of(cause: CauseRecord, name: str) -> list[Choice]:
    return [Choice(cause, remedy) for remedy in cause.remedies if remedy.name == name][:1]


def _first_with_diff(cause: CauseRecord) -> list[RemedyRecord]:
    """The first remedy that edits the source, as a list of one; else the first, which is made by hand.

    What its own trial speaks against is not taken.
    """
    remedies = [remedy for remedy in cause.remedies if not cause.against(remedy)]
    return ([remedy for remedy in remedies if remedy.diff] or remedies)[:1]


def _once(choices: Iterable[Choice]) -> list[Choice]:
    """Each change once, whichever causes ask for it."""
    kept: list[Choice] = []
    for choice in choices:
        if all(choice.remedy != other.remedy for other in kept):
            kept.append(choice)
    return kept
