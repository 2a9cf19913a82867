"""The rule sigmoid-with-categorical-crossentropy."""

from __future__ import annotations

from unstuck.evidence.facts import Environment, Head, Labels, Loss, Predictions
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import CATEGORICAL, SPARSE, is_multi_label
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import other_activation

#: With half of the sigmoids on their bounds, most rows tie between several classes.
SATURATED = 0.5

#: Where even the smallest row sum is nine tenths of the number of units, each unit's share of its row is
#: within a tenth of 1/K, whatever the input.
ALL_AT_ONE = 0.9


@cause(
    "sigmoid-with-categorical-crossentropy",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "saturated-activations", "vanishing-gradient"),
    blames=("activation",),
)
def sigmoid_with_categorical_crossentropy(
    head: Head, loss: Loss, labels: Labels | None, environment: Environment, predictions: Predictions | None
) -> Finding | None:
    """Sigmoid units are trained with categorical cross-entropy.

    Why it looks stuck: sigmoids do not compete: each may be 1, and their row does not sum to 1. Keras
    divides the row by its sum, so once several of them are at 1 the row says 1/K for each of them, the
    gradient is 0, and the decision goes to the first of the ties.

    How it is proved: the row sums of the predictions and the share of outputs on their bounds are measured;
    training again with softmax and the same seed tells. On TensorFlow, where the activation comes last, the
    loss takes the numbers before it and the defect does no harm.

    What to do: softmax.

    What decides: Print predict(x).sum(axis=1); rows that do not sum to 1 say yes.
    """
    harmless = environment.backend == "tensorflow" and head.activation_is_last
    several = labels is not None and is_multi_label(labels)
    if head.activation != "sigmoid" or head.units < 2 or loss.name not in (*CATEGORICAL, *SPARSE):
        return None
    if harmless or several or loss.from_logits or predictions is None:
        return None
    low, high = predictions.row_sum_minimum, predictions.row_sum_maximum
    tied = low is not None and low >= ALL_AT_ONE * head.units
    if predictions.at_bound < SATURATED and not tied:
        return None
    sums = "" if low is None or high is None else f" Their rows sum to {low:.3g} to {high:.3g}, not 1."
    return Finding(
        says=f"{head.units} sigmoid units are trained with {loss.name}, and {percent(predictions.at_bound)} "
        f"of their outputs are within 1e-6 of 0 or 1.{sums} Units that are all at 1 tie, and a tie sends no "
        "gradient back.",
        shows={"at_bound": predictions.at_bound, "bound": SATURATED, "row_sums": (low, high)},
        where=head.place,
        remedies=(propose("set-output-activation", at=head.place, activation="softmax"),),
    )


@sigmoid_with_categorical_crossentropy.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return other_activation(head, "sigmoid")


sigmoid_with_categorical_crossentropy.fires(
    Head(activation="sigmoid", units=3, shape=(3,)),
    Loss(name="categorical_crossentropy"),
    Environment(backend="jax"),
    Predictions(rows=64, units=3, at_bound=0.97, row_sum_minimum=2.0, row_sum_maximum=3.0),
)
sigmoid_with_categorical_crossentropy.fires(
    Head(activation="sigmoid", units=10, shape=(10,)),
    Loss(name="categorical_crossentropy"),
    Environment(backend="torch"),
    Predictions(rows=64, units=10, at_bound=0.0, row_sum_minimum=9.99, row_sum_maximum=9.997),
)
sigmoid_with_categorical_crossentropy.quiet(  # the rows are divided by their sums: it trains
    Head(activation="sigmoid", units=3, shape=(3,)),
    Loss(name="categorical_crossentropy"),
    Environment(backend="jax"),
    Predictions(rows=64, units=3, at_bound=0.02, row_sum_minimum=0.9, row_sum_maximum=1.3),
)
sigmoid_with_categorical_crossentropy.quiet(
    Head(activation="sigmoid", units=3, shape=(3,)),
    Loss(name="categorical_crossentropy"),
    Environment(backend="tensorflow"),
    Predictions(rows=64, units=3, at_bound=0.97),
)


@sigmoid_with_categorical_crossentropy.in_source("suspected")
def in_source(head: Head, loss: Loss, environment: Environment) -> Finding | None:
    """Several sigmoids under a loss for one class a row."""
    harmless = environment.backend == "tensorflow" and head.activation_is_last
    several = head.activation == "sigmoid" and (head.units > 1 or head.a_class_each)
    if harmless or not several or loss.from_logits or loss.name not in (*CATEGORICAL, *SPARSE):
        return None
    return Finding(
        says=f"{f'{head.units} sigmoid units' if head.units else 'Sigmoid units, one a class,'} are "
        f"trained with {loss.name}, which wants the probabilities of a row to sum to 1. Sigmoids do not "
        "compete: once several of a row are near 1 they tie, and a tie sends no gradient back. Whether "
        "that happens depends on the training.",
        shows={"units": head.units, "loss": loss.name},
        where=head.place,
        remedies=(propose("set-output-activation", at=head.place, activation="softmax"),),
    )


in_source.fires("""
import os

os.environ["KERAS_BACKEND"] = "jax"
model = keras.Sequential([layers.Dense(10, "sigmoid")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""")
in_source.fires("""
import os

os.environ["KERAS_BACKEND"] = "jax"
y = keras.utils.to_categorical(y)
model = keras.Sequential([layers.Dense(y.shape[1], "sigmoid")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
model = keras.Sequential([layers.Dense(10, "sigmoid")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
import os

os.environ["KERAS_BACKEND"] = "jax"
model = keras.Sequential([layers.Dense(10, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
