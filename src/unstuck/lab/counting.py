"""The trials that need no training: candidates whose change is only counted, judged on the same answers."""

from __future__ import annotations

from collections.abc import Sequence

from unstuck.case.proofs import TrialRecord
from unstuck.evidence.scores import skill
from unstuck.lab.bench import Bench
from unstuck.lab.candidates import Candidate, Symptoms, explained_by
from unstuck.lab.known import ProofState
from unstuck.lab.measures import BALANCED
from unstuck.lab.recipe import Recipe
from unstuck.lab.recount import Recount, RecountTask, only_counts
from unstuck.lab.rerun import Rerun
from unstuck.lab.trials import TrialResults
from unstuck.rules.families import METRIC_LIES, SCORE_STAYS
from unstuck.rules.rule import symptoms_of
from unstuck.rules.symptoms.learning_slow import SLOW_SHARE

#: The share of the time left that all of them may take; they need a second of it.
_SHARE = 0.25

#: Symptoms of what the figure says, beside those of their families; others are of the answers themselves,
#: and of what they cost.
_OF_FIGURE = ("loss-falls-accuracy-does-not", "accuracy-stays-low", "decisions-off-threshold")

#: That of the decisions, which another threshold changes.
_OF_DECISIONS = "predictions-one-class"

#: A share of equal decisions from which on they hardly differ.
_ONE_CLASS = 0.98


def counts_only(recipe: Recipe | Rerun, candidate: Candidate) -> bool:
    """Whether a candidate's change is only counted, so that its trial needs no training."""
    return isinstance(recipe, Recipe) and only_counts(recipe, candidate.changes)


def count_first(
    recipe: Recipe | Rerun,
    bench: Bench,
    candidates: Sequence[Candidate],
    seen: Sequence[tuple[str, str]],
    known: ProofState,
) -> list[Candidate]:
    """Judge those candidates that change only what is counted.

    Returns:
        The candidates that trainings have to judge.
    """
    outcome = TrialResults(left=frozenset(seen))
    settled = _count(recipe, bench, candidates, outcome)
    if outcome.trials:
        known.outcome = outcome
        _ended(outcome)
    return [each for each in candidates if each not in settled]


def count_ahead(
    recipe: Recipe | Rerun, bench: Bench, alternatives: Sequence[Candidate]
) -> list[tuple[Candidate, Recount]]:
    """The other remedies that counting alone confirms, for where trainings come to no end."""
    return [
        (each, found) for each, found in _counted(recipe, bench, alternatives) if found.verdict == "confirmed"
    ]


def stand_in(
    counted: Sequence[tuple[Candidate, Recount]], seen: Sequence[tuple[str, str]], known: ProofState
) -> None:
    """Take what was counted ahead for the causes that no training has confirmed."""
    outcome = known.outcome or TrialResults(left=frozenset(seen))
    for candidate, found in counted:
        trials = outcome.trials.get(candidate.key, [])
        if any(trial.verdict == "confirmed" for trial in trials):
            continue
        known.outcome = outcome
        if outcome.healed:  # by what is not proven
            outcome.healed, outcome.left = False, frozenset(seen)
        outcome.left_out.pop(candidate.key, None)
        _settle(candidate, found, outcome)
        _ended(outcome)


def _ended(outcome: TrialResults) -> None:
    if outcome.counted and not outcome.left:
        outcome.healed, outcome.healed_by = True, [*outcome.counted]


def _count(
    recipe: Recipe | Rerun, bench: Bench, candidates: Sequence[Candidate], outcome: TrialResults
) -> list[Candidate]:
    """Count for each of them that it is possible for; those on which there is a verdict."""
    settled = []
    for candidate, found in _counted(recipe, bench, candidates):
        if found.verdict != "not proven":
            settled.append(candidate)
            _settle(candidate, found, outcome)
    return settled


def _counted(
    recipe: Recipe | Rerun, bench: Bench, candidates: Sequence[Candidate]
) -> list[tuple[Candidate, Recount]]:
    """Those whose change is only counted, with what came of counting."""
    direct = [each for each in candidates if counts_only(recipe, each)]
    if not direct or not bench.clock.left:
        return []
    tasks = [
        RecountTask(
            changes=each.changes,
            output=each.output,
            balanced=each.rule in BALANCED,
            seconds=_SHARE * bench.clock.left,
            deadline=bench.end,
        )
        for each in direct
    ]
    found = zip(direct, bench.recount(tasks), strict=True)
    return [(candidate, each) for candidate, each in found if each is not None]


def _settle(candidate: Candidate, found: Recount, outcome: TrialResults) -> None:
    """Put down what came of counting for one candidate."""
    known = outcome.trials.setdefault(candidate.key, [])
    gone = _accounted(candidate, found, outcome.left) if found.verdict == "confirmed" else frozenset()
    known.append(_trial(candidate, found, outcome.left, gone))
    if found.verdict == "confirmed":
        outcome.refuted.discard(candidate.key)
        outcome.counted.append(candidate)
        outcome.left -= gone
    elif found.verdict in ("no effect", "worse") and not candidate.established:
        outcome.refuted.add(candidate.key)


def _accounted(candidate: Candidate, found: Recount, seen: Symptoms) -> Symptoms:
    """The symptoms that the figure in use brought about: with the right one there is nothing of them."""
    names = {*symptoms_of(METRIC_LIES, SCORE_STAYS), *_OF_FIGURE}
    if skill(found.figures.right, found.figures.constant) >= SLOW_SHARE:
        names.add("learning-slow")
    if found.decided is not None and found.decided < _ONE_CLASS:
        names.add(_OF_DECISIONS)
    return frozenset(each for each in explained_by(candidate, seen) if each[0] in names)


def _trial(candidate: Candidate, found: Recount, seen: Symptoms, gone: Symptoms) -> TrialRecord:
    apart = found.difference
    return TrialRecord(
        remedy=candidate.remedy,
        verdict=found.verdict,
        why=found.why,
        measure=found.figures.counts,
        control=[found.figures.figure],
        treated=[found.figures.right],
        difference=apart.mean,
        low=apart.low,
        high=apart.high,
        symptoms_before=sorted({rule for rule, _ in seen}),
        symptoms_after=sorted({rule for rule, _ in seen - gone}),
        rows=found.rows,
        seconds=found.seconds,
        recount=found.figures,
    )
