"""The rule non-finite-inputs."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Dynamics, Fit, Input, Inputs, Labels, Loss, Variable
from unstuck.evidence.facts.program import KNOWN_LOSSES
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, DOES_NOT_FIT, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: Layers that compute with every value that they read, so that a NaN reaches what they give.
COMPUTES = frozenset(
    {"BatchNormalization", "Conv1D", "Conv2D", "Conv3D", "Dense", "Flatten", "GRU", "LSTM"}
    | {"LayerNormalization", "Normalization", "Rescaling", "SimpleRNN", "TimeDistributed"}
)


@cause(
    "non-finite-inputs",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        DOES_NOT_FIT,
        "dead-relu",
        "exploding-gradient",
        "nan-loss",
        "vanishing-gradient",
    ),
    blames=("fit.x",),
)
def non_finite_inputs(
    inputs: Inputs,
    labels: Labels | None,
    loss: Loss | None,
    fit: Fit | None,
    curve: Curve | None,
    dynamics: Dynamics | None,
) -> Finding | None:
    """The training rows hold NaN or infinite values.

    Why it looks stuck: a single NaN turns every weight it meets into NaN with the first step, and the loss
    with it. Behind a ReLU the loss may even stay finite on TensorFlow's CPU kernels: it stays at that of an
    even guess, and accuracy never moves.

    How it is proved: the values are counted, and the loss or a weight is no number any more. Before the
    training it is only proved where the layer that reads them is one that computes with every value.

    What to do: drop or fill these rows, and look where they come from: an empty cell, a logarithm of 0, a
    division by the standard deviation of a constant column.

    What decides: Print np.isfinite(x).all(); False says yes.
    """
    bad = sum(each.nonfinite for each in inputs.training)
    targets = labels.nonfinite if labels and not (loss and loss.custom) else 0
    if not bad and not targets:
        return None
    lost = _lost(curve, dynamics)
    if lost is False:
        return None  # a layer fills them in, or a loss leaves them out
    # What is infinite may be brought back by a bounded activation; NaN stays NaN.
    read = all(each.feeds in COMPUTES and each.nan for each in inputs.training if each.nonfinite)
    skipped = loss is not None and loss.name not in KNOWN_LOSSES
    held = [f"{bad:,} of the input values"] if bad else []
    held += [f"{targets:,} of the targets"] if targets else []
    flat = sum(each.constant_columns for each in inputs.training)
    hint = f" {flat} of the columns never vary: scaling those divides by 0." if flat and bad else ""
    return Finding(
        says=f"NaN or infinite: {' and '.join(held)}. One alone turns the weights it meets into NaN.{hint}",
        shows={"nonfinite_inputs": bad, "nonfinite_targets": targets, "constant_columns": flat},
        where=fit.place if fit else None,
        certainty=None if lost or (read and not (targets and skipped)) else Certainty.SUSPECTED,
        remedies=(propose("drop-non-finite-rows", at=fit.place if fit else None),),
    )


def _lost(curve: Curve | None, dynamics: Dynamics | None) -> bool | None:
    """Whether NaN has reached the loss or a weight; None where no training was seen."""
    losses = curve.loss if curve else ()
    weights = [each.nonfinite for each in dynamics.variables] if dynamics else []
    if not losses and not weights:
        return None
    if any(weights) or not all(map(math.isfinite, losses)):
        return True
    # A ReLU on TensorFlow's CPU hides NaN from the loss, but not from the bias before it.
    return False if weights else None


_TABLE = Input(shape=(8,), count=100, nonfinite=1, nan=1, feeds="Dense")
non_finite_inputs.fires(Inputs(training=(_TABLE,)))
non_finite_inputs.fires(Inputs(training=(_TABLE,)), Curve.of(loss=[math.nan]))
non_finite_inputs.quiet(  # NaN is filled in by the model: every weight is a number
    Inputs(training=(_TABLE,)), Curve.of(loss=[0.4]), Dynamics(variables=(Variable(path="dense/bias"),))
)
non_finite_inputs.fires(Inputs(), Labels.of([1.0, float("nan"), 2.0]))
non_finite_inputs.quiet(  # a loss of one's own may skip missing targets
    Inputs(), Labels.of([1.0, float("nan"), 2.0]), Loss(name="masked", custom=True)
)
non_finite_inputs.quiet(Inputs(training=(Input(shape=(8,), count=100),)), Labels.of([0, 1] * 50))
