"""The loss stands at the floor of label smoothing: nothing is wrong."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, ending, finite, smoothing_floor
from unstuck.rules.sign import sign

#: The usual amount; others are not told apart from it by one figure.
_SMOOTHING = 0.1

#: Nearly all rows are right at the floor.
_RIGHT = 0.97

#: At the floor: within 2% of it.
_SLACK = 0.02

_MOST = 1000


@sign("label-smoothing-floor", rank=90)
def label_smoothing_floor(run: LoggedRun) -> Finding | None:
    """The loss stands at the entropy of smoothed labels and nearly all rows are right: this is healthy.

    With label smoothing .1 the best loss is the entropy of the smoothed label: .1985 for two classes,
    .5003 for ten. It cannot fall further, and the accuracy tells how good the model is.
    """
    losses, accuracy = ending(run.loss), ending(run.accuracy)
    if not (finite(losses) and finite(accuracy)) or len(losses) < STAYS or accuracy[-1].value < _RIGHT:
        return None
    for classes in range(2, _MOST):
        floor = smoothing_floor(classes, _SMOOTHING)
        if all(0.0 <= loss.value - floor + loss.half <= _SLACK * floor + loss.half for loss in losses):
            return Finding(
                says=f"The loss stands at {losses[-1]} with {accuracy[-1]} of the rows right: {floor:.4f} "
                f"is the least that labels smoothed by {_SMOOTHING} over {classes} classes can cost. With "
                "label smoothing this is healthy.",
                shows={"loss": losses[-1].value, "floor": floor, "classes": classes},
                facts={"classes": classes},
            )
    return None


label_smoothing_floor.fires(LoggedRun.of(loss=[0.2001, 0.199, 0.1986], accuracy=[0.99, 0.999, 1.0]))
label_smoothing_floor.fires(LoggedRun.of(loss=[0.509, 0.5021, 0.5005], accuracy=[0.99, 0.998, 1.0]))
label_smoothing_floor.quiet(LoggedRun.of(loss=[0.2, 0.1, 0.05], accuracy=[0.98, 0.99, 1.0]))
