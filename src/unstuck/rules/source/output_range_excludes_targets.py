"""What output-range-excludes-targets sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Loss, Metric, Metrics, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective.output_range_excludes_targets import output_range_excludes_targets
from unstuck.rules.objective.relu_output import RELUS

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
        f"{loss.name} "
        "compares numbers, and nothing here scales the targets: those beyond can never be reached.",
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


_MSE = Loss(name="mean_squared_error")
in_source.fires(Head(activation="sigmoid"), _MSE, Metrics(), WrittenTargets())
in_source.quiet(Head(activation="linear"), _MSE, Metrics(), WrittenTargets())
in_source.quiet(Head(activation="sigmoid"), _MSE, Metrics(uses=(Metric(),)), WrittenTargets())
in_source.quiet(
    Head(activation="sigmoid"),
    _MSE,
    Metrics(),
    WrittenTargets(operations=(Operation(kind="divide", value=255),)),
)
_OWN = Fit(reconstructs=True)
in_source.fires(
    Head(activation="softmax", units=64, shape=(64,)),
    Loss(name="binary_crossentropy"),
    Fit(reconstructs=True),
)
_STANDARDISED = WrittenTargets(operations=(Operation(kind="fit_transform", value="StandardScaler"),))
in_source.fires(Head(activation="relu"), _MSE, _STANDARDISED)
in_source.quiet(Head(activation="linear"), _MSE, _STANDARDISED)
