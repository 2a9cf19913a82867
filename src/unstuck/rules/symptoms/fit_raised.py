"""Symptom: fit ended with an exception."""

from __future__ import annotations

from unstuck.evidence.facts import Fit
from unstuck.findings import Finding
from unstuck.rules.rule import symptom

#: Backends' messages can run over pages; the script's own traceback shows the whole.
LONGEST = 200


@symptom("fit-raised")
def fit_raised(fit: Fit) -> Finding | None:
    """The call of fit ended with an exception.

    An exception that says that shapes, label values or types do not fit often has the same cause
    as an accuracy that stands still on another backend. The script's own traceback stays as it is.
    """
    if fit.raised is None or fit.interrupted:
        return None
    lines = fit.raised.strip().splitlines() or ["an exception without a message"]
    text = lines[0] if len(lines[0]) <= LONGEST else lines[0][:LONGEST] + "..."
    return Finding(
        says=f"fit raised after {fit.updates:,} update{'' if fit.updates == 1 else 's'}: {text}",
        shows={"raised": text, "updates": fit.updates},
    )


fit_raised.fires(Fit(raised="IndexError: Target 10 is out of bounds."))
fit_raised.quiet(Fit(updates=100))
fit_raised.quiet(Fit(raised="KeyboardInterrupt", interrupted=True))
