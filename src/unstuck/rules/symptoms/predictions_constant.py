"""Symptom: the model answers the same for every row."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Labels, Loss, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.rule import symptom

#: Probabilities that differ by less than a tenth of a percentage point decide nothing.
SAME_ANSWER = 1e-3

#: Predictions whose spread is under 1% of the targets' can explain at most 2% of their variance.
SAME_NUMBER = 0.01

#: One row cannot vary; a few can be alike by chance.
FEWEST_ROWS = 8


@symptom("predictions-constant", of=NOTHING_LEARNED)
def predictions_constant(
    predictions: Predictions, labels: Labels | None, loss: Loss | None
) -> Finding | None:
    """The predictions are the same for every row, so they do not depend on the input.

    The standard deviation over rows of every output unit is under .001 for classes, and under 1%
    of the targets' standard deviation for numbers.
    """
    if predictions.rows < FEWEST_ROWS or predictions.nonfinite:
        return None
    bound = SAME_ANSWER
    if loss is not None and loss.is_regression and labels is not None and labels.variance > 0:
        bound = SAME_NUMBER * math.sqrt(labels.variance)
    if predictions.std > bound:
        return None
    if predictions.units == 1:
        about = "" if predictions.std == 0 else "about "
        answer = f"All {predictions.rows:,} rows get {about}{predictions.mean:.4g}"
    else:
        answer = f"All {predictions.rows:,} rows get the same {predictions.units} values, or nearly"
    depends = "does not depend" if predictions.std == 0 else "hardly depends"
    return Finding(
        says=f"{answer}, with a standard deviation over rows of {predictions.std:.2g}: the answer {depends} "
        "on the input.",
        shows={"std": predictions.std, "bound": bound, "mean": predictions.mean},
    )


_PRICES = Labels.of([100.0, 120.0, 140.0, 160.0])
predictions_constant.fires(Predictions(rows=256, mean=0.499, std=1.3e-5))
predictions_constant.fires(Predictions(rows=256, mean=1.0, std=0.0))
predictions_constant.fires(Predictions(rows=256, mean=130.0, std=0.05), _PRICES, Loss())
predictions_constant.quiet(Predictions(rows=256, mean=0.5, std=0.2))
predictions_constant.quiet(Predictions(rows=256, mean=130.0, std=9.0), _PRICES, Loss())
predictions_constant.quiet(Predictions(rows=1, mean=0.5, std=0.0))
