"""Cause: steps with a learning rate below 0 go up the loss."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Optimizer, Place
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "learning-rate-below-zero",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DIVERGES,
        "dead-relu",
        "exploding-gradient",
        "learning-rate-too-high",
        "learning-rate-too-low",
        "nan-loss",
        "saturated-divergence",
        "schedule-kills-training",
    ),
    blames=("learning_rate",),
)
def learning_rate_below_zero(optimizer: Optimizer, fit: Fit | None) -> Finding | None:
    """The learning rate is below 0, so that steps go up the loss.

    Why it looks stuck: an optimizer takes the rate times its step away from the weights. With a rate below 0
    it adds it: the loss rises with each such step, and what was learned before is unlearned. A cosine that
    runs from 1 to -1 is below 0 for half of the training.

    How it is proved: the rates stand in the schedule or the log, and at how many of the places that were
    looked at they are below 0 is counted.

    What to do: let the rate end at 0 or a little above: 0.5 * peak * (1 + cos(pi * share)) for a cosine.
    """
    rates = optimizer.learning_rates or (optimizer.learning_rate,)
    below = [rate for rate in rates if rate < 0.0]
    if not below:
        return None
    first, share = rates.index(below[0]) / len(rates), len(below) / len(rates)
    when = f"from {first:.0%} of the training on" if first else "from the first step on"
    says = f"The learning rate is {rates[0]:g}, below 0: each step goes up the loss."
    if len(rates) > 1:
        says = (
            f"The learning rate is below 0 {when}, for {share:.0%} of it and down to {min(below):g}, where "
            f"it was {max(rates):g} at most: such steps go up the loss, and undo what was learned."
        )
    return Finding(
        says=says,
        shows={"lowest": min(below), "highest": max(rates), "share_below": share},
        where=optimizer.turned or optimizer.place or (fit.place if fit is not None else None),
        held=rates[0] if len(rates) == 1 else None,
        remedies=(
            propose(
                "advise",
                at=optimizer.turned or optimizer.place,
                text="Let the rate end at 0 or a little above. A cosine that falls from a peak to 0 is "
                "0.5 * peak * (1 + cos(pi * share)), with the share of the training that is done; "
                "keras.optimizers.schedules.CosineDecay computes it.",
            ),
        ),
    )


_COSINE = Optimizer(
    learning_rate=0.05,
    learning_rates=(0.05, 0.03, 0.0, -0.03, -0.05),
    schedule="Cosine",
    turned=Place(file="train.py", line=30),
)
learning_rate_below_zero.fires(_COSINE)
learning_rate_below_zero.fires(Optimizer(learning_rate=-0.001))
learning_rate_below_zero.quiet(Optimizer(learning_rates=(0.05, 0.01, 0.0)))
learning_rate_below_zero.quiet(Optimizer())
