"""The loss is below zero."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import goes, has_risen
from unstuck.rules.sign import fit, sign

#: Scores with a minus sign (Dice, overlap, Keras's cosine similarity, which is a loss) lie between -1 and 0.
_COSINE = -1.0


@sign(
    "loss-negative",
    rank=20,
    covers=(
        "loss-falls-accuracy-does-not",
        "nothing-moves",
        "low-loss-fixed-accuracy",
        "few-hits",
        "sudden-step",
    ),
)
def loss_negative(run: LoggedRun) -> Finding | None:
    """The loss is negative, which no cross-entropy, hinge, squared or absolute error can be on valid labels.

    Binary cross-entropy -y ln p - (1 - y) ln(1 - p) is below 0 only where y is below 0 or above 1.
    Losses of one's own (likelihoods of densities, scores with a minus sign) and cosine similarity
    may be negative; without an accuracy in the log they are as likely. A score lies between -1 and 0; where
    the accuracy rises with it, nothing is wrong.
    """
    below = [loss for loss in run.loss if loss.finite and loss.high < 0.0]
    if not below or (not run.accuracy and below[-1].value >= _COSINE):
        return None
    lowest = min(below, key=lambda loss: loss.value)
    told = (
        f"The loss goes down to {lowest}. No cross-entropy, squared or absolute error is below 0 on valid "
        "labels; binary cross-entropy is where a label is below 0 or above 1."
    )
    risen, score = has_risen(run.accuracy), lowest.value >= _COSINE
    if risen and score:
        told = (
            f"The loss goes down to {lowest} while the accuracy {goes(run.accuracy)}. A score with a minus "
            "sign (cosine similarity, Dice, overlap) lies between -1 and 0, and learns so."
        )
    return Finding(
        says=told,
        shows={"loss": lowest.value, "bound": 0.0},
        fits=()
        if risen and score
        else _fits("measured" if run.accuracy and not (risen or score) else "suspected"),
    )


def _fits(certainty: str) -> tuple[Finding, ...]:
    because = "Under binary cross-entropy only a label outside 0 to 1 (a mask of 0 and 255) goes below 0."
    return (
        fit("labels-outside-unit-interval", because, certainty),
        fit("labels-not-zero-based", "Labels 1 and 2 in place of 0 and 1 do the same."),
        fit("accuracy-on-signed-labels", "Labels -1 and 1 do the same."),
    )


loss_negative.fires(LoggedRun.of(loss=[0.2, -5.9, -1480.3], accuracy=[0.33, 0.33, 0.33]))
loss_negative.quiet(LoggedRun.of(loss=[-0.2, -0.8, -0.95]))
loss_negative.quiet(LoggedRun.of(loss=[0.2, 0.1], accuracy=[0.9, 0.95]))
