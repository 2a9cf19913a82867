"""The rule binary-crossentropy-on-one-hot."""

from __future__ import annotations

from math import log

from unstuck.evidence.facts import (
    Curve,
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
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, CATEGORICAL, last_accuracy, refit, reported, swap_metric
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import no_binary_loss

#: With two columns, the accuracy of the columns is that of the rows.
TWO = 2


@cause(
    "binary-crossentropy-on-one-hot",
    certainty="proved",
    impact="misleads",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        METRIC_LIES,
        "decisions-do-not-change",
        "metric-does-not-match-task",
    ),
    but=("accuracy-stays-low",),  # counted entry by entry it is too high,
    blames=("loss",),
)
def binary_crossentropy_on_one_hot(
    labels: Labels,
    loss: Loss,
    metrics: Metrics,
    head: Head | None,
    curve: Curve | None,
    predictions: Predictions | None,
    fit: Fit | None,
) -> Finding | None:
    """One of several classes is trained and judged as separate yes-or-no questions.

    Why it looks stuck: with one-hot rows, K - 1 of K columns are 0. A model that predicts no class at all
    has the accuracy 1 - 1/K from the first step on, and has little to gain from there.

    How it is proved: the rows sum to one, and the metric counts columns. Predicting nothing gets 1 - 1/K and
    a loss of H(1/K), the entropy of one column in nats.

    What to do: softmax, categorical cross-entropy and categorical accuracy.

    What decides: Compute (predict(x).argmax(1) == y.argmax(1)).mean(). Far below the logged accuracy says
    yes.
    """
    metric = metrics.accuracy
    if labels.form != "one-hot" or labels.shape[-1] <= TWO or loss.name not in BINARY:
        return None
    if metric is None or metric.resolved != "binary_accuracy":
        return None
    if head is not None and head.units != labels.shape[-1]:
        return None  # units-do-not-match-labels says that
    classes, last = labels.shape[-1], last_accuracy(curve, metrics)
    rate = 1.0 / classes
    entropy = -rate * log(rate) - (1.0 - rate) * log(1.0 - rate)
    fair = predictions.accuracy if predictions else None
    again = "" if fair is None else f" Counted by rows, the accuracy is {fair:.4f}."
    change = refit(labels, head, loss, fit)
    bundled = (*change.also, swap_metric(metrics, "categorical_accuracy"))
    return Finding(
        says=f"Each row has one of {classes} classes, but {loss.name} and the metric {metric.name} (binary "
        f"accuracy) ask about each of the {classes} columns by itself. Predicting no class at all gets the "
        f"accuracy 1 - 1/{classes} = {1 - rate:.4f}{reported(last)} at a loss of {entropy:.4f}.{again}",
        shows={
            "classes": classes,
            "accuracy_of_nothing": 1 - rate,
            "loss_of_nothing": entropy,
            "recomputed": fair,
        },
        where=loss.place,
        remedies=(Proposal(change.remedy, change.at, change.values, bundled),),
    )


@binary_crossentropy_on_one_hot.ruled_out
def _ruled_out(loss: Loss) -> str:
    """What in a script speaks against it."""
    return no_binary_loss(loss)


binary_crossentropy_on_one_hot.fires(
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * 20),
    Loss(name="binary_crossentropy"),
    Metrics(uses=(Metric(resolved="binary_accuracy"),)),
)
binary_crossentropy_on_one_hot.quiet(  # judged by rows
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * 20),
    Loss(name="binary_crossentropy"),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
)
binary_crossentropy_on_one_hot.quiet(  # several labels a row
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 20),
    Loss(name="binary_crossentropy"),
    Metrics(uses=(Metric(resolved="binary_accuracy"),)),
)


#: With two columns both losses have their lowest value at the same place.
_SEVERAL = 3


@binary_crossentropy_on_one_hot.in_source("suspected")
def in_source(head: Head, loss: Loss, targets: WrittenTargets | None, fit: Fit | None) -> Finding | None:
    """A softmax over several classes, or to_categorical labels, under binary cross-entropy."""
    if fit is not None and fit.reconstructs:
        return None  # there are no labels
    one_hot = targets is not None and made_one_hot(targets.operations) is not None
    if loss.name not in BINARY or head.units < _SEVERAL or not (one_hot or head.activation == "softmax"):
        return None
    floor = 1.0 - 1.0 / head.units
    labels = "one-hot (to_categorical)" if one_hot else "one-hot, as the softmax suggests"
    return Finding(
        says=f"The labels are {labels}, but {loss.name} judges each of the {head.units} columns by itself: "
        f"predicting no class at all is right in {floor:.4f} of the columns.",
        shows={"units": head.units, "floor": floor},
        where=loss.place,
        remedies=(propose("set-loss", at=loss.place, loss=CATEGORICAL[0]),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "binary_crossentropy")
model.fit(x, keras.utils.to_categorical(y))
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(5, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)  # an autoencoder
""")
