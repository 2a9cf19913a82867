"""The rule non-finite-inputs."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Input, Inputs, Labels, Loss
from unstuck.findings import Finding, propose
from unstuck.rules.objective._common import NO_DECISION
from unstuck.rules.rule import cause


@cause(
    "non-finite-inputs",
    certainty="proved",
    impact="blocks",
    explains=(
        *NO_DECISION,
        "fit-raised",
        "learning-slow",
        "loss-explodes",
        "loss-nan",
        "dead-relu",
        "exploding-gradient",
        "nan-loss",
        "vanishing-gradient",
    ),
)
def non_finite_inputs(
    inputs: Inputs, labels: Labels | None, loss: Loss | None, fit: Fit | None
) -> Finding | None:
    """The training rows hold NaN or infinite values.

    Why it looks stuck: a single NaN turns every weight it meets into NaN with the first step, and the loss
    with it. Behind a ReLU the loss may even stay finite on TensorFlow's CPU kernels: it stays at that of an
    even guess, and accuracy never moves.

    How it is proved: the values are counted.

    What to do: drop or fill these rows, and look where they come from: an empty cell, a logarithm of 0, a
    division by the standard deviation of a constant column.
    """
    bad = sum(each.nonfinite for each in inputs.training)
    targets = labels.nonfinite if labels and not (loss and loss.custom) else 0
    if not bad and not targets:
        return None
    held = [f"{bad:,} of the input values"] if bad else []
    held += [f"{targets:,} of the targets"] if targets else []
    flat = sum(each.constant_columns for each in inputs.training)
    hint = f" {flat} of the columns never vary: scaling those divides by 0." if flat and bad else ""
    return Finding(
        says=f"NaN or infinite: {' and '.join(held)}. One alone turns the weights it meets into NaN.{hint}",
        shows={"nonfinite_inputs": bad, "nonfinite_targets": targets, "constant_columns": flat},
        where=fit.place if fit else None,
        remedies=(propose("drop-non-finite-rows", at=fit.place if fit else None),),
    )


non_finite_inputs.fires(Inputs(training=(Input(shape=(8,), count=100, nonfinite=1),)))
non_finite_inputs.fires(Inputs(), Labels.of([1.0, float("nan"), 2.0]))
non_finite_inputs.quiet(  # a loss of one's own may skip missing targets
    Inputs(), Labels.of([1.0, float("nan"), 2.0]), Loss(name="masked", custom=True)
)
non_finite_inputs.quiet(Inputs(training=(Input(shape=(8,), count=100),)), Labels.of([0, 1] * 50))
