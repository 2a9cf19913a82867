"""The squared error is the variance of the target."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import NEAR, STAYS, ending, finite, has_fallen, stands_still, stays_near
from unstuck.rules.sign import ONE_ANSWER, fit, sign

#: Nearer to one half a (1 - a) is .25 to within the tolerance, which another sign reads.
_CLEARLY_MORE = 0.6


@sign(
    "mean-as-the-answer",
    rank=40,
    covers=(
        *ONE_ANSWER,
        "few-updates",
    ),
)
def mean_as_the_answer(run: LoggedRun) -> Finding | None:
    """The loss stays at the variance of the target: the answer is its mean for every row.

    Of a label that is 1 in the share a, the variance is a (1 - a), and the accuracy of its mean is the larger
    share. Of a standardised target, the variance is 1.
    """
    losses = ending(run.loss)
    if not finite(losses) or len(losses) < STAYS or has_fallen(run.loss):
        return None
    if not run.accuracy:
        if not stays_near(losses, 1.0, 2 * NEAR) or has_fallen(run.loss, 2 * NEAR):
            return None
        return Finding(
            says=f"The loss stays at {losses[-1]}. For a standardised target (mean 0, variance 1) a squared "
            "error of 1 is what its mean as the answer for every row costs: nothing is learned from the "
            "inputs.",
            shows={"loss": losses[-1].value, "variance": 1.0},
            fits=_fits("The answer is the mean of the target."),
        )
    right = run.accuracy[-1]
    if not stands_still(ending(run.accuracy)) or not _CLEARLY_MORE <= right.value < 1.0:
        return None
    variance = right.value * (1.0 - right.value)
    if not stays_near(losses, variance, 2 * NEAR):
        return None
    return Finding(
        says=f"The loss stays at {losses[-1]} and the accuracy at {right}. Two classes in the shares "
        f"{right} and {1.0 - right.value:.4f} have the variance {variance:.4f}: the squared error of "
        "answering their mean for every row.",
        shows={"loss": losses[-1].value, "variance": variance, "accuracy": right.value},
        facts={"class shares": [right.value, round(1.0 - right.value, 6)]},
        fits=(
            fit("class-imbalance", f"{right} of the rows are of one class."),
            fit("regression-loss-for-classes", "A squared error has little gradient left near the mean."),
            *_fits("The answer is the mean of the labels.")[:3],
        ),
    )


def _fits(told: str) -> tuple[Finding, ...]:
    names = ("learning-rate-too-low", "nothing-to-learn", "dead-relu", "target-broadcasts-against-output")
    return tuple(fit(name, told) for name in names)


mean_as_the_answer.fires(LoggedRun.of(loss=[0.1605, 0.16, 0.16], accuracy=[0.8] * 3))
mean_as_the_answer.fires(LoggedRun.of(loss=[1.004, 1.001, 1.0, 0.9997], mae=[0.80, 0.8, 0.8, 0.8]))
mean_as_the_answer.quiet(LoggedRun.of(loss=[1.0, 0.6, 0.3]))
mean_as_the_answer.quiet(LoggedRun.of(loss=[0.2, 0.16, 0.12], accuracy=[0.7, 0.8, 0.85]))
