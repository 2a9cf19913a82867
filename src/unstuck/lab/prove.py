"""From a diagnosed run to a proven one: ask what decides, try the remedies, and say what came out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from msgspec.structs import replace as replace_record

from unstuck.case.proofs import RemedyRecord
from unstuck.case.recording import recorded
from unstuck.case.schema import CauseRecord, RunRecord
from unstuck.evidence.facts import Learnability
from unstuck.evidence.source import SourceReader
from unstuck.lab.arms import Arm, treated
from unstuck.lab.bench import Bench, Progress
from unstuck.lab.candidates import Candidate, changes_of, stacked
from unstuck.lab.clocks import Budget
from unstuck.lab.conclude import concluded
from unstuck.lab.counting import count_ahead, count_first, counts_only, stand_in
from unstuck.lab.exchange.asking import (
    ALONE,
    BEFORE_FIT,
    EXCHANGE,
    MECHANISMS,
    TRIALS_FIRST,
    exchangeable,
    share_for,
)
from unstuck.lab.executors import packed
from unstuck.lab.experiment import Answer, experiments
from unstuck.lab.known import ProofState
from unstuck.lab.pacing import paced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.lab.rerun import Rerun, edited_files
from unstuck.lab.resize import Size
from unstuck.lab.sizing import FEWEST_UPDATES, affordable, affordable_again, dense, longer
from unstuck.lab.trials import SEEDS, Trials
from unstuck.rules.bounds import beats
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import catalogue, symptoms_of

#: Seconds of a proof unless told otherwise.
BUDGET = 60.0

#: Questions that are put to tell suspects apart: more would leave nothing for the trials.
_MOST_QUESTIONS = 2

#: The share of the budget that questions may take before any remedy is tried.
_QUESTIONS = 0.4

#: More causes than this are not tried: they would share the budget in crumbs.
_MOST_CAUSES = 5

#: Remedies of one cause that are tried, one after the other where one does not heal.
_MOST_REMEDIES = 3

#: Symptoms of a model that found nothing: the only ones under which it is asked whether there is anything.
_FINDS_NOTHING = (NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, VALIDATION_APART)

#: Where a simple model finds something, or only the validation figure stands still, the answer is known.
_FINDS = frozenset({"beaten-by-simple-model", "validation-accuracy-pinned"})

#: Seconds below which a question trains too little to come to an answer.
_LEAST_SECONDS = 5.0

#: Why a question that was put has no answer.
_UNANSWERED = "the time was up before it was answered"

#: What is asked of a run that no cause explains, and about what the confirmed remedies leave; besides of a
#: program with a layer, a loss or a step of its own.
_UNEXPLAINED = ("learnability", "learning-rate-range", "overfit-one-batch")
_OF_ITS_OWN = "gradient-check"


def prove(
    run: RunRecord,
    recipe: Recipe | Rerun,
    executor: Any,
    *,
    budget: float | Budget = BUDGET,
    progress: Progress = lambda _: None,
) -> RunRecord:
    """Put the questions that decide, try the remedies, and tell the run anew.

    Ctrl-C ends it early; what is known by then is kept.

    Args:
        run: the diagnosed run.
        recipe: what is needed to train it again: a recipe, or how to run the script again.
        executor: where trainings run (`lab.executors`).
        budget: seconds of work that it may take; they count from when the workers are ready.
        progress: told what is being done.
    """
    share = executor.ready()
    clock = budget if isinstance(budget, Budget) else Budget(budget, share)
    bench = Bench(executor, packed(recipe), clock, progress)
    known = ProofState()
    try:
        _work(run, recipe, bench, known)
    except KeyboardInterrupt:
        known.interrupted = True
    known.failures = list(dict.fromkeys(bench.failures.values()))
    return concluded(run, known, clock)


def _work(run: RunRecord, recipe: Recipe | Rerun, bench: Bench, known: ProofState) -> None:
    exchange = partial(_exchange, run, bench, known) if exchangeable(run, recipe) else None
    if isinstance(recipe, Rerun) and recipe.why:
        known.unanswered["part-at-fault"] = f"no part can be exchanged: {recipe.why}"
    options = list(islice(_options(run, recipe, known), _MOST_CAUSES))
    candidates = [each[0] for each in options]
    alternatives = [other for each in options for other in each[1:]]
    seen = [(each.rule, each.output) for each in run.symptoms]
    listed = [*candidates, *alternatives]
    candidates = count_first(recipe, bench, candidates, _to_explain(run, known), known)
    if known.outcome is not None:
        if known.outcome.healed:
            return
        seen = list(known.outcome.left)
    sure = [each for each in candidates if each.established]
    if exchange is not None and all(each.rule in MECHANISMS for each in sure):
        exchange(share=share_for(run))
        if known.found:
            return
    if not sure:
        _ask(_questions(run, candidates, recipe), run, bench, known)
        candidates = [
            replace(each, supported=known.supports(each.rule))
            for each in candidates
            if not known.against(each.rule)
        ]
    if not options:
        known.found += _spoken_for(run, {each.rule for each in run.symptoms}, known)
    if known.found:
        return
    ahead = count_ahead(recipe, bench, alternatives)
    if candidates:
        later = exchange is not None and "exchange-of-parts" not in known.answers
        part = bench.within(TRIALS_FIRST * bench.clock.left) if later else bench
        _try(recipe, part, candidates, alternatives, seen, known)
        outcome = known.outcome
        open_ = outcome is not None and (outcome.left or not outcome.reproduced)
        if later and open_ and exchange is not None:
            exchange(share=ALONE)  # nothing else is to be tried after it
            if known.found:
                return
    stand_in(ahead, seen, known)
    outcome = known.outcome
    if outcome is None or not outcome.trials or outcome.healed:
        return
    confirmed = [each for each in listed if _is_confirmed(each, known)]
    left = {rule for rule, _ in outcome.left}
    if sure and not confirmed:
        _ask(_questions(run, candidates, recipe), run, bench, known)
    elif (
        confirmed
        and _found_nothing(left)
        and bench.clock.left >= _LEAST_SECONDS
        and isinstance(recipe, Recipe)
    ):
        cured = treated(recipe, changes_of(stacked(confirmed)))
        _ask(_UNEXPLAINED, run, bench.of(packed(cured)), known)
        known.found += _spoken_for(run, left, known)


def _to_explain(run: RunRecord, known: ProofState) -> list[tuple[str, str]]:
    """The symptoms but for those that an established cause explains which no training can be tried for."""
    others = [
        each
        for each in run.causes
        if each.certainty != "suspected" and (each.rule, each.output) in known.untried
    ]
    explained = {rule for each in others for rule in each.explains}
    return [(each.rule, each.output) for each in run.symptoms if each.rule not in explained]


def _exchange(run: RunRecord, bench: Bench, known: ProofState, share: float) -> None:
    """Exchange the program's own parts for standard ones, and ask whether there is anything to learn."""
    _ask(EXCHANGE, run, bench, known, share=share)
    parts = [cause for cause in known.found if cause.rule == "part-at-fault"]
    # There is something to learn, as the standard part shows; what fit was given has no line of its own.
    if parts:
        known.found = [replace_record(cause, where=cause.where or run.fit) for cause in parts]


def _is_confirmed(candidate: Candidate, known: ProofState) -> bool:
    """Whether a trial of this remedy removed what its cause explains."""
    trials = known.outcome.trials.get(candidate.key, []) if known.outcome is not None else []
    return any(trial.verdict == "confirmed" and trial.remedy == candidate.remedy for trial in trials)


def _options(run: RunRecord, recipe: Recipe | Rerun, known: ProofState) -> Iterable[list[Candidate]]:
    """Each cause with its remedies that can be tried, the recommended one first; suspected notes last.

    Not those that a root which was measured explains: what eases them says nothing against it.
    """
    roots = {cause.rule for cause in run.causes if cause.certainty != "suspected"} - MECHANISMS
    notes = [
        each
        for each in run.notes
        if each.certainty == "suspected" and each.explains and each.explained_by not in roots
    ]
    for cause in [*run.causes, *notes]:
        remedies, why = _treatable(cause, recipe)
        if not remedies:
            known.untried[cause.rule, cause.output] = why
            continue
        yield [
            Candidate(
                rule=cause.rule,
                output=cause.output,
                established=cause.certainty != "suspected",
                impact=cause.impact,
                explains=tuple(cause.explains),
                remedy=remedy.name,
                changes=tuple(remedy.changes),
            )
            for remedy in remedies
        ]


def _treatable(cause: CauseRecord, recipe: Recipe | Rerun) -> tuple[list[RemedyRecord], str]:
    """The remedies that a recipe can be given, or why there is none."""
    found, why = [], "it has no remedy"
    for remedy in cause.remedies:
        try:
            if isinstance(recipe, Rerun):
                edited_files(recipe, tuple(remedy.changes))
            else:
                treated(recipe, tuple(remedy.changes))
        except UntreatableError as reason:
            why = str(reason)
        except Exception as error:  # a defect in a remedy costs its trial, never the proof
            why = f"{remedy.name} failed ({type(error).__name__}: {error})"
        else:
            found += [remedy] if remedy.changes else []
            if len(found) == _MOST_REMEDIES:
                break
    return found, why


# --- questions ---


def _questions(run: RunRecord, candidates: Sequence[Candidate], recipe: Recipe | Rerun) -> list[str]:
    """Whether there is anything to learn, and what tells apart what is suspected.

    Of the latter the experiments that decide most of the suspects; a single suspect needs none, its
    trial decides.
    """
    suspected = {each.rule for each in candidates if not each.established}
    names = []
    if _found_nothing(each.rule for each in run.symptoms):
        names.append("learnability")
    if not candidates:
        own = isinstance(recipe, Recipe) and recipe.custom and recipe.y is not None
        names += [_OF_ITS_OWN, *_UNEXPLAINED] if own else _UNEXPLAINED
    elif len(suspected) > 1:
        decides = {name: len(suspected & set(each.decides)) for name, each in experiments().items()}
        telling = sorted((name for name in decides if decides[name]), key=lambda name: -decides[name])
        names += [name for name in telling if name not in names][:_MOST_QUESTIONS]
    return [name for name in dict.fromkeys(names) if name in experiments()]


def _found_nothing(symptoms: Iterable[str]) -> bool:
    """Whether one of the symptoms is that of a model that found nothing in the rows."""
    return not {*symptoms_of(*_FINDS_NOTHING)}.difference(_FINDS).isdisjoint(symptoms)


def _ask(
    names: Sequence[str], run: RunRecord, bench: Bench, known: ProofState, share: float = _QUESTIONS
) -> None:
    """Put the questions at once, and judge what the rules make of the answers."""
    names = [name for name in names if name not in known.answers]
    if not names:
        return
    rounds = -(-len(names) // max(bench.executor.workers, 1))
    each = share * bench.clock.left / rounds
    answers = bench.ask(names, each)
    known.unanswered |= {name: _UNANSWERED for name in names if name not in answers}
    for name, answer in answers.items():
        if isinstance(answer, str):
            known.unanswered[name] = answer
        else:
            known.answers[name] = answer
    sources = SourceReader()
    explained = _explained(run)
    for answer in known.answers.values():
        for rule in catalogue().values():
            needed = [kind for kind, required in rule.needs.values() if required]
            if answer.record is not None and needed == [type(answer.record)] and not _found_some(run, answer):
                finding = rule(answer.record)
                if finding is not None and finding.rule not in explained:
                    known.found.append(CauseRecord(**recorded(finding, sources)))


def _explained(run: RunRecord) -> set[str]:
    """What the causes of this run explain that are no mere suspicions.

    Where something was done to the rows before fit, that they hold nothing now is what is to be expected.
    """
    told = [each for each in run.causes if each.certainty != "suspected" or each.rule in BEFORE_FIT]
    sure = {cause.rule for cause in told} & catalogue().keys()
    return {rule for name in sure for rule in catalogue()[name].explains}


def _spoken_for(run: RunRecord, open_: Collection[str], known: ProofState) -> Iterable[CauseRecord]:
    """Causes that the diagnosis did not see and that answers speak for, of symptoms that nothing explains.

    Where another answer speaks against one there is nothing but the two answers to go by: it is not claimed.
    """
    seen = [symptom.rule for symptom in run.symptoms if symptom.rule in open_]
    there = {cause.rule for cause in (*run.causes, *known.found)} | _explained(run)
    for rule in catalogue().values():
        says = [answer.says for answer in known.answers.values() if rule.name in answer.supports]
        explains = [name for name in seen if name in rule.explains]
        if says and explains and rule.name not in there and not known.disputed(rule.name):
            yield CauseRecord(
                rule=rule.name,
                certainty="measured",
                impact=rule.impact.value,
                says=says[0],
                explains=explains,
            )


def _found_some(run: RunRecord, answer: Answer) -> bool:
    """Whether the network's own validation accuracy shows what simple models did not find."""
    record = answer.record
    if not isinstance(record, Learnability) or record.majority is None:
        return False
    rows = int(run.figures.get("validation_rows") or 0)
    logged = [
        values[-1]
        for curves in run.curves.values()
        for name, values in curves.items()
        if name.startswith("val_") and "acc" in name and values
    ]
    return any(value is not None and rows and beats(value, record.majority, rows) for value in logged)


# --- trials ---


def _try(
    recipe: Recipe | Rerun,
    bench: Bench,
    candidates: Sequence[Candidate],
    alternatives: Sequence[Candidate],
    seen: Sequence[tuple[str, str]],
    known: ProofState,
) -> None:
    """Trials at the user's size, or what of it fits; longer ones where the cure needs more time to show."""
    before = known.outcome
    if before is not None and before.counted and isinstance(recipe, Recipe):
        recipe = treated(recipe, changes_of(before.counted))
        bench = bench.of(packed(recipe))
    sure = [each for each in candidates if each.established]
    # Suspects behind an established cause are seldom tried; they do not make all trainings small.
    first = sure or candidates
    workers, arms = bench.executor.workers, len(SEEDS) * (1 + len(first))
    if isinstance(recipe, Rerun):
        size = affordable_again(recipe, bench.clock.left, workers, arms)
    elif sure and recipe.updates < FEWEST_UPDATES:
        size = dense(recipe, bench.clock.left, workers, arms)
    else:
        updates = max(treated(recipe, each.changes).updates for each in first)
        size = affordable(recipe, bench.clock.left, workers, arms, updates)
    size, scout = _scouted(bench, recipe, candidates, size, known)
    if known.needed:
        return
    if scout is not None and set(scout.symptoms) & set(seen):
        more = longer(size, scout.seconds, 0.9 * bench.clock.left, workers, arms)
        if more is None and isinstance(recipe, Recipe):
            more = dense(recipe, 0.9 * bench.clock.left, workers, arms)
        size = more or size
    trials = Trials(bench, size, seen, before)
    known.outcome = trials.outcome
    trials.run(candidates)
    for alternative in alternatives:
        done = trials.outcome.trials.get(alternative.key, [])
        tried = done and done[-1].verdict in ("no effect", "worse", "helped")
        if tried and not trials.outcome.healed and not counts_only(recipe, alternative):
            trials.retry(alternative)


def _scouted(
    bench: Bench, recipe: Recipe | Rerun, candidates: Sequence[Candidate], size: Size, known: ProofState
) -> tuple[Size, Arm | None]:
    """The size that fits, and one training of that size with every established cause treated."""
    sure = changes_of(stacked(each for each in candidates if each.established))
    first = sure or candidates[0].changes
    arms = len(SEEDS) * (1 + (sum(each.established for each in candidates) or len(candidates)))
    found = paced(bench, recipe, [first, ()], size, arms)
    known.needed = found.needed
    return found.size, bench.arm(sure, SEEDS[0], found.size) if sure else None
