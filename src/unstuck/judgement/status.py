"""From a Judgement to what became of the training, in one word."""

from __future__ import annotations

from unstuck.evidence.facts import Evidence
from unstuck.evidence.gather import EXAMINED, NOT_ASKED, NOT_READ
from unstuck.judgement.findings import Impact, Judgement
from unstuck.judgement.standing import holds_its_own, is_under_way, rival_of
from unstuck.judgement.words import Status

#: More than this share of the rules without their evidence: what is left is no judgement.
MOSTLY = 0.5

_BEATEN = "beaten-by-simple-model"
_BELOW = "training-below-validation"
_DIVERGES = "diverges"
_DIVERGED_CAUSES = {"saturated-divergence", "nan-loss", "exploding-gradient"}


def status_of(judgement: Judgement, evidence: Evidence) -> Status:
    """What became of the training, in one word.

    "failed" and "interrupted" say how it ended, where no symptom says more. A run whose leading
    cause only misleads (a metric, a split) is "misleading": the model may well be right. So is one that does
    worse on its training rows than on the validation rows, for a reason unknown, and holds its own on these:
    the training rows hold wrong labels or harder ones, and its figures there tell too little. "unknown" is a
    trained model in which nothing is wrong, of whose training nothing is known. "healthy" is a measurement:
    beside simple models on the same rows each output holds its own. Where that could not be measured, or did
    not come out so, it is "nothing-found", and "not-judged" where most rules could not be checked either.
    "behind" is one that clearly learns, and in which nothing is wrong but that a simple model does better.
    """
    fit = evidence.fit
    symptoms = {symptom.rule for symptom in judgement.symptoms}
    if fit is not None and fit.raised:
        return "failed"
    if any(symptom.family == _DIVERGES for symptom in judgement.symptoms) or any(
        cause.rule in _DIVERGED_CAUSES for cause in judgement.causes
    ):
        return "diverged"
    leader = judgement.causes[0] if judgement.causes else None
    if leader is None:
        if symptoms == {_BELOW} and _learns(evidence):
            return "misleading"
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
    called_for = judgement.asked - (len(judgement.not_checked) - len(lacking))
    return len(lacking) > MOSTLY * called_for
