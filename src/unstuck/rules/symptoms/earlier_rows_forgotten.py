"""Symptom: rows of earlier fits, which the model had learned, are forgotten."""

from __future__ import annotations

from unstuck.evidence.facts import Earlier, Forgotten
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import forgets, what_is_left
from unstuck.rules.rule import symptom


@symptom("earlier-rows-forgotten")
def earlier_rows_forgotten(earlier: Earlier) -> Finding | None:
    """Rows of earlier fits, known when those ended, are answered no better than by one answer for all.

    Up to 128 rows of each of the first two fits are answered twice, with the weights that their own fit ended
    with and with those of now. This is asked where fits of several epochs follow each other at one line, on
    other rows and other classes, and begin with more than twice the loss that the last one ended with.
    """
    found = earlier.forgotten
    if found is None or not forgets(found):
        return None
    rows = found.rows
    return Finding(
        says=f"{what_is_left(found)} One answer for all of them would get {found.majority / rows:.2f}.",
        shows={"rows": rows, "then": found.then, "now": found.now, "majority": found.majority},
    )


_BOXES = Forgotten(rows=256, then=254, now=5, lost=249, gained=0, majority=64, fits=5)
earlier_rows_forgotten.fires(Earlier(fits=5, forgotten=_BOXES))
earlier_rows_forgotten.quiet(Earlier(fits=5))
earlier_rows_forgotten.quiet(  # what was learned by heart is known less well, and known
    Earlier(forgotten=Forgotten(rows=256, then=256, now=180, lost=76, gained=0, majority=64, fits=5))
)
earlier_rows_forgotten.quiet(  # it was never learned
    Earlier(forgotten=Forgotten(rows=256, then=70, now=60, lost=20, gained=10, majority=64, fits=5))
)
