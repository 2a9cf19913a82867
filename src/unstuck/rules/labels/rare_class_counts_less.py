"""Cause: the weights of the rows make a rare class count even less."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Fit, Labels, Place, Predictions
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: A class is rare with less than half of what each class would have if all had as many rows.
_RARE = 0.5

#: Weights within a factor of two of each other hardly change what is learned.
_LESS = 0.5


@cause(
    "rare-class-counts-less",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "class-imbalance",
        "decisions-do-not-change",
    ),
    blames=("fit.sample_weight", "fit.class_weight"),
)
def rare_class_counts_less(
    fit: Fit, predictions: Predictions | None, labels: Labels | None
) -> Finding | None:
    """A row of the rare class weighs less in the loss than one of the frequent class.

    Why it looks stuck: weights of rows are there to let a rare class count as much as the others. Where they
    grow with the frequency of the class, and not against it, the rare class counts less than without any: the
    model answers the frequent class for all rows, and its loss is small.

    How it is proved: rows and weights of each class are counted; the rare one's share of all weights is
    smaller than its share of the rows.

    What to do: weigh a row by n / (classes x rows of its class), the inverse of how frequent the class is.

    What decides: Print the weight of one row of each class.
    """
    if len(fit.weighed) < 2 or (labels is not None and labels.form in ("continuous", "multi-label")):
        return None  # another output's classes are weighed
    total, sum_of_weights = sum(rows for _, rows, _ in fit.weighed), sum(n * w for _, n, w in fit.weighed)
    frequent, rare = (way(fit.weighed, key=lambda each: each[1]) for way in (max, min))
    if rare[1] >= _RARE * total / len(fit.weighed) or not 0 < rare[2] <= _LESS * frequent[2]:
        return None
    if predictions is not None and predictions.balanced_accuracy is not None:
        equal = 1.0 / len(fit.weighed)
        if predictions.balanced_accuracy > (1.0 + equal) / 2:
            return None  # the rare class is found all the same
    share, counted = rare[1] / total, rare[1] * rare[2] / sum_of_weights
    return Finding(
        says=f"A row of the rare class {rare[0]} weighs {rare[2]:.3g} in the loss and one of the "
        f"frequent class {frequent[0]} {frequent[2]:.3g}: the rare class has {share:.1%} of the rows "
        f"and {counted:.1%} of the weights, less than without any.",
        shows={"rare": rare[0], "rows": share, "weights": counted},
        where=fit.weighed_at or fit.place,
        remedies=(
            propose(
                "advise",
                at=fit.weighed_at or fit.place,
                text="Turn the weights round: n / (classes x rows of the class) for each row of a class.",
            ),
        ),
    )


_ROUND = Fit(weighed=((0, 1610, 1.84), (1, 140, 0.16)), weighed_at=Place(file="train.py", line=23))
rare_class_counts_less.fires(_ROUND)
rare_class_counts_less.fires(_ROUND, Predictions(rows=500, balanced_accuracy=0.5))
rare_class_counts_less.quiet(_ROUND, Predictions(rows=500, balanced_accuracy=0.9))
rare_class_counts_less.quiet(replace(_ROUND, weighed=((0, 1610, 0.54), (1, 140, 6.25))))
rare_class_counts_less.quiet(replace(_ROUND, weighed=((0, 900, 1.0), (1, 850, 0.1))))
rare_class_counts_less.quiet(_ROUND, Labels.of([0.5, 1.5, 2.5] * 30))
rare_class_counts_less.quiet(Fit())
