"""What fits what: the output, loss and metric that go with a form of labels, and the changes to get there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unstuck.evidence.facts import Curve, Fit, Head, Labels, Loss, Metric, Metrics, Model, Place
from unstuck.judgement.findings import Certainty, Impact, Proposal, propose

#: Integer targets with more levels than this are taken for numbers (ages, counts), not classes.
MOST_LEVELS = 20

#: Two accuracies on the same rows differ by more than this only if they count different things.
DISAGREEMENT = 0.02

#: A share of rows up to this is taken for single bad rows, not for the nature of the target.
FEW_ROWS = 0.01

#: Losses of one family ask for the same output and labels.
FAMILIES = {
    "binary_crossentropy": ("binary_crossentropy", "binary_focal_crossentropy"),
    "categorical_crossentropy": ("categorical_crossentropy", "categorical_focal_crossentropy"),
    "sparse_categorical_crossentropy": ("sparse_categorical_crossentropy",),
    "mean_squared_error": ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh"),
}
BINARY = FAMILIES["binary_crossentropy"]
CATEGORICAL = FAMILIES["categorical_crossentropy"]
SPARSE = FAMILIES["sparse_categorical_crossentropy"]


@dataclass(frozen=True)
class Fitting:
    """The output, loss and accuracy that go with labels."""

    activation: str
    units: int
    loss: str
    metric: str


def fitting(labels: Labels | None) -> Fitting | None:
    """What goes with these labels, None where they do not tell."""
    if labels is None:
        return None
    if labels.form in ("binary", "signed"):
        return Fitting("sigmoid", 1, "binary_crossentropy", "binary_accuracy")
    if labels.form == "one-hot":
        return Fitting("softmax", labels.shape[-1], "categorical_crossentropy", "categorical_accuracy")
    if is_multi_label(labels):
        return Fitting("sigmoid", labels.shape[-1], "binary_crossentropy", "binary_accuracy")
    if labels.form == "integers" and labels.are_classes and not labels.shape:
        units = int(labels.maximum) + 1 if labels.minimum >= 0 else labels.distinct
        return Fitting("softmax", units, "sparse_categorical_crossentropy", "sparse_categorical_accuracy")
    if labels.form == "continuous" and len(labels.shape) <= 1:
        return Fitting("linear", labels.shape[-1] if labels.shape else 1, "mean_squared_error", "mae")
    return None


def compares_one(head: Head, loss: Loss) -> bool:
    """Whether the axis along which a loss of several classes compares them has the size 1.

    It divides each value by the sum along that axis: here by itself.
    """
    if loss.name in BINARY:
        return False
    last = loss.axis in (-1, len(head.shape))
    return head.units == 1 if last else head.shape[loss.axis - 1 : loss.axis] == (1,)


def is_multi_label(labels: Labels) -> bool:
    """Whether rows of 0 and 1 hold several labels each (empty rows of one-hot labels do not make them so)."""
    vector = len(labels.shape) == 1 and labels.shape[0] > 1
    return (
        labels.form == "multi-label" and vector and labels.rows_sum_not_one - labels.rows_all_zero > FEW_ROWS
    )


def unless_left_out(labels: Labels, loss: Loss, model: Model | None) -> Certainty | None:
    """How sure a claim about odd labels is: suspected where they may count for nothing, else None (as usual).

    A label of -1 often stands for "no label". Weights of 0, a mask that reaches the answers of a sequence, or
    a loss of the user's own leave such rows and entries out.
    """
    layers = model.layers if model is not None and labels.shape else ()
    masked = any(layer.mask_zero or layer.kind == "Masking" or layer.custom for layer in layers)
    return Certainty.SUSPECTED if labels.left_out or loss.leaves_out or masked else None


def weighted_values(labels: Labels) -> tuple[tuple[float, float], ...]:
    """The target's values with their shares: all levels, or 101 percentiles where there are too many."""
    if labels.levels and labels.form != "one-hot":
        return tuple(labels.shares.items())
    return tuple((value, 1.0 / len(labels.quantiles)) for value in labels.quantiles)


def refit(labels: Labels | None, head: Head | None, loss: Loss | None, fit: Fit | None = None) -> Proposal:
    """All changes that make output and loss fit the labels, as one proposal."""
    wanted = fitting(labels) if labels is not None else _fitting_by_loss(loss, head)
    if wanted is None:
        return bundle([])
    changes = output_changes(head, wanted)
    if loss is None or loss.name not in FAMILIES[wanted.loss] or loss.from_logits:
        changes.append(propose("set-loss", at=loss.place if loss else None, loss=wanted.loss))
    if labels is None:
        return bundle(changes)
    if labels.form == "signed":
        changes.append(propose("remap-signed-labels", at=fit.place if fit else None))
    elif labels.form == "integers" and labels.minimum < 0:
        changes.append(propose("encode-labels", at=fit.place if fit else None))
    return bundle(changes)


def _fitting_by_loss(loss: Loss | None, head: Head | None) -> Fitting | None:
    """What goes with a loss for classes and this many units, where the labels are not known."""
    if loss is None or head is None or loss.custom or head.units == 0:
        return None
    if loss.name in BINARY:
        return Fitting("sigmoid", head.units, BINARY[0], "binary_accuracy")
    if loss.name in SPARSE and head.units > 1:
        return Fitting("softmax", head.units, SPARSE[0], "sparse_categorical_accuracy")
    if loss.name in CATEGORICAL and head.units > 1:
        return Fitting("softmax", head.units, CATEGORICAL[0], "categorical_accuracy")
    return None


def output_changes(head: Head | None, wanted: Fitting) -> list[Proposal]:
    """The changes of units and activation; none where the output already fits."""
    if head is None:
        return [propose("set-output-units", units=wanted.units, activation=wanted.activation)]
    units_place, changes = head.units_place, []
    activates = head.activation != wanted.activation
    if head.units != wanted.units:
        if activates and head.place == units_place:
            return [
                propose("set-output-units", at=units_place, units=wanted.units, activation=wanted.activation)
            ]
        changes.append(propose("set-output-units", at=units_place, units=wanted.units))
    if activates:
        changes.append(propose("set-output-activation", at=head.place, activation=wanted.activation))
    return changes


def bundle(changes: list[Proposal]) -> Proposal:
    """Changes that only make sense together as one proposal, the first one leading."""
    if not changes:
        return propose("advise", text="Check that the output, the loss and the labels mean the same thing.")
    first, *rest = changes
    return Proposal(first.remedy, first.at, first.values, tuple(rest))


def swap_metric(metrics: Metrics, *names: str) -> Proposal:
    """Replace the accuracy that the user reads by these metrics."""
    metric = metrics.accuracy
    place, name = (metric.place, metric.name) if metric else (None, "accuracy")
    return propose("set-metrics", at=place, replace=name, metrics=names)


def metric_place(metrics: Metrics | None) -> Place | None:
    """Where the accuracy that the user reads is asked for."""
    if metrics is None:
        return None
    return metrics.accuracy.place if metrics.accuracy else None


def here_is(metric: Metric) -> str:
    """What the metric in the log is: "accuracy here is binary_accuracy"."""
    return metric.name if metric.name == metric.resolved else f"{metric.name} here is {metric.resolved}"


def blocks_when_nan(curve: Curve | None) -> Impact | None:
    """A defect that has made the loss NaN blocks all learning; None: its usual impact."""
    diverged = curve is not None and any(not math.isfinite(value) for value in curve.loss)
    return Impact.BLOCKS if diverged else None


def last_accuracy(curve: Curve | None, metrics: Metrics | None) -> float | None:
    """The accuracy that the last epoch reported, None where there is none."""
    metric = metrics.accuracy if metrics else None
    values = curve.get(metric.name) if curve and metric else ()
    return values[-1] if values else None


def reported(value: float | None, word: str = "reported") -> str:
    """The value in brackets, as in "accuracy 0.5 (reported 0.5000)"; nothing where there is none."""
    return "" if value is None else f" ({word} {value:.4f})"
