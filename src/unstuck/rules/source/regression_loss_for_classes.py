"""What regression-loss-for-classes sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Loss, Metric, Metrics, Operation, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective.regression_loss_for_classes import regression_loss_for_classes


@regression_loss_for_classes.in_source("suspected")
def in_source(
    head: Head, loss: Loss, metrics: Metrics | None, targets: WrittenTargets | None
) -> Finding | None:
    """A softmax, one-hot labels, or a sigmoid with an accuracy, under a loss for numbers."""
    one_hot = targets is not None and made_one_hot(targets.operations) is not None
    meant = head.activation == "softmax" or one_hot
    judged = metrics is not None and metrics.accuracy is not None
    if not loss.is_regression or not (meant or (head.activation == "sigmoid" and judged)):
        return None
    wanted = (
        "binary_crossentropy" if head.activation == "sigmoid" and not one_hot else "categorical_crossentropy"
    )
    sign = "the labels are one-hot" if one_hot else f"the output is a {head.activation}"
    sign += " and an accuracy is asked for" if judged and not meant else ""
    return Finding(
        says=f"{loss.name} compares numbers, but {sign}. If the labels are classes, its gradient fades, "
        "with the "
        "factor p(1 - p), just where the model is sure and wrong.",
        shows={"loss": loss.name, "activation": head.activation, "one_hot": one_hot},
        where=loss.place,
        remedies=(propose("set-loss", at=loss.place, loss=wanted),),
    )


_MSE = Loss(name="mean_squared_error")
in_source.fires(Head(activation="softmax", units=10, shape=(10,)), _MSE)
in_source.fires(Head(activation="sigmoid"), _MSE, Metrics(uses=(Metric(),)))
in_source.fires(
    Head(activation="linear"), _MSE, WrittenTargets(operations=(Operation(kind="to_categorical"),))
)
in_source.quiet(Head(activation="sigmoid", units=64, shape=(64,)), _MSE, Metrics())
in_source.quiet(Head(activation="softmax", units=10, shape=(10,)), Loss(name="categorical_crossentropy"))
