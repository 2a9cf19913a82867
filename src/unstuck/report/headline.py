"""The headline of a run: the verdict in one sentence, made from what its record holds and nowhere else."""

from __future__ import annotations

from unstuck.case.schema import RunRecord
from unstuck.report.reference import beside
from unstuck.report.text import flat
from unstuck.report.words import SURE
from unstuck.rules.arithmetic import STAYS

_UNKNOWN = "Nothing that was checked is wrong. How the training went was not seen: give its history."

#: Before the name of the leading cause, where its certainty goes without saying.
_FOUND = {"measured": "Found", "proved": "Found"}

#: What to call a training in which something is wrong, by the family of a symptom, the gravest first.
_STUCK = {
    "nothing-learned": "This training is stuck.",
    "score-stays": "This training is stuck.",
    "learning-ends": "This training has come to a standstill.",
    "learns-little": "This training falls short.",
    "validation-apart": "This training does well on its own rows only.",
    "metric-lies": "The figures of this training contradict each other.",
}

_BEATEN = "beaten-by-simple-model"


def headline_of(run: RunRecord) -> str:
    """The verdict on a training that was watched, read off a log, or is yet to come."""
    if run.logged is not None:
        return _of_log(run)
    opening = became(run)
    if run.status == "nothing-to-learn":
        return opening
    if not run.causes:
        return f"{opening} No cause that unstuck knows explains it." if run.symptoms else opening
    leader = run.causes[0]
    sure = "counted" if leader.counted else leader.certainty
    return f"{opening} {_FOUND.get(sure, SURE[sure])}: {leader.rule}{_more(run, ', and', ' more')}."


def fit_was_seen(run: RunRecord) -> bool:
    """Whether the run is of a fit: `check` and `diagnose` may see a model alone."""
    return "epochs_done" in run.figures


def became(run: RunRecord) -> str:
    """What became of the training. Without a fit, nothing was trained that could be stuck."""
    return {
        "healthy": f"Learns: {beside(run.reference)}.",
        "nothing-found": _nothing_found(run),
        "not-judged": _not_judged(run),
        "stuck": _stuck(run) if run.symptoms else _before(run),
        "behind": f"Learns, but less than a simple model: {beside(run.reference)}.",
        "misleading": "The figures mislead: what they show is not what the model has learned.",
        "diverged": "This training diverged.",
        "overfitting": "The model learns its training rows by heart.",
        "failed": _failed(run),
        "interrupted": "The training was interrupted; up to there nothing is wrong.",
        "nothing-to-learn": "There is nothing here to learn from these inputs.",
    }.get(run.status, _UNKNOWN)


def _stuck(run: RunRecord) -> str:
    """What is stuck, or else: by the gravest family of its symptoms."""
    families = {symptom.family for symptom in run.symptoms if symptom.rule != _BEATEN}
    if not families and run.symptoms:
        told = beside(run.reference)
        return f"This training falls short of a simple model{f': {told}' if told else ''}."
    return next((words for family, words in _STUCK.items() if family in families), "This training is stuck.")


def _before(run: RunRecord) -> str:
    """What is said before any training."""
    blocked = any(cause.impact == "blocks" for cause in run.causes)
    return "This model cannot learn as it stands." if blocked else "This model is not set up as it should be."


def _failed(run: RunRecord) -> str:
    raised = str(run.figures.get("raised") or "").strip()
    return f"fit ended with {raised.splitlines()[0].rstrip('.')}." if raised else "fit raised an error."


def _not_judged(run: RunRecord) -> str:
    told = f"{len(run.not_checked)} of {run.asked} rules could not be checked"
    return f"This training could not be judged: {told}."


def _nothing_found(run: RunRecord) -> str:
    """What is said where nothing is wrong that was checked, and learning is not shown either."""
    if not fit_was_seen(run):
        return "Nothing found before training. Whether it learns, only a training can show."
    told = beside(run.reference)
    if not told:
        why = run.no_reference or "there is nothing to compare with"
        return f"Nothing found, and nothing to hold this training against: {flat(why)}."
    if any(each.rival for each in run.reference.values()):
        return f"Beaten so far, and still getting better when the training ended: {told}."
    if not any(each.simple for each in run.reference.values()):
        return f"Nothing found, and no simple model to hold this training against: {told}."
    return f"Nothing found, but not shown to have learned: {told}."


def _of_log(run: RunRecord) -> str:
    """What the figures of a log come to."""
    if run.causes:
        leader = run.causes[0]
        if leader.where is not None:
            return f"source and figures agree on {leader.rule}."
        sure = "the figures point to" if leader.certainty == "measured" else "the figures fit"
        return f"{sure} {leader.rule}{_more(run, ' and', ' other')}."
    if run.status == "nothing-found":
        return "the figures are those of a training that learns; no cause that unstuck knows shows in them."
    if run.logged is not None and run.logged.epochs < STAYS:
        return "no cause that unstuck knows shows in these figures, and they are too few to call it learning."
    return (
        "no cause that unstuck knows shows in these figures; that the model learns, they do not show either."
    )


def _more(run: RunRecord, joint: str, which: str) -> str:
    """How many causes stand behind the leading one."""
    others = len(run.causes) - 1
    return f"{joint} {others}{which} cause{'s' if others > 1 else ''}" if others else ""
