"""The accuracy falls below one half while the loss falls too."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, finite, goes, has_fallen
from unstuck.rules.sign import fit, sign

#: A fall of a tenth is no noise, and under this no two-class model is worse by chance.
_FALL, _UNDER = 0.1, 0.4


@sign("accuracy-falls-with-loss", rank=50, covers=("loss-falls-accuracy-does-not", "low-loss-fixed-accuracy"))
def accuracy_falls_with_loss(run: LoggedRun) -> Finding | None:
    """The better the loss gets, the lower the accuracy: it counts the opposite answer.

    With pairs and distances a small distance means "the same", which is label 1 for one formula and label 0
    for another; an accuracy that cuts distances at .5 then counts the wrong side.
    """
    losses, accuracy = run.loss, run.accuracy
    if not (finite(losses) and finite(accuracy)) or len(accuracy) < STAYS or not has_fallen(losses):
        return None
    first, last = accuracy[0].value, accuracy[-1].value
    if first - last < _FALL or last >= _UNDER:
        return None
    return Finding(
        says=f"The loss {goes(losses)} while the accuracy {goes(accuracy)}: the more the model learns, the "
        "less is counted as right.",
        shows={"first_accuracy": first, "last_accuracy": last},
        fits=(
            fit("part-at-fault", "Label 1 may mean the opposite of what your loss or metric takes it for."),
            fit("accuracy-on-signed-labels", "Labels of -1 are never hit by an answer of 0 or 1."),
            fit("threshold-off-scale", "Outputs that are no probabilities are not to be cut at .5."),
        ),
    )


accuracy_falls_with_loss.fires(LoggedRun.of(loss=[0.4, 0.15, 0.06], accuracy=[0.48, 0.2, 0.06]))
accuracy_falls_with_loss.quiet(LoggedRun.of(loss=[0.4, 0.15, 0.06], accuracy=[0.6, 0.8, 0.9]))
