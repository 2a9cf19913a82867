"""The rule softmax-over-one-unit."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Environment, Fit, Head, Labels, Loss, Metrics, Predictions
from unstuck.judgement.findings import Certainty, Finding
from unstuck.rules.bounds import CLIP_ONE
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, last_accuracy, refit, reported
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import many_units

#: What an output over one unit is for every row, by its activation.
_SAYS = {
    "softmax": "The output applies a softmax over one unit: a value divided by itself is 1.0 for every row",
    "log_softmax": "The output applies a log_softmax over one unit: a value divided by itself is 1.0, the "
    "logarithm of that is 0.0 for every row",
    "unknown": "The one output unit acts like a softmax over itself: a value divided by itself is 1.0 for "
    "every row",
}


@cause(
    "softmax-over-one-unit",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        METRIC_LIES,
        "categorical-crossentropy-on-one-unit",
        "class-imbalance",
        "decisions-do-not-change",
        "frozen-layers",
        "output-range-excludes-targets",
        "probabilities-taken-as-logits",
        "regression-loss-for-classes",
        "saturated-divergence",
        "units-do-not-match-labels",
    ),
    blames=("activation", "units"),
)
def softmax_over_one_unit(
    head: Head,
    labels: Labels | None,
    loss: Loss | None,
    metrics: Metrics | None,
    environment: Environment | None,
    curve: Curve | None,
    predictions: Predictions | None,
    fit: Fit | None,
) -> Finding | None:
    """A softmax runs over one unit, so every prediction is exactly 1.0.

    Why it looks stuck: softmax divides each value by the sum of all of them. With one unit that is 1.0
    whatever the network computes. Every row is decided as class 1 and accuracy stays at the share of label
    1. Where the loss sees the 1.0, no gradient comes back; TensorFlow's backend takes the loss from the
    number before the softmax instead, so that the loss can fall while no prediction ever moves. A
    log_softmax over one unit is the logarithm of that 1.0: 0 for every row.

    How it is proved: the layer's axis has size 1, and the predictions have a standard deviation of 0. Under
    binary cross-entropy the loss is 15.9424 times the share of label 0: what a 1.0 costs on a row of
    label 0 after Keras has clipped it to 1 - 1e-7.

    What to do: one unit with a sigmoid and binary cross-entropy, or one unit a class with a softmax.

    What decides: Print model.output_shape and the last activation; (None, 1) with softmax says yes.
    """
    static = head.activation in _SAYS and head.softmax_size == 1
    if not static and not _always_one(head, predictions):
        return None
    if not static or predictions is None or predictions.std > 0:
        seen = ""
    else:
        seen = f", and all {predictions.rows:,} predictions looked at are {predictions.mean:.4g}"
    cost, shows = _cost(head, labels, loss, environment, curve, fit)
    last = last_accuracy(curve, metrics)
    ones = labels.shares.get(1.0) if labels and head.activation != "log_softmax" else None
    stays = "" if ones is None else f" Accuracy stays at the share of label 1, {ones:.4f}{reported(last)}."
    return Finding(
        says=f"{_SAYS[head.activation]}{seen}.{cost}{stays}",
        shows={
            "softmax_size": head.softmax_size or 1,
            "share_of_label_1": ones,
            "reported_accuracy": last,
            **shows,
        },
        where=head.place,
        certainty=Certainty.PROVED if static else Certainty.MEASURED,
        remedies=(refit(labels, head, loss, fit),),
    )


def _always_one(head: Head, predictions: Predictions | None) -> bool:
    """Whether one unit of an unknown activation answers exactly 1.0, before the training and after it."""
    if (
        head.activation != "unknown"
        or head.units != 1
        or predictions is None
        or predictions.margin_start is None
    ):
        return False
    exact = predictions.std == 0.0 and predictions.minimum == predictions.maximum == 1.0
    return exact and predictions.margin_start == predictions.margin_end


def _cost(
    head: Head,
    labels: Labels | None,
    loss: Loss | None,
    environment: Environment | None,
    curve: Curve | None,
    fit: Fit | None,
) -> tuple[str, dict[str, float]]:
    """What a constant 1.0 costs under the loss in use, in words and figures."""
    weighted = fit is not None and (fit.class_weight or fit.sample_weight)
    if labels is None or labels.form != "binary" or loss is None or weighted or loss.label_smoothing:
        return "", {}
    if head.activation == "log_softmax":
        return "", {}  # a constant 0.0, not 1.0
    if len(labels.shape) != len(head.shape) - 1:
        return "", {}  # labels that do not stand beside the answers: the loss raises, or compares all pairs
    zeros, last = labels.shares.get(0.0, 0.0), curve.loss[-1] if curve and curve.loss else None
    backend = environment.backend if environment else None
    if loss.name in ("mean_squared_error", "mean_absolute_error"):
        return f" The loss stays at the share of label 0, {zeros:.4f}{reported(last)}.", {
            "predicted_loss": zeros
        }
    if loss.name not in BINARY[:1] or loss.from_logits or backend is None:
        return "", {}
    if backend == "tensorflow" and head.activation_is_last:
        fell = (
            f" (from {curve.loss[0]:.4f} to {last:.4f})" if curve and len(curve.loss) > 1 else reported(last)
        )
        return (
            f" On TensorFlow the loss is taken from the number before the softmax, so it can fall{fell} "
            "while no prediction moves.",
            {},
        )
    cost = CLIP_ONE * zeros
    return (
        f" Binary cross-entropy stays at {CLIP_ONE:.4f} x {zeros:.4f} (share of label 0) = "
        f"{cost:.4f}{reported(last)}, and no gradient comes back.",
        {"predicted_loss": cost},
    )


@softmax_over_one_unit.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return f"the output is {head.activation}" if head.softmax_size is None else many_units(head)


softmax_over_one_unit.fires(
    Head(activation="softmax", units=1, softmax_size=1),
    Labels.of([0] * 50 + [1] * 50),
    Loss(name="binary_crossentropy"),
    Environment(backend="jax"),
    Curve.of(loss=[7.97, 7.97]),
)
softmax_over_one_unit.fires(
    Head(activation="unknown", units=1),
    Predictions(rows=64, minimum=1.0, maximum=1.0, mean=1.0, margin_start=0.5, margin_end=0.5),
)
softmax_over_one_unit.fires(
    Head(activation="log_softmax", units=1, softmax_size=1), Loss(name="binary_crossentropy")
)
softmax_over_one_unit.quiet(Head(activation="log_softmax", units=2, shape=(2,), softmax_size=2))
softmax_over_one_unit.quiet(Head(activation="softmax", units=2, shape=(2,), softmax_size=2))
softmax_over_one_unit.quiet(Head(activation="sigmoid", units=1))
softmax_over_one_unit.quiet(  # a sigmoid that has learned to saturate moved on its way there
    Head(activation="unknown", units=1),
    Predictions(rows=64, minimum=1.0, maximum=1.0, mean=1.0, margin_start=0.1, margin_end=0.5),
)
