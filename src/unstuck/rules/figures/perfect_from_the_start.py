"""The accuracy is 1 from the first epoch on, but the loss is not."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import fit, sign

#: Under this a first epoch may have been easy; above it untrained weights must have erred somewhere.
_NOT_TRIVIAL = 0.05


@sign("perfect-from-the-start", rank=20, covers=("nothing-moves", "training-above-evaluation"))
def perfect_from_the_start(run: LoggedRun) -> Finding | None:
    """Every row is right from the first step on, at a loss that says otherwise.

    The figure of the first epoch averages over its steps, the very first ones included, when the weights
    were random. All rows right by then means that no row can be wrong: the argmax of one column is
    always 0 and agrees with labels compared in the same way, or all labels are one class.
    """
    accuracy, losses = run.accuracy, run.loss
    if not (finite(accuracy) and finite(losses)) or any(right.value != 1.0 for right in accuracy):
        return None
    if run.epochs[0] != 1 or losses[0].value <= _NOT_TRIVIAL:
        return None
    return Finding(
        says=f"The accuracy is 1.0 in the first epoch already, at a loss of {losses[0]}: untrained weights "
        "cannot be right on every row, so the accuracy cannot be wrong here, whatever is learned.",
        shows={"accuracy": 1.0, "first_loss": losses[0].value},
        fits=(
            fit("argmax-over-one-column", "The argmax of one column is 0 for the label and for the answer."),
            fit("constant-labels", "With one class only every answer is right."),
            fit("units-do-not-match-labels", "One unit under a categorical metric has a single answer."),
        ),
    )


perfect_from_the_start.fires(LoggedRun.of(loss=[0.69, 0.52, 0.5], accuracy=[1.0, 1.0, 1.0]))
perfect_from_the_start.quiet(LoggedRun.of(loss=[0.3, 0.02], accuracy=[0.93, 1.0]))
