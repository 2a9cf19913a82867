"""Symptom: training and validation rows have one exact scale each, which no shared scaler gives."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Inputs, ScaledApart
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom


@symptom("validation-scaled-by-itself")
def validation_scaled_by_itself(inputs: Inputs) -> Finding | None:
    """The validation rows have exactly the scale of the training rows, as if each were scaled by itself.

    Columns that reach the same minimum and maximum in both parts, or have mean 0 and standard deviation 1 in
    both. A scaler that is fitted on the training rows alone gives the validation rows other figures: their
    mean differs from 0 by about 1/sqrt(rows), and their extremes are those of other rows.
    """
    apart = inputs.scaled_apart
    if apart is None:
        return None
    which = f" of input {apart.name}" if apart.name else ""
    parts = f"{apart.rows:,} training rows and over the {apart.validation_rows:,} validation rows"
    if apart.how == "range":
        says = (
            f"{apart.columns} columns{which} have the same minimum and maximum over the {parts}, to 1e-6 and "
            "each in one row: a scaler fitted on the training rows alone gives other rows other extremes."
        )
        return Finding(says=says, shows={"columns": apart.columns, "bound": 1e-6})
    chance = 1 / math.sqrt(apart.validation_rows)
    says = (
        f"{apart.columns} columns{which} have mean 0 and standard deviation 1 over the {parts}, to 1e-6: "
        f"with the training rows' scale the means of {apart.validation_rows:,} rows differ from 0 by about "
        f"{chance:.2g}."
    )
    return Finding(says=says, shows={"columns": apart.columns, "expected_mean": chance, "bound": 1e-6})


_STANDARD = ScaledApart(how="standard", columns=4, rows=400, validation_rows=100)
validation_scaled_by_itself.fires(Inputs(scaled_apart=_STANDARD))
validation_scaled_by_itself.fires(
    Inputs(scaled_apart=ScaledApart(how="range", columns=3, rows=1500, validation_rows=300))
)
validation_scaled_by_itself.quiet(Inputs())
