"""From a Judgement to what the user is told of the run, in one sentence."""

from __future__ import annotations

from unstuck.case.recording import referred
from unstuck.evidence.facts import Evidence
from unstuck.judgement.findings import Certainty, Impact, Judgement
from unstuck.judgement.standing import rival_of
from unstuck.judgement.words import Status
from unstuck.report.reference import beside


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
        f"{judgement.asked} rules could not be checked.",
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
