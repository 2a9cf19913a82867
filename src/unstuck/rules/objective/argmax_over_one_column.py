"""The rule argmax-over-one-column."""

from __future__ import annotations

from unstuck.evidence.facts import AnswersUsed, Code, Curve, Head, Labels, Metric, Metrics, Place
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
        "decisions-after-fit-are-constant",
        "decisions-do-not-change",
        "metric-does-not-match-task",
    ),
    but=("accuracy-stays-low",),  # where the count is to blame, figures contradict each other
)
def argmax_over_one_column(
    head: Head,
    metrics: Metrics | None,
    labels: Labels | None,
    curve: Curve | None,
    used: AnswersUsed | None,
) -> Finding | None:
    """The accuracy, or the script itself, looks for the largest of one column.

    Why it looks stuck: of one column the first is always the largest, so every row is decided as class 0.
    Sparse categorical accuracy then is the share of label 0 for ever, and categorical accuracy does not move
    either. Where the script itself takes the argmax of the answers, the training goes well and every figure
    that is counted afterwards (an accuracy, a confusion matrix) is that of class 0.

    How it is proved: the output has one unit, and the metric is one that takes the largest; or the script
    takes the argmax along the columns of the answers, on every way through its source.

    What to do: binary accuracy for two classes on one unit; in the script, a threshold:
    `(model.predict(x)[:, 0] > 0.5).astype(int)`.

    What decides: Print model.output_shape and the metric. One unit under a categorical accuracy is always
    right or never.
    """
    metric = metrics.accuracy if metrics is not None else None
    if metrics is None or metric is None or metric.resolved not in ARGMAX:
        return _of_script(head, used)
    if head.units != 1:
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


def _of_script(head: Head, used: AnswersUsed | None) -> Finding | None:
    """The argmax that the script itself takes of the answers after the fit."""
    if used is None or used.largest_at is None or head.shape != (1,):
        return None
    decided = "0" if head.activation == "linear" else "0.5"
    return Finding(
        says="The script decides for the largest of the columns of an answer. The output has one column, so "
        "every row is decided as class 0, whatever the model says. What is counted of these decisions tells "
        "nothing of the model.",
        shows={"units": 1, "predicted_accuracy": None},
        where=used.largest_at,
        remedies=(
            propose("advise", text=f"Decide by a threshold: (predictions[:, 0] > {decided}).astype(int)."),
        ),
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
argmax_over_one_column.fires(
    Head(activation="sigmoid", units=1), AnswersUsed(largest_at=Place(file="train.py", line=31))
)
argmax_over_one_column.quiet(
    Head(activation="sigmoid", units=1), AnswersUsed(), Metrics(uses=(Metric(resolved="binary_accuracy"),))
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
    found = [each for each in found if each.shows.get("axis") in _ALONG_A_ROW and each.shows.get("certain")]
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
in_source.quiet("""
def decided(answers):
    if answers.shape[-1] == 1:
        return answers[:, 0] > 0.5
    return np.argmax(answers, axis=-1)

model = keras.Sequential([keras.Input((8,)), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
answers = decided(model.predict(x))
""")
in_source.quiet("""
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
p = model.predict(x)
answers = np.argmax(p, axis=-1) if p.shape[-1] > 1 else p > 0.5
""")
in_source.fires("""
class Study:
    def decide(self, model, rows):
        return model.predict(rows).argmax(axis=1)

def network(width):
    model = keras.Sequential([keras.Input((width,)), layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model

model = network(x.shape[1])
model.fit(x, y)
answers = Study().decide(model, x)
""")
