"""From a Judgement to what the user is told: the status of the run and its one-sentence headline."""

from __future__ import annotations

from unstuck.case.recording import referred
from unstuck.case.schema import Status
from unstuck.evidence.facts import Evidence
from unstuck.evidence.gather import EXAMINED, NOT_ASKED, NOT_READ
from unstuck.judgement.findings import Certainty, Impact, Judgement
from unstuck.report.reference import beside
from unstuck.rules.families import DIVERGES
from unstuck.rules.rule import catalogue, symptoms_of
from unstuck.rules.standing import holds_its_own, is_under_way, rival_of

#: More than this share of the rules without their evidence: what is left is no judgement.
MOSTLY = 0.5

_BEATEN = "beaten-by-simple-model"
_DIVERGED_CAUSES = {"saturated-divergence", "nan-loss", "exploding-gradient"}


def status_of(judgement: Judgement, evidence: Evidence) -> Status:
    """What became of the training, in one word.

    "failed" and "interrupted" say how it ended, where no symptom says more. A run whose leading
    cause only misleads (a metric, a split) is "misleading": the model may well be right. "unknown" is a
    trained model in which nothing is wrong, of whose training nothing is known. "healthy" is a measurement:
    beside simple models on the same rows each output holds its own. Where that could not be measured, or did
    not come out so, it is "nothing-found", and "not-judged" where most rules could not be checked either.
    "behind" is one that clearly learns, and in which nothing is wrong but that a simple model does better.
    """
    fit = evidence.fit
    symptoms = {symptom.rule for symptom in judgement.symptoms}
    if fit is not None and fit.raised:
        return "failed"
    if not symptoms.isdisjoint(symptoms_of(DIVERGES)) or any(
        cause.rule in _DIVERGED_CAUSES for cause in judgement.causes
    ):
        return "diverged"
    leader = judgement.causes[0] if judgement.causes else None
    if leader is None:
        if symptoms:
            return "behind" if symptoms == {_BEATEN} and _is_under_way(evidence) else "stuck"
        if fit is None and any(output.predictions for output in evidence.outputs):
            return "unknown"
        if fit is not None and fit.interrupted:
            return "interrupted"
        if _mostly_unchecked(judgement):
            return "not-judged"
        return "healthy" if _learns(evidence) else "nothing-found"
    if leader.rule == "overfitting":
        return "overfitting"
    return "misleading" if leader.impact is Impact.MISLEADS else "stuck"


def _learns(evidence: Evidence) -> bool:
    """Whether every output that has targets holds its own against its reference."""
    references = [output.reference for output in evidence.outputs if output.labels is not None]
    return bool(references) and all(each is not None and holds_its_own(each) for each in references)


def _is_under_way(evidence: Evidence) -> bool:
    """Whether each output that a simple model beats has come most of the way there."""
    held = [output.reference for output in evidence.outputs if output.reference is not None]
    beaten = [each for each in held if rival_of(each) is not None]
    return bool(beaten) and all(map(is_under_way, beaten))


#: Why a rule is not checked where nothing looks wrong: it is asked only for what a symptom calls for.
_NOT_CALLED_FOR = (NOT_READ, NOT_ASKED, *(f"{name.lower()} not known" for name in EXAMINED))


def _mostly_unchecked(judgement: Judgement) -> bool:
    """Whether the evidence was missing for more than half of the rules that a fit calls for."""
    lacking = [
        reason for _, reason in judgement.not_checked if not set(reason.split("; ")) & set(_NOT_CALLED_FOR)
    ]
    called_for = len(catalogue()) - (len(judgement.not_checked) - len(lacking))
    return len(lacking) > MOSTLY * called_for


def _before(judgement: Judgement) -> str:
    """What is said before any training."""
    blocked = any(cause.impact is Impact.BLOCKS for cause in judgement.causes)
    return "This model cannot learn as it stands." if blocked else "This model is not set up as it should be."


def _beside(evidence: Evidence) -> str:
    """The network's scores beside those of its references, "" where there is none."""
    return beside({each.name: referred(each.reference) for each in evidence.outputs if each.reference})


def _nothing_found(evidence: Evidence) -> str:
    """What is said where nothing is wrong that was checked, and learning is not shown either."""
    if evidence.fit is None:
        return "Nothing found before training. Whether it learns, only a training can show."
    told = _beside(evidence)
    if not told:
        why = evidence.absent.get("Reference", "there is nothing to compare with")
        return f"Nothing found, and nothing to hold this training against: {why}."
    beaten = any(each.reference and rival_of(each.reference) for each in evidence.outputs)
    if beaten:
        return f"Beaten so far, and still getting better when the training ended: {told}."
    if not any(each.reference and each.reference.simple for each in evidence.outputs):
        return f"Nothing found, and no simple model to hold this training against: {told}."
    return f"Nothing found, but not shown to have learned: {told}."


def headline_of(status: Status, judgement: Judgement, evidence: Evidence) -> str:
    """The verdict in one sentence. Without a fit, nothing was trained that could be stuck."""
    fit = evidence.fit
    ended = (
        f"fit ended with {fit.raised.rstrip('.')}"
        if fit is not None and fit.raised
        else "fit raised an error"
    )
    opening = {
        "healthy": f"Learns: {_beside(evidence)}.",
        "nothing-found": _nothing_found(evidence),
        "not-judged": f"This training could not be judged: {len(judgement.not_checked)} of "
        f"{len(catalogue())} rules could not be checked.",
        "stuck": "This training is stuck." if judgement.symptoms else _before(judgement),
        "behind": f"Learns, but less than a simple model: {_beside(evidence)}.",
        "misleading": "The figures mislead: what they show is not what the model has learned.",
        "diverged": "This training diverged.",
        "overfitting": "The model learns its training rows by heart.",
        "failed": f"{ended.splitlines()[0]}.",
        "interrupted": "The training was interrupted; up to there nothing is wrong.",
        "unknown": "Nothing that was checked is wrong. How the training went was not seen: give its history.",
    }[status]
    if not judgement.causes:
        unexplained = "No cause that unstuck knows explains it." if judgement.symptoms else ""
        return f"{opening} {unexplained}".strip()
    leader = judgement.causes[0]
    sure = "Suspected" if leader.certainty is Certainty.SUSPECTED else "Found"
    others = len(judgement.causes) - 1
    more = f", and {others} more cause{'s' if others > 1 else ''}" if others else ""
    return f"{opening} {sure}: {leader.rule}{more}."
