"""The loss does not fall, at no value that arithmetic has a name for."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, ending, finite, has_risen, over
from unstuck.rules.bounds import FALL_SHARE, NEAR_ONE
from unstuck.rules.sign import fit, sign

#: The same to one part in ten thousand, printed finely enough to show it.
_DIGITS = 1e-4

_OF_CLASSES: tuple[str, ...] = (
    "learning-rate-too-low",
    "inputs-not-scaled",
    "nothing-to-learn",
    "vanishing-gradient",
    "learning-rate-too-high",
    "dead-relu",
    "unmasked-padding",
)
_OF_NUMBERS: tuple[str, ...] = (
    "output-range-excludes-targets",
    "target-not-scaled",
    "dead-relu",
    "target-broadcasts-against-output",
    "learning-rate-too-low",
)


@sign("loss-stands-still", rank=60)
def loss_stands_still(run: LoggedRun) -> Finding | None:
    """The loss falls by less than 1% over three epochs or more, and the accuracy does not rise.

    Without an accuracy a loss may rest because it has converged; there it must be the same to all its digits
    in the last three epochs, which the noise of batches forbids while weights move.
    """
    losses, accuracy = run.loss, run.accuracy
    if len(losses) < STAYS or not finite(losses) or losses[-1].value <= 0.0:
        return None
    first, last = losses[0], losses[-1]
    if accuracy:
        if not finite(accuracy) or accuracy[-1].value >= NEAR_ONE or has_risen(accuracy):
            return None
        least = min(loss.value for loss in losses)
        if first.value - least > FALL_SHARE * first.value:
            return None
        names = _OF_CLASSES
        told = (
            f"The loss does not fall {over(len(losses))}: {last} at the end, {first} at the start; the "
            f"accuracy is {accuracy[-1]}, {accuracy[0]} at the start."
        )
    else:
        spread = max(abs(loss.value - last.value) for loss in ending(losses))
        if spread + last.half > _DIGITS * last.value:
            return None
        names = _OF_NUMBERS
        told = (
            f"The loss is {last} in each of the last {STAYS} epochs to four digits; the noise of batches "
            "forbids that while weights move."
        )
    return Finding(
        says=told + " No constant that unstuck knows is at this value.",
        shows={"first_loss": first.value, "last_loss": last.value},
        fits=tuple(fit(name, "The loss does not fall.") for name in names),
    )


loss_stands_still.fires(LoggedRun.of(loss=[1.52, 1.519, 1.521], accuracy=[0.31, 0.309, 0.312]))
loss_stands_still.fires(LoggedRun.of(loss=[402.31, 84.4123, 84.4123, 84.4123]))
loss_stands_still.quiet(LoggedRun.of(loss=[0.52, 0.44, 0.4], accuracy=[0.7, 0.78, 0.81]))
loss_stands_still.quiet(LoggedRun.of(loss=[0.05, 0.0024, 0.0023, 0.0023, 0.0023]))
