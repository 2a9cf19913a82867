"""Training rows are answered worse than validation rows."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import fit, sign

#: The figure of training averages over the epoch, that of validation is its end: more than this is no such
#: lag.
_GAP = 0.15

#: Epochs at the end that must show it; in the first ones weights still change fast.
_EPOCHS = 2


@sign("training-below-validation", rank=50)
def training_below_validation(run: LoggedRun) -> Finding | None:
    """The training accuracy stays more than .15 below the validation accuracy.

    Dropout, augmentation and noise work in training only, so its figure is lower by what they cost.
    With dropout behind the output the training accuracy is (1 - rate) times the validation accuracy.
    """
    pairs = run.both(run.accuracy_name, f"val_{run.accuracy_name}")
    if len(pairs) <= _EPOCHS or not finite([figure for pair in pairs for figure in pair]):
        return None
    last = pairs[-_EPOCHS:]
    if any(judged.value - training.value <= _GAP for training, judged in last):
        return None
    training, judged = last[-1]
    rate = 1.0 - training.value / judged.value
    return Finding(
        says=f"The training accuracy is {training} where validation has {judged}, "
        f"{judged.value - training.value:.2f} more: something that works in training only takes it away "
        "(dropout, augmentation, noise).",
        shows={"accuracy": training.value, "val_accuracy": judged.value, "bound": _GAP},
        fits=(
            fit("over-regularised", "Dropout or augmentation is strong."),
            fit("noise-after-output", f"Dropout of {rate:.2f} behind the output would give just this ratio."),
            fit("one-sided-validation-split", "The validation rows may hold the easier classes."),
        ),
    )


training_below_validation.fires(
    LoggedRun.of(
        loss=[1.2, 0.9, 0.8], accuracy=[0.4, 0.58, 0.62], val_loss=[0.6] * 3, val_accuracy=[0.7, 0.82, 0.86]
    )
)
training_below_validation.quiet(
    LoggedRun.of(
        loss=[1.2, 0.6, 0.4], accuracy=[0.5, 0.7, 0.83], val_loss=[0.6] * 3, val_accuracy=[0.68, 0.8, 0.86]
    )
)
