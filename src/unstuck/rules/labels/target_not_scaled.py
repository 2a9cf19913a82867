"""The rule target-not-scaled."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Labels, Loss, Optimizer, Predictions
from unstuck.evidence.kinds import GRADIENT_SIZED
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, NOTHING_LEARNED, SCORE_STAYS
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
        NOTHING_LEARNED,
        DIVERGES,
        "learning-slow",
        "dead-relu",
        "exploding-gradient",
        "learning-rate-too-high",
        "learning-rate-too-low",
        "nan-loss",
        "too-few-updates",
    ),
    but=(SCORE_STAYS, "predictions-one-class"),  # of numbers there is no accuracy and no class,
    blames=("fit.y",),
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

    What decides: Print y.mean() and y.std(); hundreds say yes. Standardise y and train again.
    """
    bounded = head is not None and head.activation != "linear"
    learned = predictions is not None and (predictions.r2 or 0.0) > LEARNED
    if not loss.is_regression or labels.form not in ("continuous", "integers") or bounded or learned:
        return None
    mean, std = labels.mean, labels.variance**0.5
    reach = _reach(optimizer, fit)
    short = reach is not None and abs(mean) > max(reach, NEAR * std, NEAR)
    if max(abs(mean), std) <= LARGE and not short:
        return None
    missed, seen = False, ""
    if predictions is not None:
        missed = (predictions.r2 or 0.0) < 0 and abs(predictions.mean - mean) > std
        seen = f" The predictions average {predictions.mean:.4g}."
    return Finding(
        says=f"The targets average {mean:.4g} with a standard deviation of {std:.4g}, but the output starts "
        f"near 0.{_way(optimizer, fit)}{seen}",
        shows={"mean": mean, "std": std, "bound": LARGE, "reach": reach},
        where=fit.place if fit else None,
        certainty=Certainty.MEASURED if missed else Certainty.SUSPECTED,
        remedies=(propose("standardise-targets", at=fit.place if fit else None),),
    )


def _reach(optimizer: Optimizer | None, fit: Fit | None) -> float | None:
    """How far the updates can have moved a weight, None where that follows the size of the gradient."""
    if optimizer is None or fit is None or not fit.updates or optimizer.name in GRADIENT_SIZED:
        return None
    return optimizer.learning_rate * fit.updates


def _way(optimizer: Optimizer | None, fit: Fit | None) -> str:
    reach = _reach(optimizer, fit)
    if reach is None or optimizer is None or fit is None:
        return ""
    return (
        f" {optimizer.name} moves a weight by about its learning rate a step: {optimizer.learning_rate:.3g} "
        f"x {fit.updates:,} updates = {reach:.3g}."
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
