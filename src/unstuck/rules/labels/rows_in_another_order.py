"""Cause: rows and targets stand in two orders."""

from __future__ import annotations

from dataclasses import asdict, replace

from unstuck.evidence.facts import Disorder, Fit, Place
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: What the order is, and how to come by one for both.
_ORDERS = {
    "sorted names": (
        "in the order in which the names of numbered files are sorted (0, 1, 10, 100, 101, ...)",
        "Sort by the number in the name and not by its text: sorted(files, key=lambda f: int(...)).",
    ),
    "reversed": ("the last one first", "Take rows and targets from the same end."),
}


@cause(
    "rows-in-another-order",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        VALIDATION_APART,
        "dead-relu",
        "decisions-do-not-change",
        "learning-rate-too-low",
        "model-too-small",
        "nothing-to-learn",
        "overfitting",
        "signal-lost-before-fit",
        "too-few-updates",
    ),
)
def rows_in_another_order(disorder: Disorder, fit: Fit | None) -> Finding | None:
    """The targets belong to the rows in another order than they stand in.

    Why it looks stuck: each row comes with the target of another one, so what is to be learned is chance.
    Files whose names hold numbers are the usual way there: sorted as text, 10 stands before 2.

    How it is proved: the targets are put into the few orders that a program brings rows into without meaning
    to (that of sorted numbered names, the reverse), and simple models are asked each time. They find the
    targets in one of these orders and little or nothing in the order that fit got, each on rows held out.

    What to do: sort rows and targets by the same key, or keep both in one table.

    What decides: Print the first twelve file names in the order in which they are read.
    """
    if not disorder.order:
        return None
    words, advice = _ORDERS[disorder.order]
    reach = "reach" if disorder.learner.endswith("s") else "reaches"
    return Finding(
        says=f"With the targets taken {words}, {disorder.learner} {reach} {disorder.measure} "
        f"{disorder.score:.3f} on these {disorder.rows:,} rows (a constant answer {disorder.baseline:.3f}); "
        f"in the order in which fit got them simple models reach at most {disorder.passed_measure} "
        f"{disorder.passed:.3f}. So rows and targets stand in two orders.",
        shows=asdict(replace(disorder, place=None)),
        where=disorder.place or (fit.place if fit is not None else None),
        remedies=(propose("advise", at=disorder.place, text=advice),),
    )


_NAMES = Disorder(
    order="sorted names",
    measure="balanced accuracy",
    learner="nearest neighbours",
    score=0.96,
    baseline=0.1,
    passed=0.12,
    rows=800,
    place=Place(file="train.py", line=22),
)
rows_in_another_order.fires(_NAMES)
rows_in_another_order.fires(replace(_NAMES, order="reversed"))
rows_in_another_order.quiet(Disorder(levelled="length"))
