"""From a Judgement to what the user is told: the status of the run and its one-sentence headline."""

from __future__ import annotations

from unstuck.case import Status
from unstuck.evidence.facts import Evidence
from unstuck.findings import Certainty, Impact, Judgement

_DIVERGED = {"loss-nan", "loss-explodes"}
_DIVERGED_CAUSES = {"saturated-divergence", "nan-loss", "exploding-gradient"}


def status_of(judgement: Judgement, evidence: Evidence) -> Status:
    """What became of the training, in one word.

    "failed" and "interrupted" say how it ended, where no symptom says more. A run whose leading
    cause only misleads (a metric, a split) is "misleading": the model may well be right. "unknown" is a
    trained model in which nothing is wrong, of whose training nothing is known.
    """
    fit = evidence.fit
    symptoms = {symptom.rule for symptom in judgement.symptoms}
    if fit is not None and fit.raised:
        return "failed"
    if symptoms & _DIVERGED or any(cause.rule in _DIVERGED_CAUSES for cause in judgement.causes):
        return "diverged"
    leader = judgement.causes[0] if judgement.causes else None
    if leader is None:
        if symptoms:
            return "stuck"
        if fit is None and any(output.predictions for output in evidence.outputs):
            return "unknown"
        return "interrupted" if fit is not None and fit.interrupted else "healthy"
    if leader.rule == "overfitting":
        return "overfitting"
    return "misleading" if leader.impact is Impact.MISLEADS else "stuck"


def _before(judgement: Judgement) -> str:
    """What is said before any training."""
    blocked = any(cause.impact is Impact.BLOCKS for cause in judgement.causes)
    return "This model cannot learn as it stands." if blocked else "This model is not set up as it should be."


def headline_of(status: Status, judgement: Judgement, evidence: Evidence) -> str:
    """The verdict in one sentence. Without a fit, nothing was trained that could be stuck."""
    fit = evidence.fit
    ended = (
        f"fit ended with {fit.raised.rstrip('.')}"
        if fit is not None and fit.raised
        else "fit raised an error"
    )
    opening = {
        "healthy": "Healthy: nothing that was checked is wrong.",
        "stuck": "This training is stuck." if judgement.symptoms else _before(judgement),
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
