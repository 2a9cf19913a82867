"""The loss is no number any more."""

from __future__ import annotations

import math

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import fit, sign


@sign(
    "loss-nan",
    rank=20,
    covers=(
        "accuracy-never-moves",
        "nothing-moves",
        "sudden-step",
        "loss-stands-still",
        "loss-falls-accuracy-does-not",
        "few-hits",
    ),
)
def loss_nan(run: LoggedRun) -> Finding | None:
    """The training or validation loss is NaN or infinite.

    From the first such step on all weights are NaN, and so is every output. The argmax of NaN is
    class 0 and NaN > .5 is false, so that the accuracy freezes at the share of class 0.
    """
    losses = run.series.get("loss", ())
    lost = [
        number
        for number, loss in zip(run.epochs, losses, strict=False)
        if loss is not None and not loss.finite
    ]
    if not lost:
        return None
    first = lost[0]
    kind = "NaN" if any(loss is not None and math.isnan(loss.value) for loss in losses) else "infinite"
    frozen = run.accuracy[-1] if run.accuracy and run.accuracy[-1].finite else None
    share = ""
    if frozen is not None:
        share = f" From there the accuracy counts the rows of class 0, as the argmax of NaN is 0: {frozen}."
    at_once = first == run.epochs[0]
    when = "from the first epoch on" if at_once else f"from epoch {first} on"
    reasons = ("non-finite-inputs", "target-not-scaled", "exploding-gradient", "learning-rate-too-high")
    if run.accuracy:
        reasons = (
            "non-finite-inputs",
            "labels-not-zero-based",
            "learning-rate-too-high",
            "exploding-gradient",
        )
    later = ("exploding-gradient", "learning-rate-too-high", "non-finite-inputs", "noise-after-output")
    return Finding(
        says=f"The loss is {kind} {when}.{share}",
        shows={"epoch": first, "accuracy": frozen.value if frozen else None},
        facts={"share of class 0": frozen.value} if frozen else {},
        fits=(
            fit("nan-loss", f"The loss is {kind} {when}; no step after it can learn.", "measured"),
            *(
                fit(
                    cause,
                    "The first epoch already has no loss." if at_once else "Epochs before it were finite.",
                )
                for cause in (reasons if at_once else later)
            ),
        ),
    )


loss_nan.fires(LoggedRun.of(loss=[0.7, math.nan, math.nan], accuracy=[0.6, 0.3, 0.3]))
loss_nan.fires(LoggedRun.of(loss=[math.inf, math.nan]))
loss_nan.quiet(LoggedRun.of(loss=[0.7, 0.5], accuracy=[0.6, 0.8]))
