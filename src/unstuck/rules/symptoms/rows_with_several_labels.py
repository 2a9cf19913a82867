"""Symptom: exact copies of a training row have other labels."""

from __future__ import annotations

from unstuck.evidence.facts import Copies, Labels, Loss
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import CONTRADICTED, percent
from unstuck.rules.rule import symptom

#: Where this share of the rows has a twin, rows are repeated on purpose: an answer of each annotator, a
#: measurement done again. Rows that are copied over others leave some that are there once.
ON_PURPOSE = 0.95


@symptom("rows-with-several-labels")
def rows_with_several_labels(copies: Copies, labels: Labels, loss: Loss) -> Finding | None:
    """Many training rows are exact copies of each other and have different labels.

    No model can be right on all of them, and those that it sees wrong teach it the wrong thing; a network
    often learns in spite of it, and stays below what it could reach. It is asked of classes, of rows with 16
    columns of many values each (more than a scale of 0 to 10 has, and none that most rows share), and where
    some rows are there once. Rows that hold one value throughout, as empty pictures do, are left out.
    """
    if not copies.told_apart or not labels.levels:
        return None
    disagreeing = copies.disagreeing - copies.blank
    share = disagreeing / copies.rows
    if "crossentropy" not in loss.name or share < CONTRADICTED or copies.copied >= ON_PURPOSE * copies.rows:
        return None
    return Finding(
        says=f"{copies.copied:,} of {copies.rows:,} training rows are exact copies of another one. Whatever "
        f"a model answers, {disagreeing:,} rows have another label: it is right on {percent(1.0 - share)} of "
        "the rows at most.",
        shows={
            "rows": copies.rows,
            "copied": copies.copied,
            "disagreeing": disagreeing,
            "best_accuracy": 1.0 - share,
            "bound": CONTRADICTED,
        },
    )


_CLASSES = (Labels.of([0, 1, 2, 3] * 50), Loss(name="sparse_categorical_crossentropy"))
_SWAPPED = Copies(rows=1000, columns=16, telling=16, copied=600, disagreeing=300)
rows_with_several_labels.fires(_SWAPPED, *_CLASSES)
rows_with_several_labels.quiet(
    Copies(rows=1000, columns=64, telling=15, copied=600, disagreeing=300), *_CLASSES
)
rows_with_several_labels.quiet(  # each row was labelled by several people
    Copies(rows=1000, columns=64, telling=60, copied=1000, disagreeing=300), *_CLASSES
)
rows_with_several_labels.quiet(  # drawn with replacement
    Copies(rows=1000, columns=64, telling=60, copied=600), *_CLASSES
)
