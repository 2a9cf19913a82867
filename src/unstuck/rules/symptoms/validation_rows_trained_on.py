"""Symptom: rows that judge the training have trained it."""

from __future__ import annotations

from unstuck.evidence.facts import Overlap
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import redrawn
from unstuck.rules.rule import symptom


@symptom("validation-rows-trained-on")
def validation_rows_trained_on(overlap: Overlap) -> Finding | None:
    """Most rows of a validation have passed in training, and each validation brings others.

    Each row that passes is told by a hash of its first input, up to 100,000 of them. Data with copies of rows
    in themselves are left out: there a row may stand on both sides by right.
    """
    if not redrawn(overlap):
        return None
    return Finding(
        says=f"Of the {overlap.judged:,} rows of the first validation {overlap.trained_on:,} were trained on "
        f"within {overlap.epochs} epochs ({overlap.in_first_epoch:,} in the first), and the second "
        f"validation brought {overlap.new_in_second:,} rows that the first did not hold.",
        shows={"judged": overlap.judged, "trained_on": overlap.trained_on, "new": overlap.new_in_second},
    )


_REDRAWN = Overlap(judged=60, trained_on=60, in_first_epoch=48, new_in_second=47, trained_rows=300, epochs=25)
validation_rows_trained_on.fires(_REDRAWN)
validation_rows_trained_on.quiet(Overlap(judged=60, trained_rows=240, epochs=25))
validation_rows_trained_on.quiet(
    Overlap(judged=60, trained_on=60, trained_rows=60, epochs=25)
)  # one data set
validation_rows_trained_on.quiet(Overlap(judged=60, trained_on=40, new_in_second=20, repeated=0.4, epochs=25))
