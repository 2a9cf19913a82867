"""The accuracy is the same count in each epoch, and the loss is that of one answer for every row."""

from __future__ import annotations

import math

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import NEAR, STAYS, binary_entropy, ending, finite, stands_still
from unstuck.rules.bounds import NEAR_ONE
from unstuck.rules.sign import fit, sign

#: More classes than this would explain nearly any loss.
_MOST = 50


@sign(
    "one-answer-for-all",
    rank=50,
    covers=("accuracy-never-moves", "loss-stands-still", "loss-falls-accuracy-does-not", "few-updates"),
)
def one_answer_for_all(run: LoggedRun) -> Finding | None:
    """The accuracy stays at one share to all its digits, and the loss rests where the class shares put it.

    If the answer is the same for every row, the accuracy a is the share of one class, and the loss is at best
    the entropy of all shares: that of a alone, plus (1 - a) times the entropy of the others, which is
    ln(K - 1) at most. So the loss tells how many classes there are at the least.
    """
    losses, accuracy = ending(run.loss), ending(run.accuracy)
    if not (finite(losses) and finite(accuracy)) or len(losses) < STAYS or not stands_still(accuracy):
        return None
    share, last = accuracy[-1], losses[-1].value
    if not 1.0 / _MOST <= share.value < NEAR_ONE:
        return None
    if max(abs(loss.value - last) for loss in losses) > NEAR * last:
        return None
    others = (last - binary_entropy(share.value)) / (1.0 - share.value)
    if not 0.0 < others <= math.log(_MOST):
        return None
    classes = max(3, math.ceil(1.0 + math.exp(others) - 0.05))
    return Finding(
        says=f"The accuracy is {share} to the last digit in each of the last {STAYS} epochs while the loss "
        f"rests at {losses[-1]}. One answer for every row is right on the share of one class; with "
        f"{classes} or more classes of which one has {share}, always answering the class shares can cost as "
        "much.",
        shows={"loss": last, "accuracy": share.value, "classes_at_least": classes},
        fits=(
            fit("class-imbalance", f"{share} of the rows would be of it."),
            fit(
                "learning-rate-too-low",
                "The output has only learned the shares, which takes the fewest steps.",
            ),
            fit("nothing-to-learn", "If the inputs say nothing of the label, this is the best there is."),
            fit("dead-relu", "With every hidden unit at zero only the output's bias learns."),
            fit(
                "inputs-not-scaled", "Inputs of hundreds can switch off every hidden unit in the first steps."
            ),
        ),
    )


one_answer_for_all.fires(LoggedRun.of(loss=[1.61, 1.2931, 1.2925, 1.2924], accuracy=[0.42, 0.45, 0.45, 0.45]))
one_answer_for_all.quiet(LoggedRun.of(loss=[1.61, 1.2, 1.1, 1.0], accuracy=[0.42, 0.45, 0.45, 0.45]))
one_answer_for_all.quiet(LoggedRun.of(loss=[0.5, 0.301, 0.3, 0.3], accuracy=[0.8, 0.89, 0.89, 0.89]))
