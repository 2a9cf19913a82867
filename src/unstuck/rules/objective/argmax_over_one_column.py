"""The rule argmax-over-one-column."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Curve, Head, Labels, Metric, Metrics
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, SCORE_STAYS
from unstuck.rules.objective._common import here_is, last_accuracy, reported, swap_metric
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import many_units

ARGMAX = frozenset(
    (
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "top_k_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
    )
)


@cause(
    "argmax-over-one-column",
    certainty="proved",
    impact="misleads",
    explains=(
        METRIC_LIES,
        SCORE_STAYS,
        LEARNS_LITTLE,
        "accuracy-on-continuous-target",
        "decisions-do-not-change",
        "metric-does-not-match-task",
    ),
    but=("accuracy-stays-low",),  # where the count is to blame, figures contradict each other
)
def argmax_over_one_column(
    head: Head, metrics: Metrics, labels: Labels | None, curve: Curve | None
) -> Finding | None:
    """The accuracy looks for the largest of one column.

    Why it looks stuck: of one column the first is always the largest, so every row is decided as class 0.
    Sparse categorical accuracy then is the share of label 0 for ever, and categorical accuracy does not move
    either.

    How it is proved: the output has one unit, and the metric is one that takes the largest.

    What to do: binary accuracy for two classes on one unit.

    What decides: Print model.output_shape and the metric. One unit under a categorical accuracy is always
    right or never.
    """
    metric = metrics.accuracy
    if metric is None or head.units != 1 or metric.resolved not in ARGMAX:
        return None
    single = labels is not None and bool(labels.levels) and not labels.shape and head.shape == (1,)
    counts = metric.resolved == "sparse_categorical_accuracy" and single
    value = labels.shares.get(0.0, 0.0) if labels is not None and counts else None
    stays = "" if value is None else f" It stays at {value:.4f}{reported(last_accuracy(curve, metrics))}."
    number = labels is not None and labels.form == "continuous"
    return Finding(
        says=f"{here_is(metric)}, which decides for the largest of the output's units. The output has one "
        f"unit, so every row is decided as class 0, whatever the model says.{stays}",
        shows={"units": 1, "metric": metric.resolved, "predicted_accuracy": value},
        where=metric.place,
        remedies=(swap_metric(metrics, "mae" if number else "binary_accuracy"),),
    )


@argmax_over_one_column.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return many_units(head)


argmax_over_one_column.fires(
    Head(activation="sigmoid", units=1),
    Metrics(uses=(Metric(resolved="sparse_categorical_accuracy", asked="object"),)),
    Labels.of([0, 1] * 50),
)
argmax_over_one_column.fires(
    Head(activation="sigmoid", units=1), Metrics(uses=(Metric(resolved="categorical_accuracy"),))
)
argmax_over_one_column.quiet(
    Head(activation="sigmoid", units=1), Metrics(uses=(Metric(resolved="binary_accuracy"),))
)
argmax_over_one_column.quiet(
    Head(activation="softmax", units=2, shape=(2,)),
    Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),)),
)


#: The axes along which the columns of a row are compared.
_ALONG_A_ROW = (-1, 1)


@argmax_over_one_column.in_source("proved")
def in_source(code: Code) -> Finding | None:
    """An argmax along the rows of predictions that have one column."""
    found = [each for each in code.of("argmax") if each.shows.get("columns") == 1]
    found = [each for each in found if each.shows.get("axis") in _ALONG_A_ROW]
    if not found:
        return None
    return Finding(
        says="argmax compares the columns of a row, and the model's output has one column: the answer is 0 "
        "for every row.",
        shows={"columns": 1, "axis": found[0].shows["axis"]},
        where=found[0].place,
        remedies=(propose("advise", text="Decide by a threshold: (predictions > 0.5).astype(int)."),),
    )


in_source.fires("""
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
answers = np.argmax(model.predict(x), axis=-1)
""")
in_source.quiet("""
model = keras.Sequential([keras.Input((8,)), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
answers = np.argmax(model.predict(x), axis=-1)
""")
in_source.quiet("""
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
surest = np.argmax(model.predict(x))  # which row
""")
