"""What is tried: causes with their remedies, alone and several together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unstuck.case.proofs import ChangeRecord

Symptoms = frozenset[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A cause with a remedy that can be tried. `explains` are the rules that follow from it."""

    rule: str
    output: str = ""
    established: bool = True
    impact: str = "harms"
    explains: tuple[str, ...] = ()
    remedy: str = ""
    changes: tuple[ChangeRecord, ...] = ()
    supported: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other candidates."""
        return self.rule, self.output


def named_of(chosen: Iterable[Candidate]) -> str:
    """The names of their remedies in a sentence, each once."""
    return " and ".join(dict.fromkeys(each.remedy for each in chosen))


def heal_without(rest: Sequence[Candidate]) -> str:
    """Why a cause is left out of the set that heals."""
    return f"{named_of(rest)} {'heals' if len(rest) == 1 else 'heal'} without it"


def changes_of(chosen: Iterable[Candidate]) -> tuple[ChangeRecord, ...]:
    """All changes of these candidates, each once: two causes may ask for the same one."""
    found: list[ChangeRecord] = []
    for candidate in chosen:
        found += [change for change in candidate.changes if change not in found]
    return tuple(found)


def makes_all_of(chosen: Iterable[Candidate], candidate: Candidate) -> bool:
    """Whether these candidates make all changes of another one, so that adding it changes nothing."""
    made = changes_of(chosen)
    return all(change in made for change in candidate.changes)


def _same_number(one: ChangeRecord, other: ChangeRecord) -> bool:
    """Whether two changes set the same numbers at the same place: the later one undoes the earlier one."""
    if (one.remedy, one.at) != (other.remedy, other.at) or one.values.keys() != other.values.keys():
        return False
    differ = [(one.values[name], other.values[name]) for name in one.values]
    return all(
        mine == theirs or (isinstance(mine, (int, float)) and isinstance(theirs, (int, float)))
        for mine, theirs in differ
    )


def _stands_for(each: Candidate, candidate: Candidate) -> bool:
    """Whether one of a set does what a candidate does, for this cause or for another one."""
    return each.key == candidate.key or any(
        _same_number(one, other) for one in each.changes for other in candidate.changes
    )


def without(chosen: Sequence[Candidate], candidate: Candidate) -> list[Candidate]:
    """Those that a candidate is judged against: none that does the same for another cause."""
    return [each for each in chosen if not _stands_for(each, candidate)]


def with_it(chosen: Sequence[Candidate], candidate: Candidate) -> list[Candidate]:
    """Those and the candidate, in the place of what does the same; as they are where that is all of it."""
    if makes_all_of(chosen, candidate):
        return [*chosen]
    instead = [each for each in chosen if _stands_for(each, candidate)][:1]
    kept = [each for each in chosen if each in instead or not _stands_for(each, candidate)]
    return [candidate if each in instead else each for each in kept] if instead else [*kept, candidate]


def stacked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """All of them in one set, of those that do the same the last."""
    found: list[Candidate] = []
    for candidate in candidates:
        found = with_it(found, candidate)
    return found


def explained_by(candidate: Candidate, symptoms: Iterable[tuple[str, str]]) -> Symptoms:
    """The symptoms that a candidate explains, on its output or the model as a whole."""
    return frozenset(
        (rule, output)
        for rule, output in symptoms
        if rule in candidate.explains and (not output or not candidate.output or output == candidate.output)
    )
