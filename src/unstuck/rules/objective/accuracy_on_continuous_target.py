"""The rule accuracy-on-continuous-target."""

from __future__ import annotations

import math

from unstuck.evidence.facts import (
    Baselines,
    Curve,
    Fit,
    Head,
    Labels,
    Loss,
    Metric,
    Metrics,
    Predictions,
    Split,
    WrittenTargets,
)
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import METRIC_LIES, SCORE_STAYS
from unstuck.rules.objective._common import MOST_LEVELS, SPARSE, here_is, last_accuracy, swap_metric
from unstuck.rules.rule import cause

#: Up to a twentieth of odd values may be bad or unsure labels among classes; more make it a number.
MOST_COUNTABLE = 0.95

#: Rows of soft labels sum to one; in float32 they miss it by less than this.
SUM_TOLERANCE = 1e-3


@cause(
    "accuracy-on-continuous-target",
    certainty="proved",
    impact="misleads",
    explains=(
        METRIC_LIES,
        SCORE_STAYS,
        "loss-falls-accuracy-does-not",
        "decisions-do-not-change",
        "exact-equality-accuracy",
        "metric-does-not-match-task",
        "threshold-off-scale",
    ),
    blames=("metrics",),
)
def accuracy_on_continuous_target(
    labels: Labels,
    metrics: Metrics,
    loss: Loss | None,
    split: Split | None,
    curve: Curve | None,
    predictions: Predictions | None,
    baselines: Baselines | None,
    fit: Fit | None,
) -> Finding | None:
    """Accuracy is shown for a target that is a number, not a class.

    Why it looks stuck: accuracy counts a row as right only if the target equals the prediction rounded
    to 0 or 1. Numbers that are neither can never count, so the figure stays near 0 (or at the share of
    targets that happen to be 0 or 1) however well the model learns. The loss is what training minimises;
    the metric is only read.

    How it is proved: the targets that are exactly 0 or 1 are counted. Their share is the highest accuracy
    that any model can get.

    What to do: judge numbers by the mean absolute error, the root mean squared error or R2. If a class is
    meant ("rises" or "falls"), make that class the target.

    What decides: Count the distinct values of the target: np.unique(y).size. Many of them, and accuracy has
    no meaning.
    """
    metric, target = metrics.accuracy, split.training if split else labels
    if metric is None or not _is_number(target, loss):
        return None
    why = _why(metric, target, loss, last_accuracy(curve, metrics))
    if why is None:
        return None
    counted = metric.resolved == "binary_accuracy"
    shows = {
        "targets": target.count,
        "highest_possible_accuracy": target.zero_or_one if counted else None,
        "reported_accuracy": last_accuracy(curve, metrics),
        "r2": predictions.r2 if predictions else None,
        "mse": predictions.mse if predictions else None,
        "persistence_mse": baselines.persistence_mse if baselines else None,
    }
    place = fit.place if fit else None
    classes = propose("advise", text='If a class is meant ("rises" or "falls"), make that class the target.')
    if loss is not None and loss.is_for_classes and target.minimum >= 0 and target.maximum <= 1:
        classes = propose("binarise-targets", at=place, threshold=0.5)
    return Finding(
        says=" ".join((why, *_learning(curve), *_series(predictions, baselines))),
        shows={name: value for name, value in shows.items() if value is not None},
        where=metric.place,
        certainty=Certainty.PROVED if counted and not target.sampled else Certainty.MEASURED,
        remedies=(swap_metric(metrics, "mae", "root_mean_squared_error"), classes),
    )


def _is_number(labels: Labels, loss: Loss | None) -> bool:
    """Whether the target is a number: values that are not whole, or many whole ones to regress on."""
    if loss is not None and loss.name in SPARSE:
        return False
    if labels.form == "integers":
        return labels.distinct > MOST_LEVELS and loss is not None and loss.is_regression
    soft = bool(labels.shape) and abs(labels.mean * labels.shape[-1] - 1.0) < SUM_TOLERANCE
    return labels.form == "continuous" and not (soft and labels.minimum >= 0)


def _why(metric: Metric, labels: Labels, loss: Loss | None, last: float | None) -> str | None:
    """Why this metric cannot rise on these targets, None where it can."""
    count, ceiling = labels.count * math.prod(labels.shape), labels.zero_or_one
    if metric.resolved == "binary_accuracy" and ceiling <= MOST_COUNTABLE:
        hits = round(ceiling * count)
        some = f"{hits:,} of {count:,} targets {'is' if hits == 1 else 'are'} exactly 0 or 1"
        exact = last is not None and abs(last - ceiling) <= 0.5 / count
        seen = (
            ""
            if last is None
            else f"; the reported {last:.4f} is {'exactly that' if exact else 'below that'}"
        )
        return (
            f"{here_is(metric)}: it counts a row as right only if the target equals the prediction rounded "
            f"to 0 or 1. {some if hits else f'None of {count:,} targets is exactly 0 or 1'}, so it cannot "
            f"exceed {ceiling:.4f}{seen}."
        )
    if metric.resolved == "accuracy":
        return (
            f"{metric.name} here counts a row only if prediction and target, both numbers, agree in every "
            "digit."
        )
    if metric.resolved == "categorical_accuracy" and labels.shape and loss is not None and loss.is_regression:
        return (
            f"{here_is(metric)}: of the {labels.shape[-1]} numbers of a row it asks only whether the "
            "largest stands in the same column of target and prediction."
        )
    return None


def _learning(curve: Curve | None) -> tuple[str, ...]:
    """What the loss did meanwhile."""
    if curve is None or len(curve.loss) < 2 or not curve.loss[-1] < curve.loss[0]:
        return ("The loss is what training minimises; this metric is only read.",)
    return (
        f"The loss, which is what training minimises, fell from {curve.loss[0]:.4g} to "
        f"{curve.loss[-1]:.4g}; this metric is only read, and cannot show what the model learns.",
    )


def _series(predictions: Predictions | None, baselines: Baselines | None) -> tuple[str, ...]:
    """For a series: how the model compares with "tomorrow = today"."""
    if (
        baselines is None
        or baselines.persistence_mse is None
        or predictions is None
        or predictions.mse is None
    ):
        return ()
    ratio = predictions.mse / baselines.persistence_mse if baselines.persistence_mse > 0 else math.inf
    verdict = "so its predictions are so far worse than" if ratio > 1 else "so it does better than"
    return (
        f'Its mean squared error is {predictions.mse:.4g}; "the next value equals this one" '
        f"reaches {baselines.persistence_mse:.4g}, {verdict} repeating the last value.",
    )


accuracy_on_continuous_target.fires(
    Labels.of([0.0, 1.0, 0.5] + [0.31 + 0.002 * row for row in range(175)]),
    Metrics(uses=(Metric(),)),
    Loss(name="binary_crossentropy"),
    Curve.of(loss=[0.69, 0.66], accuracy=[2 / 178, 2 / 178]),
)
accuracy_on_continuous_target.fires(
    Labels.of([100.0 + 0.7 * row for row in range(500)]),
    Metrics(uses=(Metric(),)),
    Loss(name="mean_squared_error"),
)
accuracy_on_continuous_target.quiet(Labels.of([0.0, 1.0] * 50), Metrics(uses=(Metric(),)))
accuracy_on_continuous_target.quiet(  # numbers judged as numbers
    Labels.of([0.1 * row for row in range(100)]),
    Metrics(uses=(Metric(name="mae", resolved="mean_absolute_error"),)),
)
accuracy_on_continuous_target.quiet(  # smoothed one-hot rows
    Labels.of([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]] * 20),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
    Loss(name="categorical_crossentropy"),
)


#: Outputs that are meant as probabilities of classes.
_OF_CLASSES = ("sigmoid", "softmax")


@accuracy_on_continuous_target.in_source("suspected")
def in_source(
    metrics: Metrics, loss: Loss, head: Head | None, targets: WrittenTargets | None
) -> Finding | None:
    """An accuracy beside a loss for numbers, on an output that is no probability."""
    metric = metrics.accuracy or next((each for each in metrics.uses if each.resolved == "unknown"), None)
    if metric is None or not loss.is_regression or (head is not None and head.activation in _OF_CLASSES):
        return None
    if targets is not None and targets.last("to_categorical") is not None:
        return None
    return Finding(
        says=f"{metric.name} is asked for beside {loss.name}, a loss for numbers. If the target is a number, "
        "a row counts only where prediction and target agree exactly, and the figure stays near 0 however "
        "well the model learns.",
        shows={"metric": metric.name, "loss": loss.name},
        where=metric.place,
        remedies=(swap_metric(metrics, "mae", "r2_score"),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse", metrics=["accuracy"])
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
model.fit(x, y)
""")
