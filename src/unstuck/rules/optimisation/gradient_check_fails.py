"""The rule gradient-check-fails."""

from __future__ import annotations

from unstuck.evidence.facts import GradientCheck
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

ADVICE = {
    "layer": "Compare the layer's own gradient (custom_gradient, autograd.Function) with the derivative of "
    "what it computes; compute with keras.ops throughout, and round, cast to whole numbers or stop the "
    "gradient only where nothing before it has to learn.",
    "loss": "Write the loss with keras.ops from y_pred to the end: no rounding, no argmax, no numpy, and no "
    "gradient of its own that is not its derivative.",
    "train_step": "In train_step, take the gradient of the loss that is reported, for all trainable "
    "weights, and apply each to its own weight.",
    "model": "Look at what call does between its layers: rounding, numpy, stop_gradient or a gradient of "
    "its own keep the layers before it from learning.",
}


@cause(
    "gradient-check-fails",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        "decisions-do-not-change",
        "frozen-layers",
        "model-too-small",
        "vanishing-gradient",
    ),
)
def gradient_check_fails(check: GradientCheck) -> Finding | None:
    """A gradient is not the slope of the loss.

    Why it looks stuck: training follows the gradient that autodiff gives. Where a layer rounds, stops the
    gradient or brings a wrong one of its own, the weights before it stand still or move elsewhere than the
    loss asks.

    How it is proved: the weights are moved a little along random directions, forth and back. The difference
    of the loss over the step must be the slope that autodiff gives, within rounding, curvature and kinks.

    What to do: mend the derivative of the layer that is named, or compute it from differentiable operations.
    """
    apart = abs(check.analytic - check.numeric)
    if not check.wrong or not (check.flat or apart > check.bound):
        return None
    what = {
        "layer": f"The layer {check.layer}",
        "loss": f"The loss {check.layer}",
        "train_step": "The model's own train_step",
        "model": f"The model's own code ({check.layer})",
    }[check.kind]
    if check.flat or check.analytic == 0.0:
        verb = "moves no weights" if check.kind == "train_step" else "sends no gradient back"
        moved = "in jumps" if check.flat else f"by {check.numeric:.3g} a unit"
        says = (
            f"{what} {verb}: along a random direction of {check.variable} the loss moves {moved}, while its "
            "gradient is exactly 0."
        )
    else:
        says = (
            f"{what} gives a wrong gradient: along a random direction of {check.variable} it is "
            f"{check.analytic:.4g}, where the loss itself changes by {check.numeric:.4g} a unit (they may "
            f"differ by {check.bound:.2g})."
        )
    return Finding(
        says=f"{says} {check.wrong} of {check.checked} weight arrays are affected.",
        shows={
            "analytic": check.analytic,
            "numeric": check.numeric,
            "bound": check.bound,
            "wrong": check.wrong,
            "checked": check.checked,
        },
        where=check.place,
        remedies=(propose("advise", at=check.place, text=ADVICE[check.kind]),),
    )


gradient_check_fails.fires(
    GradientCheck(
        kind="layer",
        layer="scaled_tanh",
        variable="dense/kernel",
        analytic=0.42,
        numeric=0.21,
        bound=0.022,
        wrong=2,
        checked=4,
        rows=16,
    )
)
gradient_check_fails.fires(
    GradientCheck(kind="loss", layer="hits", variable="dense/kernel", flat=True, wrong=4, checked=4, rows=16)
)
gradient_check_fails.fires(
    GradientCheck(
        kind="train_step",
        layer="net",
        variable="dense/kernel",
        analytic=0.0,
        numeric=0.3,
        bound=0.02,
        wrong=2,
        checked=2,
    )
)
gradient_check_fails.quiet(
    GradientCheck(variable="dense/kernel", analytic=0.4213, numeric=0.4211, bound=0.021, checked=4, rows=16)
)
gradient_check_fails.quiet(GradientCheck(unseen=4, rows=16))  # too flat to see: no failure
