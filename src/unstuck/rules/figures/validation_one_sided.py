"""The validation accuracy is exactly 0 or 1 while training is neither."""

from __future__ import annotations

import math

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite, stands_still
from unstuck.rules.sign import fit, sign

#: Rows assumed where the log does not say how many: a validation set that anyone makes has them.
_ROWS = 20

#: A score that the training accuracy makes rarer than this is not the same task's.
_TOO_RARE = 1e-3

#: A validation loss within 2% of -ln p is that of answering p for rows of one label.
_SAME = 0.02


@sign(
    "validation-one-sided",
    rank=40,
    covers=("validation-left-behind", "overfitting", "training-below-validation"),
)
def validation_one_sided(run: LoggedRun) -> Finding | None:
    """All validation rows are wrong, or all are right, in every epoch, while training rows are mixed.

    A model that is right on a share a of its rows gets all of n others right with chance a^n and all
    wrong with (1-a)^n. Under 1 in 1,000 the validation rows ask something else: mostly they are of one
    class, because `validation_split` takes the last rows before any shuffling.
    """
    judged, accuracy = run.val_accuracy, run.accuracy
    if not (finite(judged) and finite(accuracy)) or judged[-1].value not in (0.0, 1.0):
        return None
    if not stands_still(judged, 1):
        return None
    all_right, share = judged[-1].value == 1.0, accuracy[-1].value
    rows = run.validation_rows or _ROWS
    counted = f"{rows:,}" if run.validation_rows else f"{rows} or more"
    if (share if all_right else 1.0 - share) ** rows >= _TOO_RARE:
        return None
    one_label = _one_label(run, share)
    what = "right" if all_right else "wrong"
    others = (
        (fit("leakage", "Rows that were trained on as well are all right."),)
        if all_right
        else (fit("validation-preprocessed-differently", "Labels coded in another way are all wrong."),)
    )
    dropped = fit(
        "over-regularised", "Dropout holds the training figure down; the validation rows may just be easy."
    )
    return Finding(
        says=f"The validation accuracy is exactly {judged[-1].value:.1f} in every epoch while the training "
        f"accuracy is {accuracy[-1]}. If both had the same kind of rows, all of {counted} would be {what} "
        f"with a chance below 1 in 1,000.{one_label}",
        shows={"val_accuracy": judged[-1].value, "accuracy": share},
        fits=(
            fit("one-sided-validation-split", "Rows of one class only are all right or all wrong together."),
            *((*others, dropped) if all_right else others),
        ),
    )


def _one_label(run: LoggedRun, share: float) -> str:
    """What a validation loss of -ln p adds, where p is what the model answers for every row."""
    if not run.val_loss or not run.val_loss[-1].finite or not 0.0 < share < 1.0:
        return ""
    cost = run.val_loss[-1].value
    near = next((p for p in (share, 1.0 - share) if abs(cost + math.log(p)) <= _SAME * cost), None)
    if near is None:
        return ""
    answer = math.exp(-cost)
    close = (
        "" if f"{answer:.4f}" == f"{near:.4f}" else f", close to the share {near:.4f} of the training rows"
    )
    return (
        f" The validation loss {run.val_loss[-1]} is -ln {answer:.4f}: what answering {answer:.4f} for every "
        f"row costs if all have one label{close}."
    )


validation_one_sided.fires(
    LoggedRun.of(loss=[0.6, 0.5], accuracy=[0.7, 0.76], val_loss=[2.1, 3.4], val_accuracy=[0.0, 0.0])
)
validation_one_sided.fires(
    LoggedRun.of(loss=[0.65, 0.65], accuracy=[0.65, 0.65], val_loss=[0.4308, 0.4308], val_accuracy=[1.0, 1.0])
)
validation_one_sided.quiet(
    LoggedRun.of(loss=[0.3, 0.05], accuracy=[0.9, 0.99], val_loss=[0.1, 0.02], val_accuracy=[0.98, 1.0])
)
