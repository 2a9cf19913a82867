"""Cause: what tells the targets was lost between the program's own rows and those that fit got."""

from __future__ import annotations

from dataclasses import asdict, replace

from unstuck.evidence.facts import Fit, Place, Upstream
from unstuck.evidence.scores import skill
from unstuck.judgement.findings import Finding, propose
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: With fewer than this share of the targets beside the same rows, rows were paired anew: noise that is added
#: on purpose changes fewer.
_PAIRED = 0.9

#: Rows that were looked up must be so many before their targets tell anything.
_FEWEST = 30


@cause(
    "signal-lost-before-fit",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        VALIDATION_APART,
        "loss-explodes",
        "loss-negative",
        "class-imbalance",
        "dead-relu",
        "decisions-do-not-change",
        "inputs-not-scaled",
        "learning-rate-too-low",
        "model-too-small",
        "nothing-to-learn",
        "overfitting",
        "too-few-updates",
    ),
)
def signal_lost_before_fit(upstream: Upstream, fit: Fit | None) -> Finding | None:
    """The program holds rows that tell the targets, and the rows that fit got do not.

    Why it looks stuck: a step between reading the data and training took away what tells the targets: labels
    that were shuffled or drawn apart from their rows, words that all got one number, a scaling along the
    wrong axis, a join of other rows. No network finds it again.

    How it is proved: arrays, tables and lists of as many rows that the program holds by name when it calls
    fit are given to simple models, as the rows that fit got are. They find the targets in the first and
    little or nothing in the second, each on rows held out. Where the rows of fit stand among those that the
    program holds, their targets are compared one by one. Where a column of one table is that of another in
    the rows of the same number, and columns that both have name other rows there, it is joined by these.

    What to do: look at the steps between the two: print a few rows and their targets after each.
    """
    if skill(upstream.score, upstream.baseline) < LEARNED_SHARE or upstream.score <= upstream.passed:
        return None
    says = (
        f"From {upstream.inputs} with {upstream.targets}, {upstream.rows:,} rows that the program holds, "
        f"{upstream.learner} reach{'' if upstream.learner.endswith('s') else 'es'} {upstream.measure} "
        f"{upstream.score:.3f} (a constant answer {upstream.baseline:.3f}); from the rows as fit got them "
        f"simple models reach at most {upstream.passed_measure} {upstream.passed:.3f}."
    )
    place = f" ({upstream.place.file.rpartition('/')[2]}:{upstream.place.line})" if upstream.place else ""
    advice = (
        f"Look at the steps from {upstream.inputs} to the rows that fit gets{place}: print three rows and "
        "their targets after each step, and count the distinct values."
    )
    if upstream.misjoined:
        says = f"{upstream.misjoined} Joined by these, {says[0].lower()}{says[1:]}"
        advice = f"Join the tables by the columns that name a row{place}: table.merge(other, on=[...])."
    elif upstream.found >= _FEWEST and upstream.agree < _PAIRED * upstream.found:
        says += (
            f" Of {upstream.found:,} rows of fit that stand in {upstream.inputs}, {upstream.agree:,} came "
            f"with the target that stands beside them in {upstream.targets}: they were put together anew."
        )
        advice = f"Take rows and targets by the same row numbers where the rows for fit are made{place}."
    elif upstream.mapping:
        says += f" {upstream.mapping} gives all its keys one and the same number."
        advice = f"Let {upstream.mapping}{place} give each key a number of its own."
    return Finding(
        says=says,
        shows=asdict(replace(upstream, place=None)),
        where=upstream.place or (fit.place if fit is not None else None),
        remedies=(propose("advise", at=upstream.place, text=advice),),
    )


_LOST = Upstream(
    inputs="texts",
    targets="labels",
    measure="balanced accuracy",
    learner="nearest neighbours",
    score=0.97,
    passed=0.51,
    baseline=0.5,
    rows=1500,
    place=Place(file="train.py", line=29),
)
signal_lost_before_fit.fires(_LOST)
signal_lost_before_fit.fires(replace(_LOST, found=500, agree=251))
signal_lost_before_fit.fires(replace(_LOST, mapping="vocabulary"))
signal_lost_before_fit.fires(
    replace(
        _LOST,
        misjoined="Column visitors of sales is that of counts in the rows of the same number, and 120 of "
        "3,600 rows have the same shop and day in both.",
    )
)
signal_lost_before_fit.quiet(replace(_LOST, score=0.52))
signal_lost_before_fit.quiet(Upstream())
