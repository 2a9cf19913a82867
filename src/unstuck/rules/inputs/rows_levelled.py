"""Cause: every row was scaled by itself."""

from __future__ import annotations

from dataclasses import asdict, replace

from unstuck.evidence.facts import Disorder, Fit, Place
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: What of the rows differs no more.
_LOST = {
    "mean and deviation": ("the mean 0 and the deviation 1", "the level and the spread"),
    "length": ("the length 1", "the size"),
    "least and largest value": ("the least value 0 and the largest 1", "the level and the range"),
}


@cause(
    "rows-levelled",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        VALIDATION_APART,
        "dead-relu",
        "learning-rate-too-low",
        "model-too-small",
        "nothing-to-learn",
        "overfitting",
        "signal-lost-before-fit",
        "too-few-updates",
    ),
)
def rows_levelled(disorder: Disorder, fit: Fit | None) -> Finding | None:
    """Every row was brought to the same level by itself, and simple models find little in what is left.

    Why it looks stuck: scaling along the wrong axis (axis=1, or a Normalizer in place of a StandardScaler)
    takes from each row what it differs in from the others. Where that is what tells the targets, nothing of
    it is left, and no network finds it again.

    How it is proved: mean, deviation, length, least and largest value of each row are computed; they are the
    same in all of them. Whether what was taken told the targets, only the rows from before that step show.

    What to do: scale each column, by figures of the training rows: axis=0.

    What decides: Give the rows from before that step to a simple model.
    """
    if not disorder.levelled:
        return None
    same, lost = _LOST[disorder.levelled]
    return Finding(
        says=f"Each of {disorder.rows:,} rows of {disorder.columns} columns has {same} by itself, so {lost} "
        "in which rows differed is gone. In what is left simple models reach at most "
        f"{disorder.passed_measure} {disorder.passed:.3f}.",
        shows=asdict(replace(disorder, place=None)),
        where=disorder.place or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                at=disorder.place,
                text="Scale each column and not each row: mean(axis=0) and std(axis=0) of the training rows.",
            ),
        ),
    )


_LEVELLED = Disorder(
    levelled="mean and deviation", columns=8, passed=0.51, rows=1100, place=Place(file="train.py", line=19)
)
rows_levelled.fires(_LEVELLED)
rows_levelled.fires(replace(_LEVELLED, levelled="length"))
rows_levelled.quiet(Disorder(order="reversed"))
