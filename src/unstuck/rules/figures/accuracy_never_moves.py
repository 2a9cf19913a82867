"""The accuracy is the same in every epoch, the first one included."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite, goes, stands_still
from unstuck.rules.sign import fit, sign

#: So many epochs with the same count of right rows, from the first on.
_EPOCHS = 5

#: Nearly all rows right from the first epoch on is a training that was continued.
_NEARLY_ALL = 0.995


@sign(
    "accuracy-never-moves",
    rank=55,
    covers=("loss-falls-accuracy-does-not", "loss-stands-still", "few-updates"),
)
def accuracy_never_moves(run: LoggedRun) -> Finding | None:
    """The accuracy has the same digits in each epoch from the first on, whatever the loss does.

    The figure of the first epoch holds the very first steps, when the weights were random. If no row was
    decided differently since then, every row gets one answer: a class whose share the accuracy is.
    """
    accuracy, losses = run.accuracy, run.loss
    if not (finite(accuracy) and finite(losses)) or run.epochs[0] != 1:
        return None
    if not stands_still(accuracy, _EPOCHS) or not 0.0 < accuracy[-1].value < _NEARLY_ALL:
        return None
    share = accuracy[-1]
    return Finding(
        says=f"The accuracy is {share} in each of {len(accuracy)} epochs, the first included, while the "
        f"loss {goes(losses)}: not one row more was right, as if one class of share {share} were always "
        "answered.",
        shows={"accuracy": share.value, "epochs": len(accuracy)},
        facts={"share of the class that is always answered": share.value},
        fits=(
            fit(
                "class-imbalance",
                f"{share} of the rows would be of it.",
            ),
            fit("decisions-do-not-change", "The loss moves, the count of right rows does not."),
            fit("too-few-updates", "The rare class may come later."),
            fit("metric-does-not-match-task", "It may count what does not change."),
            fit("softmax-over-one-unit", "The accuracy is then the share of label 1."),
        ),
    )


accuracy_never_moves.fires(
    LoggedRun.of(loss=[0.2043, 0.1335, 0.1228, 0.1181, 0.1148, 0.1119], accuracy=[0.9735] * 6)
)
accuracy_never_moves.quiet(
    LoggedRun.of(loss=[0.2, 0.1, 0.09, 0.08, 0.07], accuracy=[0.93, 0.97, 0.97, 0.97, 0.97])
)
accuracy_never_moves.quiet(LoggedRun.of(loss=[0.01] * 5, accuracy=[1.0] * 5))
