"""The rule output-range-excludes-targets."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Labels, Loss, Model, Predictions
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import FEW_ROWS, unless_left_out, weighted_values
from unstuck.rules.rule import cause

#: A range that costs less than a twentieth of the target's variance (R2 up to .95) is not what holds
#: a model back: a scaler fitted on other rows leaves a few targets just outside.
COSTS = 0.05

HINGES = ("hinge", "squared_hinge")


@cause(
    "output-range-excludes-targets",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "dead-relu",
        "saturated-activations",
        "target-not-scaled",
        "vanishing-gradient",
    ),
)
def output_range_excludes_targets(
    head: Head,
    labels: Labels,
    loss: Loss,
    predictions: Predictions | None,
    fit: Fit | None,
    model: Model | None,
) -> Finding | None:
    """The output's activation cannot reach the targets.

    Why it looks stuck: a sigmoid ends at 0 and 1, tanh at -1 and 1, ReLU at 0. Targets beyond pull the
    output against its bound, where its gradient is 0, and every row gets the same answer.

    How it is proved: the targets' range is compared with the activation's. The squared distance from the
    targets to the range is a part of the error that no weights can remove.

    What to do: no activation on the output, or targets scaled into its range.

    What decides: Compare y.min() and y.max() with the activation's range; targets outside it say yes.
    """
    low, high = head.bounds
    targets = _targets(labels, loss)
    if not targets or not (low > -float("inf") or high < float("inf")):
        return None
    missed = [(max(low - value, value - high, 0.0), weight) for value, weight in targets]
    share = sum(weight for miss, weight in missed if miss > 0)
    floor = sum(weight * miss * miss for miss, weight in missed)
    mean = sum(weight * value for value, weight in targets)
    spread = sum(weight * (value - mean) ** 2 for value, weight in targets)
    if share <= FEW_ROWS or floor <= COSTS * spread:
        return None
    pinned = ""
    if predictions is not None and predictions.at_bound > 0:
        pinned = f" {percent(predictions.at_bound)} of the predictions sit on the bound."
    return Finding(
        says=f"The output's activation is {head.activation}, which stays between {low:g} and {high:g}; "
        f"about {percent(share)} of the targets, which go from {targets[0][0]:.4g} to {targets[-1][0]:.4g}, "
        f"lie outside. Of a squared error, at least {floor:.4g} can never be removed (the targets' variance "
        f"is {spread:.4g}).{pinned}",
        shows={"share_outside": share, "lowest_mse": floor, "variance": spread, "bounds": (low, high)},
        where=head.place,
        certainty=unless_left_out(labels, loss, model),
        remedies=_remedies(head, labels, fit),
    )


def _targets(labels: Labels, loss: Loss) -> tuple[tuple[float, float], ...]:
    """What the output is asked for, with shares; empty where the loss says nothing of that."""
    if loss.name == "mean_squared_logarithmic_error":
        return ()  # it reads what is below 0 as 0, and differences of logarithms are no distances
    if loss.name in HINGES and labels.form == "binary":  # Keras turns 0 and 1 into -1 and 1 for these
        return tuple((2.0 * value - 1.0, share) for value, share in weighted_values(labels))
    return weighted_values(labels) if loss.is_regression or loss.name in HINGES else ()


def _remedies(head: Head, labels: Labels, fit: Fit | None) -> tuple[Proposal, ...]:
    linear = propose("set-output-activation", at=head.place, activation="linear")
    if labels.form in ("binary", "signed"):
        return (linear,)
    return (linear, propose("standardise-targets", at=fit.place if fit else None, also=(linear,)))


output_range_excludes_targets.fires(
    Head(activation="sigmoid", units=1), Labels.of([100.0 + row for row in range(200)]), Loss()
)
output_range_excludes_targets.fires(
    Head(activation="sigmoid", units=1), Labels.of([-1, 1] * 50), Loss(name="hinge")
)
output_range_excludes_targets.quiet(
    Head(activation="linear", units=1), Labels.of([100.0 + row for row in range(200)]), Loss()
)
output_range_excludes_targets.quiet(  # scaled to [0, 1], three of 200 just above
    Head(activation="sigmoid", units=1), Labels.of([row / 198 for row in range(200)]), Loss()
)
output_range_excludes_targets.quiet(  # a batch normalisation learns to stretch what the sigmoid gives
    Head(activation="sigmoid", units=1, after=("BatchNormalization",)),
    Labels.of([100.0 + row for row in range(200)]),
    Loss(),
)
output_range_excludes_targets.quiet(
    Head(activation="tanh", units=1), Labels.of([-1.0 + row / 100 for row in range(201)]), Loss()
)
