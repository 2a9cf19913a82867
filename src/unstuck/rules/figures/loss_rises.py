"""The training loss rises from epoch to epoch."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import FALLEN, over, rises
from unstuck.rules.sign import fit, sign


@sign(
    "loss-rises",
    rank=50,
    covers=("loss-stands-still", "accuracy-never-moves", "few-updates", "low-loss-fixed-accuracy"),
)
def loss_rises(run: LoggedRun) -> Finding | None:
    """The training loss ends a tenth or more above its first value, and three epochs of four go up.

    Training lowers this very figure: steps that raise it for epochs are too long, or it is not the loss that
    they lower (a term that grows, another sign, a loss of one's own).
    """
    if not rises(run.loss):
        return None
    first, last = run.loss[0], run.loss[-1]
    return Finding(
        says=f"The training loss rises from {first} to {last} {over(len(run.loss))}. Training is to lower "
        "this very figure: its steps are too long, or they lower something else.",
        shows={"first_loss": first.value, "last_loss": last.value, "bound": FALLEN},
        fits=(
            fit("learning-rate-too-high", "Steps that are too long climb out of the valley."),
            fit("exploding-gradient", "Gradients that grow make steps that grow."),
            fit("saturated-divergence", "Weights that run away make each wrong answer dearer."),
            fit("over-regularised", "A penalty on growing weights may be a part of the loss."),
        ),
    )


loss_rises.fires(LoggedRun.of(loss=[0.512, 0.612, 0.752, 0.912, 1.112], accuracy=[0.9] * 5))
loss_rises.quiet(LoggedRun.of(loss=[0.512, 0.53, 0.5, 0.52, 0.51], accuracy=[0.9] * 5))
loss_rises.quiet(LoggedRun.of(loss=[0.9, 0.6, 0.7], accuracy=[0.5, 0.7, 0.7]))
