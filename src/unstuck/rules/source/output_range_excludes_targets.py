"""What output-range-excludes-targets sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Metric, Metrics, Operation, WrittenTargets
from unstuck.findings import Finding, propose
from unstuck.rules.objective.output_range_excludes_targets import output_range_excludes_targets

#: What may have brought the targets into the output's range.
_SCALES = ("divide", "fit_transform", "transform", "clip", "sin", "cos", "tanh", "compare", "minmax_scale")

#: Activations with two bounds that targets are seldom meant to keep.
_BOUNDED = ("sigmoid", "tanh", "hard_sigmoid")


@output_range_excludes_targets.in_source("suspected")
def in_source(
    head: Head, loss: Loss, metrics: Metrics | None, targets: WrittenTargets | None
) -> Finding | None:
    """A bounded output under a loss for numbers, with targets that nothing has scaled."""
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
