"""Symptom: the same answers tell far more than the decisions that are made of them."""

from __future__ import annotations

from unstuck.evidence.facts import Elsewhere, Predictions, Reference, ValidationPredictions
from unstuck.judgement.findings import Finding
from unstuck.rules.families import LEARNS_LITTLE
from unstuck.rules.objective.threshold_off_scale import GIVEN_AWAY, elsewhere_in
from unstuck.rules.rule import symptom


@symptom("decisions-off-threshold", of=LEARNS_LITTLE)
def decisions_off_threshold(
    reference: Reference | None,
    predictions: Predictions | None,
    validation_predictions: ValidationPredictions | None,
) -> Finding | None:
    """Decided at another threshold, the very same answers are right on far more rows.

    The rows are halved; each half is decided at the threshold that has the most right decisions on the other
    half, and at the one that the accuracy uses. A tenth more has to be right, by more than three standard
    errors of the paired differences, and as much of the mean of the shares found of yes and no. Weights that
    favour a rare class cost accuracy and gain in that mean, and sound probabilities gain by no other
    threshold than a half, so neither is seen here.
    """
    found = elsewhere_in(reference, predictions, validation_predictions)
    if found is None or not found.gains_more_than(GIVEN_AWAY):
        return None
    side = "below" if found.below else "above"
    return Finding(
        says=f"{found.metric} takes answers {side} {found.threshold:.3g} for a yes, which is right on "
        f"{found.right:.4f} of {found.rows:,} rows; {side} {found.chosen:.3g}, chosen on one half of them "
        f"and judged on the other, {found.right_moved:.4f} of the same answers are right (mean of the shares "
        f"found of yes and no: {found.balanced:.4f} and {found.balanced_moved:.4f}).",
        shows={
            "threshold": found.threshold,
            "chosen": found.chosen,
            "right": found.right,
            "right_moved": found.right_moved,
            "gain": found.right_moved - found.right,
            "least_gain": found.low,
            "bound": GIVEN_AWAY,
        },
    )


_FAR = Elsewhere(
    threshold=0.5,
    chosen=0.15,
    rows=640,
    right=0.66,
    right_moved=0.97,
    low=0.3,
    balanced=0.55,
    balanced_moved=0.97,
    balanced_low=0.4,
)
_WEIGHED = Elsewhere(
    rows=640, right=0.8, right_moved=0.92, low=0.1, balanced=0.8, balanced_moved=0.6, balanced_low=-0.3
)
decisions_off_threshold.fires(Reference(elsewhere=_FAR))
decisions_off_threshold.fires(ValidationPredictions(elsewhere=_FAR))
decisions_off_threshold.quiet(Reference(elsewhere=_WEIGHED))  # the rare class counts more
decisions_off_threshold.quiet(ValidationPredictions(rows=640))
