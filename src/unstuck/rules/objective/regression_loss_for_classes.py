"""The rule regression-loss-for-classes."""

from __future__ import annotations

from unstuck.evidence.facts import (
    Fit,
    Head,
    Labels,
    Loss,
    Metric,
    Metrics,
    Predictions,
    WrittenTargets,
)
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import MOST_LEVELS, refit
from unstuck.rules.rule import cause

#: With half of the outputs within 1e-6 of a bound, the factor p(1 - p) in the gradient of a squared
#: error is under 1e-6 there: those outputs no longer learn, right or wrong.
SATURATED = 0.5

#: Outputs that are meant as probabilities.
SQUASHING = ("sigmoid", "softmax")

#: One output can stand for two classes.
PAIR = 2


@cause(
    "regression-loss-for-classes",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "accuracy-contradicts-predictions",
        "decisions-do-not-change",
        "output-range-excludes-targets",
        "saturated-activations",
        "threshold-off-scale",
        "vanishing-gradient",
    ),
    blames=("loss",),
)
def regression_loss_for_classes(
    labels: Labels,
    loss: Loss,
    head: Head,
    metrics: Metrics | None,
    predictions: Predictions | None,
    fit: Fit | None,
) -> Finding | None:
    """Classes are trained with a loss for numbers.

    Why it looks stuck: a squared error on a sigmoid or softmax carries the factor p(1 - p), which is near 0
    where the model is sure, right or wrong: confident mistakes are hardly corrected. An absolute error is
    best served by always answering the majority class. And one number for several classes calls class 0
    nearer to class 1 than to class 2.

    How it is proved: by training again with cross-entropy and the same seed. Without that it is a
    suspicion, unless the outputs sit on their bounds, or the accuracy in use cannot count these labels.

    What to do: binary cross-entropy on a sigmoid for two classes, (sparse) categorical cross-entropy on a
    softmax for more.

    What decides: Look at the loss in compile; mse or mae with class labels says yes.
    """
    accuracy = metrics.accuracy if metrics else None
    meant = accuracy is not None or head.activation in SQUASHING
    if not loss.is_regression or not meant or not _are_classes(labels):
        return None
    levels, countable = labels.classes, labels.zero_or_one
    says = f"The labels are {levels} classes, but the loss is {loss.name}, which compares numbers."
    shows: dict[str, object] = {"classes": levels, "loss": loss.name}
    certainty = Certainty.SUSPECTED
    if not labels.shape and head.units == 1 and levels > PAIR:
        says += f" One output has to stand for {levels} classes."
        if accuracy is not None and accuracy.resolved == "binary_accuracy":
            # Without an activation a few whole numbers may be meant as numbers: a rating, a count.
            certainty = Certainty.PROVED if head.activation in SQUASHING else Certainty.SUSPECTED
            shows["highest_possible_accuracy"] = countable
            says += (
                f" {accuracy.name} counts only labels 0 and 1: it cannot exceed their share, {countable:.4f}."
            )
    elif predictions is not None and predictions.at_bound >= SATURATED and head.activation in SQUASHING:
        certainty = Certainty.MEASURED
        shows |= {"at_bound": predictions.at_bound, "bound": SATURATED}
        says += (
            f" {percent(predictions.at_bound)} of the outputs are within 1e-6 of 0 or 1, where its "
            "gradient, with the factor p(1 - p), is under 1e-6."
        )
    else:
        says += _liking(loss, labels)
    change = refit(labels, head, loss, fit)
    return Finding(says=says, shows=shows, where=loss.place, certainty=certainty, remedies=(change,))


def _liking(loss: Loss, labels: Labels) -> str:
    """What this loss does where nothing was measured."""
    if loss.name == "mean_absolute_error":
        share = percent(labels.majority)
        return f" The constant answer it likes best is the most frequent class ({share} of the rows)."
    return " Its gradient fades, with the factor p(1 - p), just where the model is sure and wrong."


def _are_classes(labels: Labels) -> bool:
    """Few whole levels, one value a row (or one-hot): rows of many 0 and 1 may be images to rebuild."""
    plain = labels.form in ("binary", "integers") and not labels.shape
    return (plain or labels.form == "one-hot") and labels.are_classes and 2 <= labels.classes <= MOST_LEVELS


@regression_loss_for_classes.ruled_out
def _ruled_out(loss: Loss) -> str:
    """What in a script speaks against it."""
    return "" if loss.is_regression else f"the loss is {loss.name}"


regression_loss_for_classes.fires(
    Labels.of([0, 1] * 50), Loss(name="mean_squared_error"), Head(activation="sigmoid", units=1)
)
regression_loss_for_classes.fires(
    Labels.of([0, 1, 2] * 50),
    Loss(name="mean_squared_error"),
    Head(activation="linear", units=1),
    Metrics(uses=(Metric(),)),
)
regression_loss_for_classes.quiet(
    Labels.of([0, 1] * 50), Loss(name="binary_crossentropy"), Head(activation="sigmoid", units=1)
)
regression_loss_for_classes.quiet(  # an autoencoder of black and white pictures
    Labels.of([[0, 1, 1, 0], [1, 1, 1, 0], [0, 0, 1, 0]]),
    Loss(name="mean_squared_error"),
    Head(activation="sigmoid", units=4, shape=(4,)),
)
regression_loss_for_classes.quiet(  # a rating, meant as a number
    Labels.of([3, 4, 5, 6, 7, 8] * 50), Loss(name="mean_squared_error"), Head(activation="linear", units=1)
)


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
    share = propose("set-output-activation", at=head.place, activation="softmax")
    also = (share,) if one_hot and head.activation != "softmax" else ()
    sign = "the labels are one-hot" if one_hot else f"the output is a {head.activation}"
    sign += " and an accuracy is asked for" if judged and not meant else ""
    return Finding(
        says=f"{loss.name} compares numbers, but {sign}. If the labels are classes, its gradient fades, "
        "with the factor p(1 - p), just where the model is sure and wrong.",
        shows={"loss": loss.name, "activation": head.activation, "one_hot": one_hot},
        where=loss.place,
        remedies=(propose("set-loss", at=loss.place, also=also, loss=wanted),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "mse", metrics=["accuracy"])
model.fit(x, y)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(10)])
model.compile("adam", "mse")
model.fit(x, keras.utils.to_categorical(y))
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(64, "sigmoid")])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""")
