"""The rule threshold-off-scale."""

from __future__ import annotations

from unstuck.evidence.facts import (
    Elsewhere,
    Head,
    Labels,
    Loss,
    Metric,
    Metrics,
    Predictions,
    Reference,
    ValidationPredictions,
)
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import share_noise
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, SCORE_STAYS
from unstuck.rules.objective._common import BINARY, DISAGREEMENT, swap_metric
from unstuck.rules.rule import cause

#: From this area under the ROC curve on, the scores separate the classes well ...
SEPARATES = 0.9

#: ... and a threshold that gives away this much accuracy is what holds it down.
GIVEN_AWAY = 0.1


@cause(
    "threshold-off-scale",
    certainty="measured",
    impact="misleads",
    explains=(
        METRIC_LIES,
        SCORE_STAYS,
        LEARNS_LITTLE,
        "predictions-one-class",
        "class-imbalance",
        "decisions-do-not-change",
        "metric-does-not-match-task",
    ),
    but=("accuracy-stays-low",),  # where the count is to blame, figures contradict each other,
    blames=("threshold",),
)
def threshold_off_scale(
    metrics: Metrics,
    head: Head | None,
    loss: Loss | None,
    labels: Labels | None,
    predictions: Predictions | None,
    validation_predictions: ValidationPredictions | None,
    reference: Reference | None,
) -> Finding | None:
    """The decision threshold of the accuracy is not on the scale of the output.

    Why it looks stuck: `accuracy` on one unit counts a value above 0.5 as class 1. An output without
    activation is a logit, where 0.5 in probability lies at 0: rows between 0 and 0.5 are counted as the
    wrong class. The same holds for distances and other scores.

    How it is proved: accuracy is counted again with the threshold that fits, on the same predictions. At
    which value an accuracy of your own turns is found by asking it about single made-up rows; the threshold
    that fits is chosen on one half of the rows and judged on the other.

    What to do: give the metric the threshold, as in `BinaryAccuracy(threshold=0.0)`.

    What decides: Print predict(x).min() and .max(); outside 0 to 1 with a threshold of .5 says yes.
    """
    elsewhere = elsewhere_in(reference, predictions, validation_predictions)
    if elsewhere is not None and elsewhere.own:
        return _own(elsewhere) if elsewhere.gains_more_than(GIVEN_AWAY) else None
    metric = metrics.accuracy
    if metric is None or metric.resolved != "binary_accuracy" or predictions is None:
        return None
    if head is None or loss is None:
        return None
    if labels is not None and labels.form not in ("binary", "multi-label", "one-hot"):
        return None
    logits = loss.name in BINARY and loss.from_logits and head.activation in ("linear", "unknown")
    told, fair, best = _at_zero(metric, predictions) if logits else _at_best(predictions)
    if told is None or fair is None or best is None:
        return None
    why = "the output is a logit, on which a probability of 0.5 lies at 0"
    if not logits and predictions.auc is not None:
        why = f"the scores separate the classes elsewhere (area under the ROC curve {predictions.auc:.3f})"
    return Finding(
        says=f"{metric.name} takes a value above {metric.threshold:g} for class 1, but {why}. With the "
        f"threshold {best:.3g} the same predictions on {predictions.rows:,} rows get {fair:.4f} instead of "
        f"{told:.4f}.",
        shows={"threshold": metric.threshold, "fitting": best, "reported": told, "recomputed": fair},
        where=metric.place,
        # Probabilities under their own loss are on the scale of a half: how far the training came may be it.
        certainty=Certainty.SUSPECTED if _is_on_scale(head, loss) else Certainty.MEASURED,
        remedies=(
            swap_metric(
                metrics, f'keras.metrics.BinaryAccuracy(name="accuracy", threshold={float(f"{best:.3g}")})'
            ),
        ),
    )


def _is_on_scale(head: Head, loss: Loss) -> bool:
    return head.activation == "sigmoid" and loss.name in BINARY and not loss.from_logits


def elsewhere_in(
    reference: Reference | None,
    predictions: Predictions | None,
    validation_predictions: ValidationPredictions | None,
) -> Elsewhere | None:
    """What another threshold makes of the answers, of the rows that judge where that is known."""
    for record in (validation_predictions, reference, predictions):
        if record is not None and record.elsewhere is not None:
            return record.elsewhere
    return None


def _own(found: Elsewhere) -> Finding:
    """An accuracy of the user's own whose threshold lies off the scale of the answers."""
    side = "below" if found.below else "above"
    return Finding(
        says=f"{found.metric} takes answers {side} {found.threshold:.3g} for a yes and is right on "
        f"{found.right:.4f} of {found.rows:,} rows. The same answers decided {side} {found.chosen:.3g}, "
        f"which one half of the rows chose for the other, are right on {found.right_moved:.4f}.",
        shows={
            "threshold": found.threshold,
            "fitting": found.chosen,
            "reported": found.right,
            "recomputed": found.right_moved,
        },
        where=found.place,
        certainty=Certainty.MEASURED,
        remedies=(
            propose(
                "advise",
                text=f"Decide {side} {found.chosen:.3g} in {found.metric}, and wherever rows are decided.",
            ),
        ),
    )


_Judged = tuple[float | None, float | None, float | None]


def _at_zero(metric: Metric, predictions: Predictions) -> _Judged:
    """Reported accuracy, that at threshold 0, and 0.0 where it matters: for logits."""
    told = predictions.reported
    fair = predictions.label_accuracy if predictions.label_accuracy is not None else predictions.accuracy
    matters = told is not None and fair is not None and fair - told > DISAGREEMENT
    return told, fair, 0.0 if matters and metric.threshold != 0.0 else None


def _at_best(predictions: Predictions) -> _Judged:
    """Reported accuracy, that at the best threshold, and that threshold where it matters."""
    told = predictions.reported if predictions.reported is not None else predictions.accuracy
    fair = predictions.best_threshold_accuracy
    if told is None or fair is None or (predictions.auc or 0.0) < SEPARATES:
        return told, fair, None
    matters = fair - told > max(GIVEN_AWAY, share_noise(told, predictions.rows))
    return told, fair, predictions.best_threshold if matters else None


threshold_off_scale.fires(
    Metrics(uses=(Metric(),)),
    Head(activation="linear", units=1),
    Loss(name="binary_crossentropy", from_logits=True),
    Labels.of([0, 1] * 100),
    Predictions(rows=200, std=3.0, accuracy=0.93, reported=0.84),
)
threshold_off_scale.fires(
    Metrics(uses=(Metric(),)),
    Head(activation="sigmoid", units=1),
    Loss(name="mean_squared_error"),
    Labels.of([0, 1] * 100),
    Predictions(
        rows=200,
        std=0.1,
        accuracy=0.5,
        reported=0.5,
        auc=0.97,
        best_threshold=0.12,
        best_threshold_accuracy=0.92,
    ),
)
threshold_off_scale.fires(  # distances under an accuracy of the user's own
    Metrics(uses=(Metric(name="pair_accuracy", resolved="custom", asked="object"),)),
    Reference(
        elsewhere=Elsewhere(
            metric="pair_accuracy",
            own=True,
            below=True,
            threshold=0.5,
            chosen=4.1,
            rows=791,
            right=0.53,
            right_moved=0.97,
            low=0.38,
            balanced=0.53,
            balanced_moved=0.97,
            balanced_low=0.38,
        )
    ),
)
threshold_off_scale.quiet(
    Metrics(uses=(Metric(threshold=0.0),)),
    Head(activation="linear", units=1),
    Loss(name="binary_crossentropy", from_logits=True),
    Predictions(rows=200, accuracy=0.93, reported=0.93),
)
threshold_off_scale.quiet(
    Metrics(uses=(Metric(),)),
    Head(activation="sigmoid", units=1),
    Loss(name="binary_crossentropy"),
    Predictions(
        rows=200, accuracy=0.9, reported=0.9, auc=0.96, best_threshold=0.45, best_threshold_accuracy=0.91
    ),
)
threshold_off_scale.quiet(  # one class alone has no ROC curve
    Metrics(uses=(Metric(),)),
    Head(activation="sigmoid", units=1),
    Loss(name="binary_crossentropy"),
    Predictions(rows=200, accuracy=1.0, reported=1.0),
)


@threshold_off_scale.in_source("proved")
def in_source(metrics: Metrics, head: Head, loss: Loss) -> Finding | None:
    """A threshold of 0.5 on an output that is a logit."""
    metric = metrics.accuracy
    if metric is None or metric.resolved != "binary_accuracy" or metric.threshold == 0.0:
        return None
    if loss.name not in BINARY or not loss.from_logits or head.activation != "linear":
        return None
    return Finding(
        says=f"{metric.name} takes a value above {metric.threshold:g} for class 1, but the output is a logit "
        "(from_logits=True, no activation), on which a probability of 0.5 lies at 0: rows between 0 and "
        f"{metric.threshold:g} are counted as the wrong class.",
        shows={"threshold": metric.threshold, "fitting": 0.0},
        where=metric.place,
        remedies=(
            swap_metric(metrics, f'keras.metrics.BinaryAccuracy(name="{metric.name}", threshold=0.0)'),
        ),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x, y)
""")
in_source.quiet("""
judged = keras.metrics.BinaryAccuracy(threshold=0.0)
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=[judged])
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y)
""")
