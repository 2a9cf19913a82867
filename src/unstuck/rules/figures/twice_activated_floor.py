"""The loss stops at the floor of an activation that is applied twice."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, TWICE_SIGMOID_FLOOR, ending, finite, twice_softmax_floor
from unstuck.rules.sign import fit, sign

#: At the floor nearly every answer is right; each wrong one adds up to 1 to its row's loss.
_RIGHT = 0.95

#: The floor, with what the wrong rows add, is met to within half a hundredth. Label smoothing of .1
#: over ten classes has its floor at .5003, .003 below that of two sigmoids, so that one is met closer.
_SLACK, _SLACK_SIGMOID = 0.005, 0.0015

_MOST = 100


@sign("twice-activated-floor", rank=40, covers=("label-smoothing-floor",))
def twice_activated_floor(run: LoggedRun) -> Finding | None:
    """The loss stands at ln(e + K - 1) - 1 (or .5032) although the answers are right.

    A softmax over probabilities gets at most e : 1 : ... : 1 out of them, so the loss of a certain and
    right answer is ln(e + K - 1) - 1: .3133 for two classes, .5514 for three, 1.4612 for ten; a certain and
    wrong one costs 1 more. One sigmoid through another ends at .5 (.3133 + .6931) = .5032.
    """
    losses, accuracy = ending(run.loss), ending(run.accuracy)
    if not (finite(losses) and finite(accuracy)) or len(losses) < STAYS or accuracy[-1].value < _RIGHT:
        return None
    values = [loss.value - (1.0 - right.value) for loss, right in zip(losses, accuracy, strict=False)]
    kind, floor, classes = "", 0.0, 0
    for each in range(2, _MOST):
        if all(abs(value - twice_softmax_floor(each)) <= _SLACK for value in values):
            kind, floor, classes = "softmax", twice_softmax_floor(each), each
            break
    if not kind and all(abs(loss.value - TWICE_SIGMOID_FLOOR) <= _SLACK_SIGMOID for loss in losses):
        kind, floor, classes = "sigmoid", TWICE_SIGMOID_FLOOR, 2
    if not kind:
        return None
    formula = f"ln(e + {classes} - 1) - 1" if kind == "softmax" else "(.3133 + .6931) / 2"
    return Finding(
        says=f"The loss stands at {losses[-1]} with {accuracy[-1]} of the rows right. {formula} = "
        f"{floor:.4f} is the least that a {kind} applied to what has been through one can cost"
        + (
            f", and each wrong row adds 1 (here {1.0 - accuracy[-1].value:.4f} on average)."
            if kind == "softmax"
            else "."
        )
        + " Smoothed labels have a floor as well, which is harmless.",
        shows={"loss": losses[-1].value, "floor": floor, "classes": classes},
        facts={"classes": classes},
        fits=(fit("probabilities-taken-as-logits", f"The floor of a second {kind} is met within {_SLACK}."),),
    )


twice_activated_floor.fires(LoggedRun.of(loss=[1.472, 1.4652, 1.4622], accuracy=[0.991, 0.996, 0.999]))
twice_activated_floor.fires(LoggedRun.of(loss=[0.5045, 0.5036, 0.5033], accuracy=[0.99, 0.995, 1.0]))
twice_activated_floor.quiet(LoggedRun.of(loss=[0.5021, 0.5006, 0.5003], accuracy=[0.99, 0.998, 1.0]))
twice_activated_floor.quiet(LoggedRun.of(loss=[0.33, 0.32, 0.31], accuracy=[0.85, 0.86, 0.87]))
