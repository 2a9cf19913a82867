"""The rule output-range-excludes-targets."""

from __future__ import annotations

from unstuck.evidence.facts import (
    Fit,
    Head,
    Labels,
    Loss,
    Metrics,
    Model,
    Predictions,
    WrittenTargets,
)
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import FEW_ROWS, unless_left_out, weighted_values
from unstuck.rules.objective.relu_output import RELUS
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
    blames=("activation",),
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


#: What may have brought the targets into the output's range.
_SCALES = ("divide", "fit_transform", "transform", "clip", "sin", "cos", "tanh", "compare", "minmax_scale")

#: Activations with two bounds that targets are seldom meant to keep.
_BOUNDED = ("sigmoid", "tanh", "hard_sigmoid")


#: Scalers whose result has the mean 0 over the rows that they were fitted to.
_CENTRES = ("fit_transform", "transform")


@output_range_excludes_targets.in_source("suspected")
def in_source(
    head: Head, loss: Loss, metrics: Metrics | None, targets: WrittenTargets | None, fit: Fit | None
) -> Finding | None:
    """A bounded output under a loss for numbers, with targets that nothing has scaled."""
    if fit is not None and fit.reconstructs and head.activation == "softmax" and head.units > 1:
        return _shared(head)
    scaler = targets.last(*_CENTRES) if targets is not None else None
    centred = scaler is not None and scaler.value == "StandardScaler"
    if head.activation in RELUS and loss.is_regression and centred:
        return _half_negative(head)
    if head.activation not in _BOUNDED or not loss.is_regression or targets is None:
        return None
    if (metrics is not None and metrics.accuracy is not None) or targets.last(*_SCALES) is not None:
        return None
    low, high = head.bounds
    return Finding(
        says=f"The output's activation is {head.activation}: it stays between {low:g} and {high:g}. "
        f"{loss.name} compares numbers, and nothing here scales the targets: those beyond can never be "
        "reached.",
        shows={"activation": head.activation, "lowest": low, "highest": high},
        where=head.place,
        remedies=(propose("set-output-activation", at=head.place, activation="linear"),),
    )


def _shared(head: Head) -> Finding:
    """A softmax that is to give its own inputs back."""
    return Finding(
        says=f"fit is given the inputs as targets, and the output is a softmax over {head.units} units: its "
        "values sum to 1 in every row. Rows that do not cannot be given back.",
        shows={"activation": head.activation, "units": head.units, "row_sum": 1.0},
        where=head.place,
        remedies=(
            propose("set-output-activation", at=head.place, activation="sigmoid"),
            propose("set-output-activation", at=head.place, activation="linear"),
        ),
    )


def _half_negative(head: Head) -> Finding:
    """A ReLU whose targets have the mean 0."""
    return Finding(
        says=f"The targets go through StandardScaler, which gives them the mean 0: about half of them are "
        f"negative, and an output with {head.activation} is never below 0.",
        shows={"activation": head.activation, "lowest": 0.0, "target_mean": 0.0},
        where=head.place,
        remedies=(propose("set-output-activation", at=head.place, activation="linear"),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "mse", metrics=["accuracy"])
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "mse")
model.fit(x, y / 255)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(16, "relu"), layers.Dense(64, "softmax")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
""")
in_source.fires("""
from sklearn.preprocessing import StandardScaler

model = keras.Sequential([layers.Dense(1, "relu")])
model.compile("adam", "mse")
model.fit(x, StandardScaler().fit_transform(y))
""")
in_source.quiet("""
from sklearn.preprocessing import StandardScaler

model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, StandardScaler().fit_transform(y))
""")
