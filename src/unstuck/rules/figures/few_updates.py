"""The log ends while the loss still falls, after few updates."""

from __future__ import annotations

from itertools import pairwise

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite, has_fallen, has_risen
from unstuck.rules.bounds import FEW_UPDATES, NEAR_ONE
from unstuck.rules.sign import fit, sign

#: Falling: by over 1% from one epoch to the next at the end.
_FALLING = 0.01

_EPOCHS, _FALLS = 2, 3

#: An accuracy under one half that rises is a beginning while under a third of these updates were made and the
#: loss has not fallen by a tenth.
_HARDLY, _HALF = FEW_UPDATES // 3, 0.5


@sign("few-updates", rank=60)
def few_updates(run: LoggedRun) -> Finding | None:
    """Under 300 updates were made, the loss still falls at the end, and the accuracy is low.

    With Adam's default rate of .001 no weight can have moved further than .3 in 300 updates, about the
    size of a fresh weight. What looks stuck has hardly begun.
    """
    losses, accuracy = run.loss, run.accuracy
    if run.updates is None or run.updates >= FEW_UPDATES or len(losses) < _EPOCHS or not finite(losses):
        return None
    if not accuracy or not finite(accuracy) or accuracy[-1].value >= NEAR_ONE:
        return None
    hardly_begun = run.updates < _HARDLY and accuracy[-1].value < _HALF and not has_fallen(losses)
    if has_risen(accuracy) and not hardly_begun:
        return None
    last = losses[-_FALLS:]
    if any(later.value > (1.0 - _FALLING) * earlier.value for earlier, later in pairwise(last)):
        return None
    return Finding(
        says=f"The log covers {run.updates} updates ({len(run.epochs)} epochs of {run.total} steps), and "
        f"the loss still falls at its end, to {losses[-1]}.",
        shows={"updates": run.updates, "bound": FEW_UPDATES},
        fits=(
            fit("too-few-updates", f"{run.updates} updates are fewer than {FEW_UPDATES}."),
            fit("batch-size-too-large", "Smaller batches give more updates from the same rows."),
            fit("learning-rate-too-low", "Longer steps come further in as many updates."),
        ),
    )


few_updates.fires(
    LoggedRun.of(loss=[2.3, 2.24, 2.18], accuracy=[0.12, 0.13, 0.15]).but(total=5, unit="steps")
)
few_updates.fires(LoggedRun.of(loss=[2.259, 2.1527], accuracy=[0.1486, 0.2432]).but(total=8, unit="steps"))
few_updates.quiet(LoggedRun.of(loss=[2.3, 1.4, 0.9], accuracy=[0.12, 0.5, 0.7]).but(total=5, unit="steps"))
