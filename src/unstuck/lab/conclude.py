"""What the proof makes of the diagnosed run: causes confirmed, refuted or as they were, and a sentence."""

from __future__ import annotations

from typing import Any

import msgspec

from unstuck.case.plain import plain
from unstuck.case.proofs import ExperimentRecord, Proof
from unstuck.case.schema import CauseRecord, NotCheckedRecord, NoteRecord, RefutedRecord, RunRecord
from unstuck.lab.clocks import Budget
from unstuck.lab.experiment import experiments
from unstuck.lab.known import ProofState
from unstuck.lab.trials import TrialResults

_NOTHING = "nothing-to-learn"

#: What can be wrong within a network, by the rule that knows it.
_WITHIN = frozenset({"frozen-layers", "layer-constant-weights", "no-gradient-path"})


def concluded(run: RunRecord, known: ProofState, clock: Budget) -> RunRecord:
    """The run with what was found out; `report.wording` makes its sentences."""
    outcome = known.outcome or TrialResults()
    causes: list[CauseRecord] = []
    notes, refuted = list(run.notes), list(run.refuted)
    for cause in run.causes:
        _sort_in(cause, outcome, known, causes, notes, refuted)
    noted = [note for note in run.notes if (note.rule, note.output) in outcome.trials]
    for note in noted:
        notes.remove(note)
        _sort_in(_as(CauseRecord, note, because=""), outcome, known, causes, notes, refuted, noted=note)
    if known.found:
        explained = {rule for cause in known.found for rule in cause.explains}
        refuted += [
            _as(RefutedRecord, cause, explained_by=known.found[0].rule)
            for cause in causes
            if cause.certainty == "suspected" and cause.rule in explained
        ]
        causes = [c for c in causes if not (c.certainty == "suspected" and c.rule in explained)]
        known.found, causes = _surer(known.found, causes)
        new = [_of(run, cause) for cause in known.found if cause.rule not in {each.rule for each in causes}]
        causes = [*causes, *new] if known.outcome is not None else [*new, *causes]
    causes = sorted(causes, key=lambda each: (_says_less(each, causes), each.certainty != "confirmed"))
    return msgspec.structs.replace(
        run,
        status="nothing-to-learn" if causes and causes[0].rule == _NOTHING else run.status,
        causes=causes,
        notes=[_named_anew(note, causes) for note in notes],
        refuted=refuted,
        experiments=[
            *(each for each in run.experiments if each.name not in known.answers),
            *_experiments(known),
        ],
        not_checked=_not_checked(run, known),
        proof=Proof(
            says=_sentence(known, outcome, clock),
            budget=clock.seconds,
            seconds=clock.spent,
            elapsed=clock.elapsed,
            healed_by=[each.remedy for each in outcome.healed_by] if _proven(outcome) else [],
            recipe=run.proof.recipe if run.proof is not None else None,
            interrupted=known.interrupted,
            together=outcome.together,
        ),
    )


def _surer(
    found: list[CauseRecord], causes: list[CauseRecord]
) -> tuple[list[CauseRecord], list[CauseRecord]]:
    """What answers showed, at the line of the suspicion that each bears out, and the causes without those."""
    suspected = {each.rule: each.where for each in causes if each.certainty == "suspected"}
    surer = [
        msgspec.structs.replace(each, where=suspected.get(each.rule) or each.where)
        if each.certainty != "suspected"
        else each
        for each in found
    ]
    borne_out = {each.rule for each in surer if each.certainty != "suspected"} & suspected.keys()
    return surer, [each for each in causes if each.rule not in borne_out]


def _says_less(cause: CauseRecord, causes: list[CauseRecord]) -> bool:
    """Whether it is the network as a whole that is at fault, and a rule names what in it is."""
    if cause.rule != "part-at-fault" or cause.shows.get("kind") != "call":
        return False
    return any(each.certainty in ("proved", "measured") and each.rule in _WITHIN for each in causes)


def _of(run: RunRecord, cause: CauseRecord) -> CauseRecord:
    """A cause that an experiment found, explaining what this run shows and nothing else."""
    seen = {each.rule for each in run.symptoms} | {each.rule for each in (*run.causes, *run.notes)}
    return msgspec.structs.replace(cause, explains=[rule for rule in cause.explains if rule in seen])


def _not_checked(run: RunRecord, known: ProofState) -> list[NotCheckedRecord]:
    """What stays unchecked, and the questions that could not be answered."""
    answered = {rule for name in known.answers for rule in experiments()[name].decides}
    answered |= {cause.rule for cause in known.found}
    # A rule is as unchecked as the question that decides it, for the same reason.
    reasons = {
        rule: reason
        for name, reason in known.unanswered.items()
        if name in experiments()
        for rule in experiments()[name].decides
    }
    return [
        *(
            NotCheckedRecord(each.rule, reasons.get(each.rule, each.reason))
            for each in run.not_checked
            if each.rule not in answered | known.unanswered.keys()
        ),
        *(NotCheckedRecord(*each) for each in known.unanswered.items()),
    ]


def _sort_in(
    cause: CauseRecord,
    outcome: TrialResults,
    known: ProofState,
    causes: list[CauseRecord],
    notes: list[NoteRecord],
    refuted: list[RefutedRecord],
    noted: NoteRecord | None = None,
) -> None:
    """Put a cause where its trials and the answers send it."""
    key = (cause.rule, cause.output)
    trials = outcome.trials.get(key, [])
    cause = msgspec.structs.replace(cause, trials=trials or cause.trials)
    # What a trial found without effect is not recommended before what is untried.
    remedies = sorted(cause.remedies, key=lambda remedy: cause.against(remedy) != "")
    cause = msgspec.structs.replace(cause, remedies=remedies)
    confirmed = _confirmed(outcome, key) and key not in outcome.left_out
    against = known.against(cause.rule) if cause.certainty == "suspected" else ""
    if confirmed:
        healing = next(trial.remedy for trial in trials if trial.verdict == "confirmed")
        remedies = sorted(remedies, key=lambda remedy: remedy.name != healing)
        causes.append(msgspec.structs.replace(cause, certainty="confirmed", remedies=remedies))
    elif cause.certainty == "suspected" and (key in outcome.refuted or against):
        # Of what its trial refuted the trial says it.
        refuted.append(_as(RefutedRecord, cause, because="" if key in outcome.refuted else against))
    elif key in outcome.left_out and cause.certainty != "proved":
        notes.append(_as(NoteRecord, cause, because=outcome.left_out[key]))
    elif noted is not None:
        notes.append(_as(NoteRecord, cause, because=noted.because, explained_by=noted.explained_by))
    else:
        causes.append(cause)


def _named_anew(note: NoteRecord, causes: list[CauseRecord]) -> NoteRecord:
    """A note that was explained by a cause which did not stand, with the one that stands in its place."""
    if not note.explained_by or note.explained_by in {cause.rule for cause in causes}:
        return note
    stands = [cause.rule for cause in causes if note.rule in cause.explains]
    return msgspec.structs.replace(note, explained_by=stands[0]) if stands else note


def _healed(outcome: TrialResults) -> str:
    """What the set of remedies that heals comes to."""
    names = " and ".join(each.remedy for each in outcome.healed_by)
    if len(outcome.counted) == len(outcome.healed_by):
        return (
            f"Confirmed on the same weights, without a training: with {names} the figure counts the right "
            "answers, and nothing that is seen is left to explain."
        )
    said = f"With {names} none of the symptoms is left"
    if _each_confirmed(outcome):
        return f"{said}, and each of them is needed." if len(outcome.healed_by) > 1 else f"{said}."
    if outcome.together is not None and outcome.together.verdict == "confirmed":
        return (
            f"{said}. Together they are confirmed; --budget gives more time to tell which of them is needed."
        )
    return f"{said}. That is not proven yet: see the trials; --budget gives them more time."


def _each_confirmed(outcome: TrialResults) -> bool:
    return all(_confirmed(outcome, each.key) for each in outcome.healed_by)


def _proven(outcome: TrialResults) -> bool:
    """Whether the set that heals is more than chance: each of it confirmed, or all of it together."""
    together = outcome.together is not None and outcome.together.verdict == "confirmed"
    return together or _each_confirmed(outcome)


def _confirmed(outcome: TrialResults, key: tuple[str, str]) -> bool:
    return any(trial.verdict == "confirmed" for trial in outcome.trials.get(key, ()))


def _as(kind: Any, cause: CauseRecord, **more: str) -> Any:
    """The same fields in another record of the kind, which may say why it is no cause."""
    return kind(**({name: getattr(cause, name) for name in CauseRecord.__struct_fields__} | more))


def _experiments(known: ProofState) -> list[ExperimentRecord]:
    return [
        ExperimentRecord(
            name=name,
            says=answer.says,
            shows=plain(answer.shows),
            supports=list(answer.supports),
            refutes=list(answer.refutes),
        )
        for name, answer in known.answers.items()
    ]


def _sentence(known: ProofState, outcome: TrialResults, clock: Budget) -> str:
    """What became of the proof."""
    budget = clock.seconds
    end = " You ended it early." if known.interrupted else ""
    if any(cause.rule == _NOTHING for cause in known.found) and known.outcome is None:
        return "There is nothing here to learn, so no remedy was tried." + end
    parts = [cause for cause in known.found if cause.rule == "part-at-fault"]
    if parts:
        return f"Confirmed by exchanging parts both ways: {parts[0].shows.get('part')} is at fault." + end
    if known.outcome is None and known.found:
        return "No remedy was tried: the answers below name what the diagnosis did not see." + end
    if known.needed:
        return (
            f"Not tried: the smallest trials that could show anything need about {known.needed:.0f} s of "
            f"work, and {budget:.0f} s are given. Give more with --budget." + end
        )
    if known.outcome is None:
        why = "; ".join(dict.fromkeys(known.untried.values()))
        if known.interrupted and not why:
            return "No remedy was tried." + end
        return (
            f"No remedy could be tried: {why}." if why else "There was no cause to try a remedy for."
        ) + end
    if not outcome.reproduced:
        return (
            "Not reproduced: trained again from what was recorded, most trainings showed none of the "
            "symptoms, so nothing is claimed." + end
        )
    if outcome.healed:
        return _healed(outcome) + end
    if not outcome.trials and known.failures:
        return f"Not proven: the trainings failed ({known.failures[0]})." + end
    if not outcome.trials:
        return (
            f"Not proven: no pair of trainings came to its end within {budget:.0f} s. "
            "Give more with --budget." + end
        )
    open_ = [trial for trials in outcome.trials.values() for trial in trials if trial.verdict == "not proven"]
    if open_:
        return (
            f"Not proven within {budget:.0f} s: see the trials for what is missing. Give more with --budget."
            + end
        )
    left = ", ".join(sorted({rule for rule, _ in outcome.left}))
    asked = f" Asked about what is left: {', '.join(known.answers)}." if known.answers else ""
    said = f"No remedy that was tried takes all symptoms away; left: {left}.{asked}"
    return f"{said} {clock.spent:.0f} s were used." + end
