"""The loss jumps up and does not come back."""

from __future__ import annotations

from itertools import accumulate

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import fit, sign

#: A jump to five times the best loss so far, and above the first one, is no noise of an epoch's mean.
_TIMES = 5.0

#: It has not come back while it stays above half of the jump.
_STAYS_SHARE = 0.5


@sign("sudden-step", rank=50, covers=("loss-rises", "overfitting", "wrong-rows-cost-too-much"))
def sudden_step(run: LoggedRun) -> Finding | None:
    """The training loss steps up to many times its best value and stays there.

    One update that is too long throws the weights to where outputs are saturated; from there no
    gradient leads back. A loss of .4 that becomes 12 to 14 from one epoch to the next is the picture of
    it.
    """
    losses = run.loss
    if len(losses) < 2 or not finite(losses):
        return None
    best = losses[0].value
    lowest_after = list(accumulate((loss.value for loss in reversed(losses)), min))[::-1]
    for at in range(1, len(losses)):
        step = losses[at].value
        jumps = step >= _TIMES * best > 0.0 and step > losses[0].value
        if jumps and lowest_after[at] >= _STAYS_SHARE * step:
            return Finding(
                says=f"The loss steps from {losses[at - 1]} up to {losses[at]} in epoch {run.epochs[at]} "
                "and stays: one update or a few threw the weights away, and no gradient leads back.",
                shows={"before": losses[at - 1].value, "after": step, "epoch": run.epochs[at]},
                fits=(
                    fit("learning-rate-too-high", "Steps that are too long end like this."),
                    fit("exploding-gradient", "A single very large gradient does the same."),
                    fit("saturated-divergence", "What remains are certain answers without a gradient."),
                    fit(
                        "logits-taken-as-probabilities", "Outputs beyond 0 to 1 cost 15 to 16 a row at once."
                    ),
                ),
            )
        best = min(best, step)
    return None


sudden_step.fires(LoggedRun.of(loss=[0.62, 0.41, 12.9, 13.6], accuracy=[0.6, 0.8, 0.15, 0.11]))
sudden_step.quiet(LoggedRun.of(loss=[0.62, 0.41, 0.5, 0.38]))
sudden_step.quiet(LoggedRun.of(loss=[0.9, 0.1, 0.6, 0.12]))
