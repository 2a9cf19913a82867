"""Symptom: fit ended with an exception."""

from __future__ import annotations

import re

from unstuck.evidence.facts import Fit
from unstuck.judgement.findings import Finding
from unstuck.rules.families import DOES_NOT_FIT
from unstuck.rules.rule import symptom

#: Backends' messages can run over pages; the script's own traceback shows the whole.
LONGEST = 200

#: Keras puts this before what a layer raised, which follows in a paragraph of its own.
WRAPPED = "Exception encountered when calling"

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@symptom("fit-raised", of=DOES_NOT_FIT)
def fit_raised(fit: Fit) -> Finding | None:
    """The call of fit ended with an exception.

    An exception that says that shapes, label values or types do not fit often has the same cause
    as an accuracy that stands still on another backend. The script's own traceback stays as it is.
    """
    if fit.raised is None or fit.interrupted:
        return None
    text = _telling(fit.raised)
    text = text if len(text) <= LONGEST else text[:LONGEST] + "..."
    return Finding(
        says=f"fit raised after {fit.updates:,} update{'' if fit.updates == 1 else 's'}: {text}",
        shows={"raised": text, "updates": fit.updates},
    )


def _telling(raised: str) -> str:
    """The line that says what is wrong, after the exception's type."""
    lines = [line.strip() for line in _COLOURS.sub("", raised).splitlines() if line.strip()]
    if not lines:
        return "an exception without a message"
    kind, _, text = lines[0].partition(": ")
    if text.startswith(WRAPPED) and len(lines) > 1:
        text = lines[1]
    return f"{kind}: {text}" if text else kind


fit_raised.fires(
    Fit(raised="ValueError: Exception encountered when calling Dense.call().\n\n\x1b[1mNo.\x1b[0m")
)
fit_raised.fires(Fit(raised="IndexError: Target 10 is out of bounds."))
fit_raised.quiet(Fit(updates=100))
fit_raised.quiet(Fit(raised="KeyboardInterrupt", interrupted=True))
