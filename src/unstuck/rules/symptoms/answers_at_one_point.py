"""Symptom: rows that a loss compares with each other are all answered by one point."""

from __future__ import annotations

from unstuck.evidence.facts import OnePoint
from unstuck.judgement.findings import Finding
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.rule import symptom

#: Points a tenth of their length from each other: what compares them sees hardly a difference, whichever rows
#: they are.
_SPREAD = 0.1


@symptom("answers-at-one-point", of=NOTHING_LEARNED)
def answers_at_one_point(points: OnePoint) -> Finding | None:
    """The answers to all rows lie at one point, and the loss only compares them with each other.

    Their spread around their mean is under a tenth of their length, or of what it was before the training:
    the answers hold next to nothing of the rows.
    """
    if points.rows == 0 or points.length <= 0.0 or points.spread > _SPREAD * points.length:
        return None
    return Finding(
        says=f"The answers to {points.rows:,} rows lie {points.spread:.2g} around their mean, and a length "
        f"of {points.length:.2g} beside it: whichever the row, nearly the same point.",
        shows={"spread": points.spread, "length": points.length, "bound": _SPREAD},
    )


answers_at_one_point.fires(OnePoint(rows=64, spread=0.03, norm=1.5, norm_at_start=1.0))
answers_at_one_point.fires(OnePoint(rows=64, spread=0.001, norm=0.001, norm_at_start=1.0))
answers_at_one_point.quiet(OnePoint(rows=64, spread=0.6, norm=1.0))
answers_at_one_point.quiet(OnePoint())
