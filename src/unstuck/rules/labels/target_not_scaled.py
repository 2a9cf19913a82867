"""The rule target-not-scaled."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Labels, Loss, Optimizer, Predictions
from unstuck.findings import Certainty, Finding, propose
from unstuck.rules.bounds import GRADIENT_SIZED
from unstuck.rules.rule import cause

#: Fresh layers answer with numbers around 1. A target a hundred times that asks for weights no
#: initialisation gives, and makes the first gradients a hundred times as large.
LARGE = 100.0

#: A prediction this good (R2) shows that the scale was no hindrance.
LEARNED = 0.5

#: A target nearer to 0 than this is within reach of the initial outputs.
NEAR = 3.0


@cause(
    "target-not-scaled",
    certainty="suspected",
    impact="harms",
    explains=(
        "loss-at-chance",
        "loss-does-not-fall",
        "loss-explodes",
        "loss-nan",
        "learning-slow",
        "predictions-constant",
        "dead-relu",
        "exploding-gradient",
        "learning-rate-too-high",
        "learning-rate-too-low",
        "nan-loss",
        "too-few-updates",
    ),
)
def target_not_scaled(
    labels: Labels,
    loss: Loss,
    head: Head | None,
    optimizer: Optimizer | None,
    predictions: Predictions | None,
    fit: Fit | None,
) -> Finding | None:
    """The target is far larger than what a fresh network answers.

    Why it looks stuck: the output starts near 0. Adam and its kin move a weight by about the learning rate a
    step, so a target around 150 is reached only after a long way, in which nothing else is learned: the loss
    stays near the target's variance. With SGD the errors, and so the steps, are so large that the loss
    explodes.

    How it is proved: the output's mean is still further from the target's mean than the target varies (R2
    under 0), or the way that the steps so far allow is shorter than the way to the target. Training on the
    scaled target tells.

    What to do: subtract the mean and divide by the standard deviation; scale predictions back.
    """
    if (
        not loss.is_regression
        or labels.form not in ("continuous", "integers")
        or labels.nonfinite == labels.count
    ):
        return None
    if (head is not None and head.activation != "linear") or (
        predictions and (predictions.r2 or 0.0) > LEARNED
    ):
        return None
    mean, std = labels.mean, labels.variance**0.5
    adaptive = optimizer is not None and optimizer.name not in GRADIENT_SIZED
    reach = optimizer.learning_rate * fit.updates if optimizer and fit and fit.updates and adaptive else None
    short = reach is not None and abs(mean) > max(reach, NEAR * std, NEAR)
    if max(abs(mean), std) <= LARGE and not short:
        return None
    off = abs(predictions.mean - mean) if predictions is not None else None
    missed = (
        off is not None
        and predictions is not None
        and predictions.r2 is not None
        and predictions.r2 < 0
        and off > std
    )
    way = ""
    if reach is not None and optimizer is not None and fit is not None:
        way = (
            f" {optimizer.name} moves a weight by about its learning rate a step: "
            f"{optimizer.learning_rate:.3g} x {fit.updates:,} updates = {reach:.3g}."
        )
    seen = "" if off is None or predictions is None else f" The predictions average {predictions.mean:.4g}."
    return Finding(
        says=f"The targets average {mean:.4g} with a standard deviation of {std:.4g}, but the output starts "
        f"near 0.{way}{seen}",
        shows={
            "mean": mean,
            "std": std,
            "bound": LARGE,
            "reach": reach,
            "r2": predictions.r2 if predictions else None,
        },
        where=fit.place if fit else None,
        certainty=Certainty.MEASURED if missed else Certainty.SUSPECTED,
        remedies=(propose("standardise-targets", at=fit.place if fit else None),),
    )


target_not_scaled.fires(
    Labels.of([1000.0 + row for row in range(200)]),
    Loss(),
    Head(activation="linear"),
    Optimizer(name="Adam", learning_rate=0.001),
    Fit(updates=70, rows=200),
    Predictions(rows=200, mean=2.1, r2=-300.0),
)
target_not_scaled.fires(Labels.of([250.0 * row for row in range(200)]), Loss(), Optimizer(name="SGD"))
target_not_scaled.quiet(Labels.of([0.01 * row for row in range(200)]), Loss())
target_not_scaled.quiet(
    Labels.of([1000.0 + row for row in range(200)]), Loss(), Predictions(rows=200, mean=1100.0, r2=0.97)
)
