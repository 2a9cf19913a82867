"""The loss is exactly zero although answers are wrong."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite, stands_still
from unstuck.rules.sign import fit, sign

#: Keras clips a probability of 1 to 1 - 2**-23, whose cross-entropy is this.
_ONE_STEP = 2.0**-23

#: A printed zero with fewer decimals than this may hide a small loss.
_FINE = 1e-5

#: A share within this of 1 is that of all rows, give or take the rounding of the mean.
_ALL_ROWS = 0.98


@sign(
    "loss-exactly-zero",
    rank=20,
    covers=(
        "nothing-moves",
        "low-loss-fixed-accuracy",
        "training-below-validation",
        "accuracy-never-moves",
        "one-answer-for-all",
        "loss-stands-still",
        "few-hits",
        "perfect-from-the-start",
    ),
)
def loss_exactly_zero(run: LoggedRun) -> Finding | None:
    """The loss is 0 or at most 1.19e-07 from the first epoch on, and the accuracy does not move.

    1.19e-07 is -ln(1 - 2**-23): the cost of a certain and right answer after clipping. A row can
    only cost that while it counts as wrong if the loss does not see the answer: categorical
    cross-entropy of one column, a weight of zero, or one class only.
    """
    losses, accuracy = run.loss, run.accuracy
    if not finite(losses) or not accuracy or not finite(accuracy):
        return None
    zero = all(loss.value == 0.0 for loss in losses)
    clipped = all(0.0 < loss.value <= 1.02 * _ONE_STEP for loss in losses) and stands_still(losses, 1)
    exact = clipped or all(loss.half < _FINE for loss in losses) or len(losses) > 1
    if not (zero or clipped) or not exact or not stands_still(accuracy, 1):
        return None
    right = accuracy[-1]
    all_right = right.value == 1.0
    one_class = fit("constant-labels", "With one class only, every answer is right and costs nothing.")
    unit = fit(
        "categorical-crossentropy-on-one-unit",
        "Over one column the answer is 1.0 whatever the input, and costs nothing.",
    )
    weights = fit("zero-sample-weights", "Rows of weight 0 cost nothing, right or wrong.")
    return Finding(
        says=f"The loss is {'0' if zero else '1.19e-07, which is -ln(1 - 2^-23),'} in every epoch and the "
        f"accuracy stays at {right}: the loss does not depend on the answers, so nothing can be learned.",
        shows={"loss": losses[-1].value, "accuracy": right.value},
        facts={} if all_right else {"class shares": [right.value, 1.0 - right.value]},
        fits=(one_class, unit, weights) if all_right else (unit, weights, one_class),
    )


loss_exactly_zero.fires(LoggedRun.of(loss=[0.0, 0.0, 0.0], accuracy=[0.62, 0.62, 0.62]))
loss_exactly_zero.fires(LoggedRun.of(loss=[1.1921e-07, 1.1921e-07], accuracy=[0.5, 0.5]))
loss_exactly_zero.fires(LoggedRun.of(loss=[7.4794e-08] * 3, accuracy=[0.1564] * 3))
loss_exactly_zero.quiet(LoggedRun.of(loss=[0.3, 0.01, 0.0], accuracy=[0.9, 1.0, 1.0]))
