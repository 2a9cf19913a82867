"""The loss falls and the accuracy does not follow."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, finite, goes, has_fallen, over
from unstuck.rules.bounds import NEAR_ONE
from unstuck.rules.sign import fit, sign

#: An accuracy that moves no further than two points stays where it is.
_STILL = 0.02


@sign("loss-falls-accuracy-does-not", rank=60)
def loss_falls_accuracy_does_not(run: LoggedRun) -> Finding | None:
    """The loss falls by a tenth or more while the accuracy stays within two points, not near 1.

    The loss is what training minimises; the accuracy is only read. Either it counts something else, or no
    decision changes although the probabilities do.
    """
    losses, accuracy = run.loss, run.accuracy
    if not (finite(losses) and finite(accuracy)) or len(accuracy) < STAYS or not has_fallen(losses):
        return None
    values = [right.value for right in accuracy]
    if max(values) - min(values) > _STILL or values[-1] >= NEAR_ONE:
        return None
    return Finding(
        says=f"The loss {goes(losses)} {over(len(losses))} while the accuracy stays at {accuracy[-1]}: what "
        "is minimised improves, what is counted does not.",
        shows={"first_loss": losses[0].value, "last_loss": losses[-1].value, "accuracy": values[-1]},
        fits=tuple(
            fit(cause, told)
            for cause, told in (
                ("metric-does-not-match-task", "It then counts other things than the loss does."),
                ("class-imbalance", "Answering the frequent class may stay the best decision for long."),
                ("threshold-off-scale", "Outputs that are no probabilities are not to be cut at .5."),
                ("accuracy-on-continuous-target", "Rounded answers hardly ever hit a number."),
                ("decisions-do-not-change", "The loss moves, the count of right rows does not."),
            )
        ),
    )


loss_falls_accuracy_does_not.fires(
    LoggedRun.of(loss=[3.1, 1.4, 0.9, 0.8], accuracy=[0.61, 0.615, 0.612, 0.61])
)
loss_falls_accuracy_does_not.quiet(LoggedRun.of(loss=[0.6, 0.4, 0.3], accuracy=[0.7, 0.82, 0.88]))
loss_falls_accuracy_does_not.quiet(LoggedRun.of(loss=[0.1, 0.05, 0.03], accuracy=[0.97, 0.975, 0.98]))
