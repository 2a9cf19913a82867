"""The loss is that of always answering the class shares."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import binary_entropy, ending, finite, one_in, stands_still
from unstuck.rules.bounds import CHANCE_TOLERANCE
from unstuck.rules.sign import ONE_ANSWER, fit, sign

#: Nearer to one half the entropy is ln 2 to within a percent, which another sign reads.
_CLEARLY_MORE = 0.56

#: Epochs with the same count of right rows: a model that decides anything changes one sooner.
_EPOCHS = 2


@sign(
    "loss-at-prior-entropy",
    rank=30,
    covers=(
        *ONE_ANSWER,
        "loss-falls-accuracy-does-not",
    ),
)
def loss_at_prior_entropy(run: LoggedRun) -> Finding | None:
    """The loss is H(p) = -p ln p - (1-p) ln(1-p), and the accuracy stays at p.

    A model that gives every row the class shares p and 1 - p pays their entropy, and is right on the
    larger share. .5004 goes with .8 to .2, .3251 with .9 to .1. The second figure has the same
    arithmetic as binary cross-entropy on one-hot labels of ten classes: predicting none of them.
    """
    losses, accuracy = ending(run.loss, _EPOCHS), ending(run.accuracy)
    if not (finite(losses) and finite(accuracy)) or not stands_still(accuracy, _EPOCHS):
        return None
    share = accuracy[-1]
    if not _CLEARLY_MORE <= share.value < 1.0:
        return None
    entropy = binary_entropy(share.value)
    if any(abs(loss.value - entropy) > max(loss.half, CHANCE_TOLERANCE * entropy) for loss in losses):
        return None
    if one_in(share) is not None and one_in(share) != 2 and _one_hot_name(run):
        return None
    held = f"{share} to {1.0 - share.value:.4f}"
    columns = one_in(share)
    return Finding(
        says=f"The loss stays at {losses[-1]} and the accuracy at {share}. Always answering the class "
        f"shares {held} costs -p ln p - (1-p) ln(1-p) = {entropy:.4f} and is right on {share} of the rows: "
        "the answer is the same for every row.",
        shows={"loss": losses[-1].value, "entropy": entropy, "accuracy": share.value},
        facts={"class shares": [share.value, round(1.0 - share.value, 6)]},
        fits=(
            fit(
                "class-imbalance",
                f"{share} of the rows would be of it.",
            ),
            *_one_hot(columns),
            fit(
                "nothing-to-learn",
                "If the inputs say nothing of the label, or stand beside others' labels, there is no better.",
            ),
            fit(
                "learning-rate-too-low",
                "The output has only learned the shares, which takes the fewest steps.",
            ),
            fit("dead-relu", "With every hidden unit at zero only the output's bias learns."),
        ),
    )


def _one_hot_name(run: LoggedRun) -> bool:
    """Whether the metric's name says that columns are counted one by one."""
    return run.accuracy_name == "binary_accuracy"


def _one_hot(columns: int | None) -> tuple[Finding, ...]:
    if columns is None or columns < 3:
        return ()
    told = f"The share of wrong answers is 1/{columns} to the last digit, as {columns} columns give it."
    return (fit("binary-crossentropy-on-one-hot", told),)


loss_at_prior_entropy.fires(LoggedRun.of(loss=[0.5301, 0.5011, 0.5005], accuracy=[0.8, 0.8, 0.8]))
loss_at_prior_entropy.quiet(LoggedRun.of(loss=[0.42, 0.36, 0.3251], accuracy=[0.85, 0.88, 0.9]))
loss_at_prior_entropy.quiet(LoggedRun.of(loss=[0.5, 0.3, 0.1], accuracy=[0.8, 0.8, 0.8]))
