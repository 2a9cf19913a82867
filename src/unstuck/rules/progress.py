"""How far a training came: readings of curves and baselines that several rules share. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median, pstdev

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Loss, Metric, Metrics, Predictions, Split
from unstuck.judgement.findings import PRINTED
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.rules.bounds import (
    CHANCE_TOLERANCE,
    NEAR_ONE,
    STANDARD_ERRORS,
    UNCOUNTED_ROWS,
    beats,
    share_noise,
    standard_error,
)

#: Batch losses whose mean is further than this from the epoch's loss are another output's, too.
SAME_LOSS = 0.25

#: A curve of fewer batches says nothing about its own noise.
FEWEST_BATCHES = 8

#: A reported and a recomputed accuracy on the same rows differ by more only if they count other things.
DISAGREEMENT = 0.02

#: Where no constant answer's score is known, an accuracy that stands still from here on is let be.
HALF_RIGHT = 0.5

#: Up to this multiple of a constant answer's loss, a training loss may be dropout's or the first
#: steps' doing, so that validation and inference are asked; above it training itself is off.
WITNESSED = 1.25

#: Accuracies that compare single values, so that they have no meaning for targets between 0 and 1.
BY_VALUE = ("binary_accuracy", "accuracy")

#: "Falls steadily": this share of the steps from epoch to epoch goes down; half would be chance.
STEADY_SHARE = 0.75

#: A validation loss that rose for three epochs did not do so by one bad draw.
RISE_EPOCHS = 3

#: The median absolute value of a normal variable, in standard deviations.
MEDIAN_OF_NORMAL = 0.6745


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """The accuracy that the user watches: `values` by epoch, its name, and what a constant answer gets.

    `baseline` is None where no constant answer's score is known. `rows` were counted for each
    value (assumed where nobody knows), `validation` holds the validation twin's values.
    """

    name: str
    metric: Metric
    values: tuple[float, ...]
    validation: tuple[float, ...]
    rows: int
    validation_rows: int | None
    baseline: float | None
    validation_baseline: float | None
    classes: int
    continuous: bool

    @property
    def last(self) -> float:
        """The accuracy of the last epoch."""
        return self.values[-1]

    @property
    def flat(self) -> bool:
        """Whether it moved less over all epochs than counting noise moves it; needs three epochs."""
        return len(self.values) > 2 and is_flat(self.values, self.rows)

    def learned(self, predictions: Predictions | None = None) -> bool:
        """Whether the score clearly beats a constant answer, in training, validation or prediction.

        The training figure of a single epoch is a running mean over weights that still change, so
        that the validation rows and the user's own metric on the predictions are asked as well.
        """
        if self.continuous:
            return self.last >= NEAR_ONE
        if self.baseline is None:
            return self._learned_without_baseline
        if beats(self.last, self.baseline, self.rows) or self._validation_learned:
            return True
        return predictions is not None and self._predictions_learned(predictions)

    @property
    def _learned_without_baseline(self) -> bool:
        if self.flat or len(self.values) < 3:
            return self.last >= HALF_RIGHT
        return self.last >= NEAR_ONE or self.last > self.values[0]

    @property
    def _validation_learned(self) -> bool:
        if not self.validation or self.validation_baseline is None or self.baseline is None:
            return False
        baseline = max(self.validation_baseline, self.baseline)
        return beats(self.validation[-1], baseline, self.validation_rows or UNCOUNTED_ROWS)

    def _predictions_learned(self, predictions: Predictions) -> bool:
        baseline, reported = self.baseline or 0.0, predictions.reported
        if reported is not None and beats(reported, baseline, predictions.rows, same_rows=False):
            return True
        agrees = reported is None or predictions.accuracy is None
        if reported is not None and predictions.accuracy is not None:
            agrees = abs(reported - predictions.accuracy) <= DISAGREEMENT
        balanced = predictions.balanced_accuracy
        if balanced is None or self.classes < 2:
            return False
        return agrees and beats(balanced, 1.0 / self.classes, predictions.rows, same_rows=False)


def accuracy_of(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None = None,
    labels: Labels | None = None,
    baselines: Baselines | None = None,
    split: Split | None = None,
) -> Accuracy | None:
    """The watched accuracy, None where none is compiled, logged, or finite."""
    metric = metrics.accuracy
    values = curve.get(metric.name) if metric else ()
    if metric is None or not values or not all(map(math.isfinite, values)):
        return None
    validation = curve.get(f"val_{metric.name}")
    judged = constant_accuracy(metric, split.validation) if split else None
    return Accuracy(
        name=metric.name,
        metric=metric,
        values=values,
        validation=validation if all(map(math.isfinite, validation)) else (),
        rows=row_count(fit, labels),
        validation_rows=validation_count(fit, split),
        baseline=constant_accuracy(metric, split.training if split else labels, baselines),
        validation_baseline=judged,
        classes=(baselines and baselines.classes) or (labels.classes if labels else 0),
        continuous=bool(labels and labels.form == "continuous" and metric.resolved in BY_VALUE),
    )


def row_count(fit: Fit | None, labels: Labels | None) -> int:
    """The training rows of one epoch, assumed where nobody counted them."""
    if fit and fit.rows:
        return fit.rows
    if fit and fit.steps_per_epoch and fit.batch_size:
        return fit.steps_per_epoch * fit.batch_size
    return labels.count if labels and labels.count else UNCOUNTED_ROWS


def validation_count(fit: Fit | None, split: Split | None) -> int | None:
    """The validation rows, None where nobody counted them."""
    if fit and fit.validation_rows:
        return fit.validation_rows
    return split.validation.count or None if split else None


def constant_accuracy(
    metric: Metric, labels: Labels | None, baselines: Baselines | None = None
) -> float | None:
    """What the best constant answer gets on this metric, None where that has no meaning or is unknown."""
    elementwise = metric.resolved == "binary_accuracy" and labels is not None and bool(labels.shape)
    if elementwise and labels is not None and labels.form in ("multi-label", "one-hot"):
        return max(labels.mean, 1.0 - labels.mean)
    if metric.resolved.startswith(("top_k", "sparse_top_k")) or metric.resolved == "accuracy":
        return None
    if labels is not None and labels.form in ("continuous", "multi-label"):
        return None
    if labels is not None and metric.resolved == "binary_accuracy" and labels.levels:
        return max(labels.shares.get(0.0, 0.0), labels.shares.get(1.0, 0.0)) or None
    if baselines is not None and baselines.majority is not None:
        return baselines.majority
    return labels.majority or None if labels is not None and labels.are_classes else None


@dataclass(frozen=True)
class Chance:
    """What the best constant answer costs, and the loss under which a model has learned more."""

    value: float
    under: float


def chance_loss(loss: Loss | None, baselines: Baselines | None, fit: Fit | None = None) -> Chance | None:
    """The lowest loss of a constant answer, None where unknown or where rows are weighted.

    A tenth of the way from there to zero counts as learned. A cross-entropy with soft targets ends
    far above zero, so where the targets are no classes any clear step below it counts.
    """
    if baselines is None or (fit and (fit.class_weight or fit.sample_weight)):
        return None
    if loss is not None and loss.weight != 1.0:
        return None
    value = baselines.constant_loss
    if value is None and loss is not None and not loss.custom and not loss.label_smoothing:
        value = {
            "binary_crossentropy": baselines.prior_loss,
            "categorical_crossentropy": baselines.prior_loss,
            "sparse_categorical_crossentropy": baselines.prior_loss,
            "mean_squared_error": baselines.mean_mse,
            "mean_absolute_error": baselines.median_mae,
        }.get(loss.name)
    if value is None or value <= 0:
        return None
    soft = loss is not None and loss.is_for_classes and baselines.classes is None
    return Chance(value, (1.0 - (CHANCE_TOLERANCE if soft else LEARNED_SHARE)) * value)


def is_flat(values: Sequence[float], rows: int) -> bool:
    """Whether shares counted over `rows` rows show no movement beyond counting noise.

    The range may reach twice the noise of a difference; the means of the first and the second half,
    which a trend moves and noise does not, may differ by the noise of such a mean only.
    """
    centre, half = fmean(values), max(1, len(values) // 2)
    noise = share_noise(centre, rows)
    drift = abs(fmean(values[-half:]) - fmean(values[:half]))
    by_chance = STANDARD_ERRORS * standard_error(centre, rows) * math.sqrt(2.0 / half)
    return max(values) - min(values) <= 2.0 * noise and drift <= max(2.0 / rows, by_chance)


def loss_points(curve: Curve) -> tuple[float, ...]:
    """The loss over time: of batches where they are this output's own and enough, else by epoch."""
    return curve.loss if not _last_epoch_batches(curve) else curve.batch_losses


def closing_loss(curve: Curve) -> float | None:
    """The loss at the end: the last epoch's mean, or its last quarter where that is clearly another."""
    if not curve.loss or not math.isfinite(curve.loss[-1]):
        return None
    batches = _last_epoch_batches(curve)
    tail = batches[-max(4, len(batches) // 4) :]
    if not tail or abs(fmean(tail) - curve.loss[-1]) <= STANDARD_ERRORS * pstdev(tail) / math.sqrt(len(tail)):
        return curve.loss[-1]
    return fmean(tail)


def closing_in_words(curve: Curve, closing: float, penalty: float = 0.0) -> str:
    """The loss at the end as the reader's log has it; else what it is the mean of.

    `penalty` is the part of `closing` that is left out.
    """
    without = " without the penalty on weights" if penalty else ""
    if math.isclose(closing, curve.loss[-1], rel_tol=PRINTED):
        return f"The training loss{without} ends at {closing - penalty:.4g}"
    return f"The last batches of the training cost{without} {closing - penalty:.4g} on average"


def opening_loss(curve: Curve) -> float | None:
    """The loss at the start: the first batch's, else the first epoch's mean."""
    points = loss_points(curve)
    return points[0] if points and math.isfinite(points[0]) else None


def _last_epoch_batches(curve: Curve) -> tuple[float, ...]:
    """The last epoch's batch losses; empty where too few, or where they hold other outputs' as well."""
    if not curve.loss or len(curve.batch_losses) < FEWEST_BATCHES:
        return ()
    if not all(map(math.isfinite, curve.batch_losses)):
        return ()
    batches = curve.batch_losses[-max(4, len(curve.batch_losses) // len(curve.loss)) :]
    last = curve.loss[-1]
    return batches if abs(fmean(batches) - last) <= SAME_LOSS * abs(last) else ()


@dataclass(frozen=True)
class Fall:
    """How a loss went: means of its first, middle and last third, and the noise of a difference."""

    first: float
    middle: float
    last: float
    noise: float
    down: float

    @property
    def total(self) -> float:
        """How far it fell from the first to the last third."""
        return self.first - self.last

    @property
    def steady(self) -> bool:
        """Whether it fell all along, the last part included, by more than noise."""
        return self.first > self.middle > self.last and self.total > self.noise and self.down >= STEADY_SHARE


def fall_of(curve: Curve) -> Fall | None:
    """How the loss went, None for fewer than two finite points."""
    points = curve.loss if len(curve.loss) > 3 else loss_points(curve)
    if len(points) < 2 or not all(map(math.isfinite, points)):
        return None
    third = max(1, len(points) // 3)
    first, last = points[:third], points[-third:]
    middle = points[third:-third] or (fmean(points),)
    batches = len(points) >= FEWEST_BATCHES and points is not curve.loss
    spread = math.hypot(pstdev(first), pstdev(last)) / math.sqrt(third)
    steps = [later < earlier for earlier, later in pairwise(points)]
    return Fall(
        first=fmean(first),
        middle=fmean(middle),
        last=fmean(last),
        noise=STANDARD_ERRORS * spread if batches else 0.0,
        down=1.0 if batches else fmean(steps),
    )


def learned_by_loss(
    curve: Curve, chance: Chance | None, predictions: Predictions | None = None, penalty: float = 0.0
) -> bool:
    """Whether the loss is clearly under the best constant answer's, at the end or in inference.

    `penalty` is what regularisation adds to the loss, which says nothing about the answers.
    """
    closing = closing_loss(curve)
    if chance is None or closing is None:
        return False
    closing -= penalty
    if closing < chance.under:
        return True
    witnesses = [curve.val_loss[-1] - penalty] if curve.val_loss else []
    witnesses += [predictions.loss] if predictions and predictions.loss is not None else []
    # The mean of a single epoch says nothing about its end where its batches were not seen.
    unknown_end = len(curve.loss) == 1 and not _last_epoch_batches(curve)
    return (unknown_end or closing <= WITNESSED * chance.value) and any(
        witness < chance.under for witness in witnesses
    )


@dataclass(frozen=True)
class Rise:
    """How the validation loss rose after its best epoch: `best` is the lowest value that it had.

    `share` is by how much the last epochs lie above those around the best one, on average: the lowest of many
    noisy values is low by chance.
    """

    best_epoch: int
    best: float
    share: float
    epochs: int


def rise_of(curve: Curve) -> Rise | None:
    """The sustained rise of the validation loss, None where there is none.

    At least three epochs follow the best one, the training loss fell meanwhile, and the mean of the
    last three is above that of the three around the best by more than three standard errors. The
    noise is read off the second differences, which a steady trend leaves at zero and noise of size
    s makes sqrt(6) s.
    """
    values, training = curve.val_loss, curve.loss
    if len(values) < 4 or len(values) != len(training) or not all(map(math.isfinite, (*values, *training))):
        return None
    around = [fmean(values[max(0, k - 1) : k + 2]) for k in range(len(values))]
    best = min(range(len(values)), key=around.__getitem__)
    if len(values) - 1 - best < RISE_EPOCHS or training[-1] >= training[best] or around[best] <= 0:
        return None
    level = fmean(values[-RISE_EPOCHS:])
    bends = [abs(c - 2.0 * b + a) for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    noise = median(bends) / MEDIAN_OF_NORMAL / math.sqrt(6.0)
    if level - around[best] <= STANDARD_ERRORS * noise * math.sqrt(2.0 / RISE_EPOCHS):
        return None
    lowest = min(range(len(values)), key=values.__getitem__)
    if lowest == len(values) - 1:
        return None  # it has come back
    return Rise(lowest + 1, values[lowest], level / around[best] - 1.0, len(values) - 1 - lowest)
