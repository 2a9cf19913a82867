"""Training goes well and validation does not follow at all."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, finite, learns, stands_still
from unstuck.rules.sign import fit, sign

#: Validation that is right on under six tenths of what training is has learned next to nothing of it.
_SHARE = 0.6

#: Two points of movement are none.
_STILL = 0.02


@sign("validation-left-behind", rank=50, covers=("overfitting",))
def validation_left_behind(run: LoggedRun) -> Finding | None:
    """The training accuracy rises while the validation accuracy stays where it began, far below.

    Overfitting costs points; a validation accuracy that never moves says that validation rows reach another
    network (batch normalisation at inference), arrive in another form, or carry labels that do not
    belong to them.
    """
    accuracy, judged = run.accuracy, run.val_accuracy
    if len(judged) < STAYS or not (finite(accuracy) and finite(judged)) or not learns(run):
        return None
    values = [right.value for right in judged]
    if max(values) - min(values) > _STILL or values[-1] > _SHARE * accuracy[-1].value:
        return None
    pinned = stands_still(judged)
    gap = fit("batchnorm-inference-gap", "Batch normalisation uses other statistics at inference.")
    other = fit(
        "validation-preprocessed-differently",
        "Validation rows on another scale are strangers to the network.",
    )
    nothing = fit(
        "nothing-to-learn",
        "Labels of other rows, or that do not follow from the inputs, can only be learned by heart.",
    )
    side = fit("one-sided-validation-split", "Validation rows of other classes are not what was trained on.")
    heart = fit("overfitting", "The rows are known by heart, and nothing more.")
    return Finding(
        says=f"The training accuracy goes from {accuracy[0]} to {accuracy[-1]} while the validation "
        f"accuracy stays at {judged[-1]}"
        + (" to the last digit" if pinned else "")
        + ": nothing of what is learned reaches validation.",
        shows={"accuracy": accuracy[-1].value, "val_accuracy": judged[-1].value},
        fits=(gap, other, side, nothing) if pinned else (nothing, other, gap, side, heart),
    )


validation_left_behind.fires(
    LoggedRun.of(
        loss=[1.9, 0.9, 0.2], accuracy=[0.3, 0.7, 0.96], val_loss=[3, 9, 12.7], val_accuracy=[0.1] * 3
    )
)
validation_left_behind.quiet(
    LoggedRun.of(
        loss=[1.9, 0.9, 0.2],
        accuracy=[0.3, 0.7, 0.96],
        val_loss=[1.5, 1, 0.9],
        val_accuracy=[0.5, 0.68, 0.72],
    )
)
