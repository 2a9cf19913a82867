"""Cause: the loss became NaN and took the weights with it."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Dynamics, Labels, Optimizer, Predictions, Variable
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause("nan-loss", certainty="measured", impact="blocks", explains=(NOTHING_LEARNED, DIVERGES))
def nan_loss(
    curve: Curve,
    labels: Labels | None,
    dynamics: Dynamics | None,
    predictions: Predictions | None,
    optimizer: Optimizer | None,
) -> Finding | None:
    """The loss is NaN (not a number), and so are the weights after it.

    Why it looks stuck: one step with NaN makes every weight that its gradient reaches NaN, and they
    stay so. The largest of NaN values is taken to be the first, and NaN is not above a threshold,
    so every row is decided as class 0: the accuracy freezes at the share of class 0.
    How it is proved: find the first batch with a non-finite loss, look for NaN in its rows, and
    train again with a lower rate and clipped gradients; the loss stays finite.

    What decides: Find the first batch whose loss is NaN (TerminateOnNaN stops there), and look at its rows.
    """
    step = _first_step(curve, dynamics)
    broken = [each for each in dynamics.variables if each.nonfinite] if dynamics is not None else []
    answers = predictions.nonfinite if predictions is not None else 0
    epoch = next((k for k, value in enumerate(curve.loss, 1) if not math.isfinite(value)), None)
    if epoch is None and step is None and not broken and not answers:
        return None
    says = "The loss is not a number " + (f"from step {step:,} on" if step else f"in epoch {epoch or 1}")
    if epoch is None and step is None:
        says = "The loss still looks finite, but NaN has entered the model"
    if broken and dynamics is not None:
        says += f"; {len(broken)} of {len(dynamics.variables)} weight arrays hold NaN, {broken[0].path} first"
    share = labels.shares.get(0.0) if labels is not None else None
    if share is not None:
        says += f". NaN is decided as class 0, so the accuracy freezes at {share:.4f}, the share of class 0"
    rate = optimizer.learning_rate if optimizer is not None else None
    place = (optimizer.place or optimizer.compile_place) if optimizer is not None else None
    lower = (propose("set-learning-rate", place, value=rate / 10),) if rate else ()
    return Finding(
        says=says + ".",
        shows={"step": step, "epoch": epoch, "weights_with_nan": len(broken), "class_0": share},
        where=place,
        remedies=(
            propose("clip-gradients", place, clipnorm=1.0),
            *lower,
            propose("advise", text="Look for NaN and infinite values in the rows of the first bad batch."),
        ),
    )


def _first_step(curve: Curve, dynamics: Dynamics | None) -> int | None:
    """The earliest step whose loss or update was seen to be non-finite, counted from 1."""
    seen = [k * curve.batch_stride + 1 for k, v in enumerate(curve.batch_losses) if not math.isfinite(v)]
    for step in dynamics.steps if dynamics is not None else ():
        losses = [] if step.loss is None else [step.loss]
        if not all(map(math.isfinite, (*losses, *step.update_norms, *step.weight_norms))):
            seen.append(step.number)
    return min(seen, default=None)


_BROKEN = Dynamics(variables=(Variable(path="dense/bias", nonfinite=3), Variable(path="out/bias")))
nan_loss.fires(Curve.of((0.7, math.nan, math.nan), loss=[math.nan]), Labels.of([0, 1] * 50))
nan_loss.fires(Curve.of(loss=[0.7, math.nan]))
nan_loss.fires(Curve.of(loss=[2.3026, 2.3026]), _BROKEN)
nan_loss.quiet(Curve.of((0.7, 0.6, 0.5), loss=[0.6]), Dynamics(variables=(Variable(path="out/bias"),)))
nan_loss.quiet(Curve.of(loss=[0.5]), Predictions(rows=100, mean=0.4, std=0.3))
