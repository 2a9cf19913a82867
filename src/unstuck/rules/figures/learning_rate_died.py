"""The learning rate went down before the loss did."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import fit, sign

#: A rate under a hundredth of the first moves nothing that the first one has not.
_SHARE = 0.01

#: A training that ends with over half of its first loss, and under this accuracy, has not come far.
_HALF, _FAR = 0.5, 0.9


@sign("learning-rate-died", rank=50)
def learning_rate_died(run: LoggedRun) -> Finding | None:
    """The logged learning rate fell to under a hundredth while the loss was still high.

    A schedule, or ReduceLROnPlateau with little patience, that cuts the rate before the loss has come down
    leaves a training that looks converged and is only stopped.
    """
    rates, losses = run.learning_rate, run.loss
    if len(rates) < 2 or not finite(rates) or not finite(losses) or rates[0].value <= 0.0:
        return None
    if rates[-1].value >= _SHARE * rates[0].value or losses[-1].value <= _HALF * losses[0].value:
        return None
    if run.accuracy and run.accuracy[-1].value >= _FAR:
        return None
    at = next(
        number
        for number, rate in zip(run.epochs, rates, strict=False)
        if rate.value < _SHARE * rates[0].value
    )
    return Finding(
        says=f"The learning rate goes from {rates[0]} to {rates[-1]}, under a hundredth of its start from "
        f"epoch {at} on, while the loss is still {losses[-1]} of {losses[0]} at the start.",
        shows={"first_rate": rates[0].value, "last_rate": rates[-1].value, "epoch": at},
        fits=(
            fit("schedule-kills-training", "The rate was cut before the loss had come down."),
            fit("learning-rate-too-low", "From there on steps are too short to move anything."),
        ),
    )


learning_rate_died.fires(
    LoggedRun.of(
        loss=[2.1, 1.9, 1.85, 1.85], accuracy=[0.2, 0.28, 0.3, 0.3], learning_rate=[1e-2, 1e-3, 1e-4, 1e-5]
    )
)
learning_rate_died.quiet(
    LoggedRun.of(
        loss=[2.1, 0.9, 0.4, 0.3], accuracy=[0.2, 0.7, 0.88, 0.9], learning_rate=[1e-2, 1e-3, 1e-4, 1e-5]
    )
)
