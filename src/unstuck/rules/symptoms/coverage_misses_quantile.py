"""Symptom: another share of the targets lies below the answers than the quantile that was asked for."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Quantile, Reference
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom

#: A network that is not done, or has few rows, misses its quantile by some hundredths.
_FAR = 0.2

#: Standard errors of a share that chance does not reach.
_ERRORS = 4.0


@symptom("coverage-misses-quantile")
def coverage_misses_quantile(reference: Reference) -> Finding | None:
    """The answers are to be a quantile, and a quite different share of the targets lies below them.

    A loss of your own that rises in a straight line on either side of the target asks for a quantile: 0.9
    means that nine targets of ten lie at or below the answer. This is counted on the judged rows.
    """
    quantile = reference.quantile
    if quantile is None:
        return None
    noise = _ERRORS * math.sqrt(quantile.asked * (1.0 - quantile.asked) / max(quantile.rows, 1))
    if abs(quantile.covered - quantile.asked) <= _FAR + noise:
        return None
    return Finding(
        says=f"Of the targets of {quantile.rows:,} rows {100 * quantile.covered:.0f}% lie at or below the "
        f"answers; the loss is given {quantile.asked:g} as its quantile.",
        shows={"covered": quantile.covered, "asked": quantile.asked, "rows": quantile.rows},
    )


coverage_misses_quantile.fires(Reference(quantile=Quantile(asked=0.9, aims=0.1, covered=0.11, rows=200)))
coverage_misses_quantile.quiet(Reference(quantile=Quantile(asked=0.9, aims=0.9, covered=0.86, rows=200)))
coverage_misses_quantile.quiet(Reference(quantile=Quantile(asked=0.9, aims=0.1, covered=0.6, rows=20)))
coverage_misses_quantile.quiet(Reference())
