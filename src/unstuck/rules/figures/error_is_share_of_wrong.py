"""The squared or absolute error is exactly the share of wrong rows."""

from __future__ import annotations

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite, stands_still
from unstuck.rules.sign import ONE_ANSWER, fit, sign

_EPOCHS = 2

#: With more right rows than this the sum holds by accident too easily.
_MOSTLY_RIGHT = 0.98


@sign(
    "error-is-share-of-wrong",
    rank=30,
    covers=(
        *ONE_ANSWER,
        "mean-as-the-answer",
        "error-of-class-shares",
        "low-loss-fixed-accuracy",
    ),
)
def error_is_share_of_wrong(run: LoggedRun) -> Finding | None:
    """Loss + accuracy = 1 to the last digit, and neither moves.

    If every answer is exactly 0 or 1, a wrong row costs exactly 1 in squared and in absolute error,
    so the loss is the share of wrong rows. When the accuracy does not move either, it is one answer
    for every row: its share of right rows is the share of that label.
    """
    accuracy = run.accuracy
    if not finite(accuracy) or not stands_still(accuracy, _EPOCHS) or accuracy[-1].value > _MOSTLY_RIGHT:
        return None
    held = ((run.loss, "loss"), (run.squared_error, "mse"), (run.absolute_error, "mae"))
    match = next((name for figures, name in held if _complements(figures, accuracy[-1])), None)
    if match is None or accuracy[-1].value <= 0.0:
        return None
    right = accuracy[-1]
    return Finding(
        says=f"The {match} is {1.0 - right.value:.4f} and the accuracy {right} in every epoch: together "
        "exactly 1. Answers that are all exactly 0, or all exactly 1, cost 1 for each wrong row and "
        "nothing else.",
        shows={"error": 1.0 - right.value, "accuracy": right.value},
        facts={"share of the class that is always answered": right.value},
        fits=(
            fit(
                "softmax-over-one-unit",
                f"It answers exactly 1 for every row; {right} is the share of label 1.",
            ),
            fit("saturated-divergence", "A sigmoid that ran into its bound does the same."),
            fit(
                "relu-output",
                f"A dead ReLU answers exactly 0 for every row; {right} is then the share of label 0.",
            ),
            fit("inputs-not-scaled", "Inputs of hundreds drive a sigmoid into its bound at once."),
        ),
    )


def _complements(figures: tuple[Figure, ...], right: Figure) -> bool:
    """Whether an error stood still at one minus the accuracy."""
    if len(figures) < _EPOCHS or not stands_still(figures, _EPOCHS):
        return False
    last = figures[-1]
    return abs(last.value + right.value - 1.0) <= last.half + right.half


error_is_share_of_wrong.fires(LoggedRun.of(loss=[0.3725] * 3, accuracy=[0.6275] * 3))
error_is_share_of_wrong.fires(LoggedRun.of(loss=[7.66, 7.66], accuracy=[0.5, 0.5], mae=[0.5, 0.5]))
error_is_share_of_wrong.quiet(LoggedRun.of(loss=[0.3, 0.2], accuracy=[0.7, 0.8]))
