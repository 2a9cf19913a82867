"""What an examination after the fit found: predictions, and what trivial answers would reach."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class CarriedOver:
    """A metric whose `reset_state` leaves some of its state.

    On the same `rows` rows it gives `right` where all its variables begin at 0, and after its own
    `reset_state` `first` and then `second`. `kept` names the variables that it leaves as they were. `place`
    is that of `reset_state`.
    """

    metric: str = ""
    rows: int = 0
    right: float = 0.0
    first: float = 0.0
    second: float = 0.0
    kept: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """The same answers decided at the threshold in use and at another one, that other rows chose.

    `metric` decides by `threshold`: what lies above it is a yes, or with `below` what lies under it; `own`
    says that the user wrote the metric, `place` where the number is written. `rows` are halved, and each half
    is judged at the threshold with the most right decisions on the other one; `chosen` is their mean.
    `right` and `right_moved` are the shares of right decisions (single labels count) at both, `balanced` and
    `balanced_moved` the means of the shares found of yes and of no. `low` and `balanced_low` are the least
    that the gain may be: three standard errors of the paired differences under it.
    """

    metric: str = "accuracy"
    own: bool = False
    below: bool = False
    threshold: float = 0.5
    chosen: float = 0.5
    rows: int = 0
    right: float = 0.0
    right_moved: float = 0.0
    low: float = 0.0
    balanced: float = 0.0
    balanced_moved: float = 0.0
    balanced_low: float = 0.0
    place: Place | None = None

    def gains_more_than(self, bound: float) -> bool:
        """Whether more than so much is gained, beyond chance, of all decisions and of yes and no alike."""
        gains = (self.right_moved - self.right, self.balanced_moved - self.balanced)
        return min(gains) > bound and min(self.low, self.balanced_low) > 0.0


@dataclass(frozen=True, kw_only=True)
class Renumbered:
    """Each decided class with the label that its rows mostly have, one to one.

    `pairs` lists (decided class, label, rows of that class with that label) where the two differ, and
    `accuracy` is the share of right decisions if each class stood for the label of its pair.
    """

    pairs: tuple[tuple[int, int, int], ...] = ()
    accuracy: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What one output answers on sample rows of the training data, at the end of training.

    Inference mode, the user's own weights. `rows` rows; `units` is the last axis. `minimum`,
    `maximum`, `mean` are over all entries; `std` is the largest standard deviation over rows of
    any unit (0.0: the answer does not depend on the input). `row_sum_minimum` and
    `row_sum_maximum` are over rows (last axis); `other_axis_sums_one` is the per-row axis (from 1,
    the batch axis being 0) that sums to one when the last does not, None otherwise.
    `outside_unit` is the share of entries outside [0, 1]; `zero_rows` the share of rows whose
    entries are all exactly 0; `at_bound` the share of entries within 1e-6 of the activation's bound.

    Decisions are those that fit the output (argmax; .5 for probabilities, 0 for logits or signed
    labels): `decided` lists (class, rows). `accuracy` is the share of right decisions, with
    `label_accuracy` the share of right single labels for multi-label targets. `reported` is the
    accuracy that the user's own metric gives on these rows. `balanced_accuracy` is the mean recall
    over classes; `auc` the area under the ROC curve (two classes only). `best_threshold` and
    `best_threshold_accuracy` belong to one-unit outputs. `exact_hits` is the share of targets that
    equal the rounded (> .5) prediction, `exact_possible` the share of targets that are exactly 0
    or 1. `mse`, `mae`, `r2` compare with the target as numbers. Each is None where it has no meaning.

    `loss` is the user's loss in inference mode, `training_loss` in training mode (batch
    statistics, dropout on) on the same rows; `training_accuracy` the decisions' accuracy there.
    `margin_start` and `margin_end` are mean margins of the right class over its best rival (in
    probability) at the initial and final weights; `decisions_changed` the share of rows whose
    decision differs between them. `off_line` is the largest share of the variance of a unit's scores (before
    a sigmoid or softmax) that no straight line through the inputs gives. `carried` is a metric of the user's
    own whose figure depends on the epochs before. `elsewhere` is what another threshold makes of the answers,
    None where no metric decides by one. `renumbered` is how the decisions fit the labels best when their
    numbers may be exchanged among each other.
    """

    rows: int = 0
    units: int = 1
    minimum: float = 0.0
    maximum: float = 0.0
    mean: float = 0.0
    std: float = 0.0
    nonfinite: int = 0
    row_sum_minimum: float | None = None
    row_sum_maximum: float | None = None
    other_axis_sums_one: int | None = None
    outside_unit: float = 0.0
    zero_rows: float = 0.0
    at_bound: float = 0.0
    decided: tuple[tuple[int, int], ...] = ()
    accuracy: float | None = None
    label_accuracy: float | None = None
    reported: float | None = None
    balanced_accuracy: float | None = None
    auc: float | None = None
    best_threshold: float | None = None
    best_threshold_accuracy: float | None = None
    exact_hits: float | None = None
    exact_possible: float | None = None
    mse: float | None = None
    mae: float | None = None
    r2: float | None = None
    loss: float | None = None
    training_loss: float | None = None
    training_accuracy: float | None = None
    margin_start: float | None = None
    margin_end: float | None = None
    decisions_changed: float | None = None
    off_line: float | None = None
    carried: CarriedOver | None = None
    elsewhere: Elsewhere | None = None
    renumbered: Renumbered | None = None

    @property
    def one_class_share(self) -> float:
        """The share of rows that get the most frequent decision; 0.0 when nothing is decided."""
        total = sum(rows for _, rows in self.decided)
        return max(rows for _, rows in self.decided) / total if total else 0.0


@dataclass(frozen=True, kw_only=True)
class ValidationPredictions(Predictions):
    """The same on sample rows of the validation data."""


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """The shapes of one output's targets and answers, and losses where they broadcast to more than either.

    `targets` and `answers` are the shapes in a batch. The losses are NaN unless both have as many
    entries and broadcast to more. `asked` is whose loss it is: "train_step", "compute_loss" or "loss" (the
    compiled one). `as_given` is the loss of a batch with the targets as the user gives them, `dealt` and
    `reversed` those with the same targets given to other rows. `paired` is the loss with the targets in the
    answers' shape; `lowest`, `highest` and `all_pairs` (the mean) are over all rotations of the targets
    there, in which every target meets every answer once. `in_any_shape` is true where a loss of the user's
    is the same with other orders of the targets in the answers' shape, too: then all losses are for made-up
    answers that differ from row to row, `paired` is unknown, and `lowest`, `highest` and `all_pairs` are over
    batches in which every row has one and the same target, each of them once. `place` is the line that makes
    the larger shape.
    """

    asked: str = "train_step"
    targets: tuple[int, ...] = ()
    answers: tuple[int, ...] = ()
    as_given: float = math.nan
    dealt: float = math.nan
    reversed: float = math.nan
    paired: float = math.nan
    lowest: float = math.nan
    highest: float = math.nan
    all_pairs: float = math.nan
    in_any_shape: bool = False
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Baselines:
    """What answers that need no training reach on this output's training targets.

    `majority` is the share of the most frequent class (accuracy of a constant answer), `classes`
    their number, `uniform_loss` ln K, `prior_loss` H(prior) in nats; None where the target has no
    classes. `mean_mse` is Var(y), `median_mae` the mean absolute deviation from the median.
    `persistence_mse` is the mean squared error of "the next target equals this one" in row order,
    None when the rows are no series (lag-one autocorrelation under .9). `constant_loss` is the
    lowest value the user's own loss reaches with a constant answer, None where it is not known.
    """

    majority: float | None = None
    classes: int | None = None
    uniform_loss: float | None = None
    prior_loss: float | None = None
    mean_mse: float | None = None
    median_mae: float | None = None
    persistence_mse: float | None = None
    constant_loss: float | None = None


@dataclass(frozen=True, kw_only=True)
class AddedTerm:
    """What the user's own code adds to the loss by add_loss, on sample rows, in the loss's unit.

    `at_start` and `at_end` are its mean at the initial and the last weights. `loss` is the compiled loss
    without it at the end, `answers_spread` the root mean variance of the answers' `entries` over rows.
    `place` is the line that adds it.
    """

    at_start: float = 0.0
    at_end: float = 0.0
    loss: float = math.nan
    answers_spread: float = 0.0
    entries: int = 1
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class OnePoint:
    """The answers to `rows` rows as points that a loss compares with each other; 0 rows where it does not.

    `spread` is their root mean square distance from their mean, `norm` their length, `norm_at_start` that
    with the initial weights, None where those were not kept. `loss` is the user's loss of these answers in
    inference mode, `at_one_point` what it gives for any one point, `apart` the least that it gave for made-up
    points that differ by row, by label or by their place in a pair or triplet.
    """

    rows: int = 0
    spread: float = 0.0
    norm: float = 0.0
    norm_at_start: float | None = None
    loss: float = math.nan
    at_one_point: float = math.nan
    apart: float = math.nan

    @property
    def length(self) -> float:
        """Their length, or what it was before the training where that was more."""
        return max(self.norm, self.norm_at_start or 0.0)
