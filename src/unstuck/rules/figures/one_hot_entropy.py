"""The loss and the accuracy are those of predicting none of K columns."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import binary_entropy, finite, one_in, stands_still
from unstuck.rules.bounds import CHANCE_TOLERANCE
from unstuck.rules.sign import ONE_ANSWER, fit, sign

#: The accuracy starts at 1 - 1/K at the earliest and stays within this of it.
_STAYS = 0.01

#: A loss that has fallen by less than half of the entropy leaves most columns undecided.
_LEARNS_LITTLE = 0.5

#: Keras 1 and 2 choose by the loss how "accuracy" counts: under binary cross-entropy by columns.
_BY_COLUMNS = ("acc", "binary_accuracy")


@sign(
    "one-hot-entropy",
    rank=30,
    covers=(
        "loss-at-prior-entropy",
        *ONE_ANSWER,
    ),
)
def one_hot_entropy(run: LoggedRun) -> Finding | None:
    """The loss is near H(1/K) and the accuracy stays at 1 - 1/K, as counted by columns.

    Of K one-hot columns K - 1 are 0 in every row. Predicting none of them is right in 1 - 1/K of the
    entries and costs the entropy of 1/K: .6365 at .6667 (K = 3), .3251 at .9000 (10), .1985 at .9500
    (20). "acc" of Keras 1 and 2 and "binary_accuracy" count that way; "accuracy" of later versions
    counts rows, and is left to the reading as an imbalance.
    """
    if run.accuracy_name not in _BY_COLUMNS or not run.pairs:
        return None
    losses, accuracy = run.loss, run.accuracy
    if not (finite(losses) and finite(accuracy)):
        return None
    classes = next((each for each in map(one_in, (accuracy[-1], accuracy[0])) if each and each > 2), None)
    if classes is None or any(
        abs(right.value - 1.0 + 1.0 / classes) > _STAYS / classes * 3 for right in accuracy
    ):
        return None
    entropy = binary_entropy(1.0 / classes)
    at_entropy = abs(losses[-1].value - entropy) <= max(losses[-1].half, CHANCE_TOLERANCE * entropy)
    # The probabilities may already move without passing one half anywhere.
    below = stands_still(accuracy) and _LEARNS_LITTLE * entropy < losses[-1].value < entropy
    if not at_entropy and not below:
        return None
    return Finding(
        says=f"The accuracy stays at {accuracy[-1]} = 1 - 1/{classes} and the loss at {losses[-1]}; "
        f"predicting none of {classes} one-hot columns is right in 1 - 1/{classes} of the entries and costs "
        f"H(1/{classes}) = {entropy:.4f}.",
        shows={
            "loss": losses[-1].value,
            "entropy": entropy,
            "accuracy": accuracy[-1].value,
            "classes": classes,
        },
        facts={"classes": classes},
        fits=(
            fit(
                "binary-crossentropy-on-one-hot",
                f"The figures agree with K = {classes}, and {run.accuracy_name} counts columns.",
                "measured" if at_entropy else "suspected",
            ),
            fit(
                "class-imbalance",
                f"Two classes of which one has {accuracy[-1]} of the rows give the same figures.",
            ),
        ),
    )


one_hot_entropy.fires(LoggedRun.of(loss=[0.3301, 0.3252, 0.3251], acc=[0.9, 0.9, 0.9]))
one_hot_entropy.fires(LoggedRun.of(loss=[0.64, 0.6365], acc=[0.6667, 0.6667]))
one_hot_entropy.fires(LoggedRun.of(loss=[0.3271, 0.3184, 0.2955], binary_accuracy=[0.9, 0.9, 0.9]))
one_hot_entropy.quiet(LoggedRun.of(loss=[0.3251, 0.2, 0.1], acc=[0.9, 0.93, 0.97]))
one_hot_entropy.quiet(LoggedRun.of(loss=[0.33, 0.3251], accuracy=[0.9, 0.9]))
