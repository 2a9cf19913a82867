"""The loss is ln K, and the accuracy is not 1/K but does not move."""

from __future__ import annotations

import math

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import close_to_chance, ending, finite, stands_still
from unstuck.rules.sign import fit, sign

#: More classes than this have logarithms too close together for four digits to name one of them.
_MOST = 200

#: Epochs over which both figures must be the same to their digits.
_EPOCHS = 2

#: ln K to within the digits, or this: a few batches before the outputs were equal.
_SLACK = 2e-4


@sign(
    "argmax-tie",
    rank=30,
    covers=(
        "loss-at-ln-k",
        "nothing-moves",
        "training-below-validation",
        "accuracy-never-moves",
        "one-answer-for-all",
        "loss-stands-still",
        "loss-at-prior-entropy",
    ),
)
def argmax_tie(run: LoggedRun) -> Finding | None:
    """The loss is exactly ln K while the accuracy stays at one share that is not 1/K.

    All K outputs are equal, so the loss is ln K, and the argmax of equal values is the first: every
    row is answered with class 0, and the accuracy is the share of class 0. For one sigmoid unit at
    exactly .5 the answer is 0 as well, since it must be above .5 to count as 1.
    """
    losses, accuracy = ending(run.loss), ending(run.accuracy)
    if not (finite(losses) and finite(accuracy)) or not stands_still(accuracy, _EPOCHS):
        return None
    classes = round(math.exp(min(losses[-1].value, 20.0)))
    if not 2 <= classes <= _MOST or not all(loss.is_at(math.log(classes), _SLACK) for loss in losses):
        return None
    share = accuracy[-1]
    if close_to_chance(share, classes, run.rows) or share.value in (0.0, 1.0):
        return None
    told = "Outputs that are equal to the last digit: all at the same bound, or all zero."
    return Finding(
        says=f"The loss is {losses[-1]} = ln {classes}, so all {classes} classes get the same answer; the "
        f"accuracy stays at {share} instead of 1/{classes}. Of equal outputs the first counts as the "
        f"answer, so {share} is the share of class 0.",
        shows={"loss": losses[-1].value, "ln_K": math.log(classes), "accuracy": share.value},
        facts={"classes": classes, "share of class 0": share.value},
        fits=tuple(
            fit(cause, told)
            for cause in (
                *(("sigmoid-with-categorical-crossentropy",) if classes > 2 else ()),
                "inputs-not-scaled",
                "dead-relu",
                "non-finite-inputs",
                "saturated-activations",
            )
        ),
    )


argmax_tie.fires(LoggedRun.of(loss=[1.0986, 1.0986, 1.0986], accuracy=[0.412, 0.412, 0.412]))
argmax_tie.fires(LoggedRun.of(loss=[0.6931, 0.6931], accuracy=[0.627, 0.627]))
argmax_tie.quiet(LoggedRun.of(loss=[1.0986, 1.0986, 1.0986], accuracy=[0.3333, 0.3333, 0.3333]))
argmax_tie.quiet(LoggedRun.of(loss=[0.72, 0.6931, 0.66], accuracy=[0.55, 0.58, 0.62]))
