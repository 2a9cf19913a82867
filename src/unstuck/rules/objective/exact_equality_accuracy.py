"""The rule exact-equality-accuracy."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Labels, Loss, Metric, Metrics, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.families import DOES_NOT_FIT, LEARNS_LITTLE, METRIC_LIES, SCORE_STAYS
from unstuck.rules.objective._common import BINARY, SPARSE, fitting, swap_metric
from unstuck.rules.rule import cause

#: Outputs whose values lie between whole numbers unless they are saturated.
BETWEEN = ("sigmoid", "softmax", "tanh", "linear")


@cause(
    "exact-equality-accuracy",
    certainty="proved",
    impact="misleads",
    explains=(
        METRIC_LIES,
        SCORE_STAYS,
        LEARNS_LITTLE,
        DOES_NOT_FIT,
        "decisions-do-not-change",
        "metric-does-not-match-task",
    ),
    but=("accuracy-stays-low",),  # where the count is to blame, figures contradict each other
)
def exact_equality_accuracy(
    metrics: Metrics, labels: Labels, head: Head, predictions: Predictions | None
) -> Finding | None:
    """The metric `keras.metrics.Accuracy()` compares predictions and labels digit by digit.

    Why it looks stuck: a probability of 0.98 does not equal the label 1. Only outputs that are saturated at
    exactly 0 or 1 can count. The string "accuracy" means another metric than the class `Accuracy`.

    How it is proved: the metric is read from the compiled model; the accuracy is counted again from the
    decisions.

    What to do: name the accuracy that fits the labels (or write "accuracy" as a string).

    What decides: Look at compile: metrics=[Accuracy()] instead of ["accuracy"] says yes.
    """
    metric, wanted = metrics.accuracy, fitting(labels)
    if metric is None or metric.resolved != "accuracy" or head.activation not in BETWEEN:
        return None
    if wanted is None or labels.form == "continuous":
        return None
    fair = predictions.accuracy if predictions else None
    told = predictions.reported if predictions else None
    again = ""
    if fair is not None and told is not None:
        again = f" It gives {told:.4f} where the decisions are right on {fair:.4f} of the rows."
    return Finding(
        says=f"{metric.name} here is keras.metrics.Accuracy, which counts an output as right only if it "
        f"equals the label in every digit: a probability of 0.98 does not equal 1.{again}",
        shows={"metric": "Accuracy", "reported": told, "recomputed": fair},
        where=metric.place,
        remedies=(swap_metric(metrics, wanted.metric),),
    )


exact_equality_accuracy.fires(
    Metrics(uses=(Metric(resolved="accuracy", asked="object"),)),
    Labels.of([0, 1] * 50),
    Head(activation="sigmoid", units=1),
    Predictions(rows=100, accuracy=0.9965, reported=0.24),
)
exact_equality_accuracy.quiet(
    Metrics(uses=(Metric(resolved="binary_accuracy"),)),
    Labels.of([0, 1] * 50),
    Head(activation="sigmoid", units=1),
)
exact_equality_accuracy.quiet(  # an output that rounds by itself
    Metrics(uses=(Metric(resolved="accuracy", asked="object"),)),
    Labels.of([0, 1] * 50),
    Head(activation="custom", units=1),
)


#: Outputs between 0 and 1, which hardly ever are exactly either.
_BETWEEN = ("sigmoid", "softmax")


@exact_equality_accuracy.in_source("proved")
def in_source(metrics: Metrics, head: Head, loss: Loss) -> Finding | None:
    """`metrics.Accuracy()` on an output of probabilities."""
    metric = metrics.accuracy
    if metric is None or metric.resolved != "accuracy" or head.activation not in _BETWEEN:
        return None
    fitting = "binary_accuracy" if loss.name in BINARY else "categorical_accuracy"
    fitting = "sparse_categorical_accuracy" if loss.name in SPARSE else fitting
    return Finding(
        says="keras.metrics.Accuracy() counts a row only where prediction and label are equal in every "
        f"digit. The output is a {head.activation}, which is between 0 and 1: hardly a row is ever counted.",
        shows={"metric": "accuracy", "activation": head.activation},
        where=metric.place,
        remedies=(swap_metric(metrics, fitting),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.Accuracy()])
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y)
""")
