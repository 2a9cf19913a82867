"""The rule class-imbalance."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import (
    Curve,
    Fit,
    Head,
    Input,
    Inputs,
    Labels,
    Metric,
    Metrics,
    Predictions,
    Split,
)
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import beats, percent, share_noise
from unstuck.rules.families import SCORE_STAYS
from unstuck.rules.objective._common import last_accuracy
from unstuck.rules.rule import cause

#: From 3 to 1 on, "always the frequent class" beats a weak but honest guess at the rare one.
ODDS = 3.0

#: From this share of equal decisions on, the model answers one class.
ONE_CLASS = 0.98

#: Scores with this area under the ROC curve order the classes better than chance (0.5) ...
ORDERED = 0.6

#: ... and these move with the input, by a hundredth in probability.
MOVES = 0.01

#: So many rows of the rarest class are enough to learn from: a share of them is known to within 1.6
#: points (.5 / sqrt(1000)).
ENOUGH = 1000

#: SMOTE makes rows between a row and its five nearest neighbours of the same class.
FOR_SMOTE = 6


@cause(
    "class-imbalance",
    certainty="suspected",
    impact="harms",
    explains=(
        SCORE_STAYS,
        "loss-at-chance",
        "beaten-by-simple-model",
        "predictions-one-class",
        "loss-falls-accuracy-does-not",
        "decisions-do-not-change",
    ),
)
def class_imbalance(
    labels: Labels,
    metrics: Metrics | None,
    split: Split | None,
    curve: Curve | None,
    predictions: Predictions | None,
    fit: Fit | None,
    inputs: Inputs | None,
    head: Head | None,
) -> Finding | None:
    """One class is so frequent that answering it always is good enough for the loss.

    Why it looks stuck: with 90% of one class, the constant answer is right on 90% of the rows. Accuracy
    starts there and stays, while the rare class is never predicted.

    How it is proved: nearly all rows get the frequent class although the scores still order the rows (area
    under the ROC curve above 0.6). Where the scores order nothing, the imbalance is only suspected: another
    cause may keep the model from learning at all.

    What to do: weigh the classes by n / (K n_c), draw the rare class more often, or move the threshold; judge
    by balanced accuracy or the area under the ROC curve.

    What decides: Count the labels, and compute the balanced accuracy of the predictions: 1/K means one answer
    for all rows.
    """
    target = split.training if split else labels
    counts = sorted(((rows, value) for value, rows in target.levels if rows), reverse=True)
    if not target.are_classes or len(counts) < 2 or (fit is not None and fit.class_weight):
        return None
    top, frequent = counts[0]
    share, odds = top / target.count, top / counts[1][0]
    last = last_accuracy(curve, metrics)
    if odds < ODDS or _learned(last, predictions, share, target.count):
        return None
    if predictions is not None and predictions.one_class_share < ONE_CLASS:
        return None
    weights = tuple(
        (int(value), target.count / (len(counts) * rows))
        for rows, value in sorted(counts, key=lambda each: each[1])
    )
    place, shown = fit.place if fit else None, _shown_by(target, metrics, head)
    told = "" if last is None else f", and the accuracy is {last:.4f}"
    return Finding(
        says=f"Label {frequent:g} is {odds:.3g} times as frequent as the next: answering it always is right "
        f"on {share:.4f} of the rows{told}.{_decided(predictions)} What makes the rare class count more "
        "costs accuracy and gains recall.",
        shows={"majority": share, "odds": odds, "bound": ODDS, "accuracy": last, **_scores(predictions)},
        where=place,
        certainty=Certainty.MEASURED if _ordered(predictions) else Certainty.SUSPECTED,
        remedies=(
            propose("weigh-classes", at=place, also=shown, weights=weights),
            replace(_resampling(target, counts[-1][0], inputs, fit), also=shown),
            *_threshold(target, metrics, predictions),
        ),
    )


#: Metrics of Keras's in which the rare class shows already, as their names begin.
_SHOW_IT = ("recall", "f1_score", "fbeta_score", "binary_io_u", "io_u", "mean_io_u")

#: From this probability on, Keras's metrics take a row for class 1 unless they are told otherwise.
_HALF = 0.5


def _shown_by(
    target: Labels, metrics: Metrics | None, head: Head | None, threshold: float | None = None
) -> tuple[Proposal, ...]:
    """One more metric, in which the gain shows: the accuracy falls with it.

    The trial compares the share of rows found, mean of the classes, which rises with that of the rarest
    class. Keras counts a class's own share, the recall, for class 1 of one unit and for columns; else how far
    the rows of the class and those taken for it overlap, which is 0 while none is found.
    """
    metric = metrics.accuracy if metrics is not None else None
    if metrics is None or metric is None or any(use.name.startswith(_SHOW_IT) for use in metrics.uses):
        return ()
    rare = int(min((rows, value) for value, rows in target.levels if rows)[1])
    made = _of_class(rare, target, metric, head, metric.threshold if threshold is None else threshold)
    if not made:
        return ()
    counted = (
        f"the share of the rows of class {rare} that are found"
        if "Recall" in made
        else f"of the rows that are of class {rare} or taken for it, the share that are both"
    )
    why = f"{counted}, where the gain shows"
    return (propose("set-metrics", at=metric.place, metrics=(made,), why=why, optional=True),)


def _of_class(rare: int, target: Labels, metric: Metric, head: Head | None, threshold: float) -> str:
    """The metric of one class's rows, "" where Keras has none for these labels."""
    if metric.resolved == "categorical_accuracy" and target.form == "one-hot":
        return f"keras.metrics.Recall(class_id={rare}, top_k=1)"
    if target.shape:
        return ""
    if metric.resolved == "binary_accuracy" and target.form == "binary" and 0.0 <= threshold <= 1.0:
        at = "" if threshold == _HALF else f"{threshold:.4g}"
        if rare == 1:
            return f"keras.metrics.Recall({at and f'thresholds={at}'})"
        return f"keras.metrics.BinaryIoU(target_class_ids=[{rare}]{at and f', threshold={at}'})"
    if metric.resolved == "sparse_categorical_accuracy" and head is not None and rare < head.units:
        return f"keras.metrics.IoU(num_classes={head.units}, target_class_ids=[{rare}], sparse_y_pred=False)"
    return ""


def _resampling(target: Labels, rarest: int, inputs: Inputs | None, fit: Fit | None) -> Proposal:
    """The way to draw as many rows of each class that suits the rows: fewer, new ones, or again."""
    place, one_hot = fit.place if fit else None, target.form == "one-hot"
    table = inputs.training if inputs is not None else ()
    if rarest >= ENOUGH:
        name = "undersample"
    elif len(table) == 1 and rarest >= FOR_SMOTE and _is_measured(table[0]):
        name = "smote"
    else:
        name = "oversample"
    return propose(name, at=place, one_hot=one_hot)


def _is_measured(each: Input) -> bool:
    """Whether an input is a table of numbers with a fraction, between which there are others."""
    return len(each.shape) == 1 and not each.are_ids and each.integral < 1.0 and not each.nonfinite


def _threshold(
    target: Labels, metrics: Metrics | None, predictions: Predictions | None
) -> tuple[Proposal, ...]:
    """Decide at the mean score in place of 0.5.

    Scores that are probabilities average the share of class 1, and a row above that share is more likely
    of class 1 than any row taken blindly: there, both classes weigh the same. Where training has not
    brought the scores to that share yet, their own mean moves along with them.
    """
    metric = metrics.accuracy if metrics is not None else None
    if metric is None or metric.resolved != "binary_accuracy" or target.form != "binary":
        return ()
    if predictions is None or not _ordered(predictions) or predictions.outside_unit:
        return ()
    also = _shown_by(target, metrics, None, predictions.mean)
    return (
        propose(
            "move-threshold",
            at=metric.place,
            also=also,
            replace=metric.name,
            threshold=predictions.mean,
        ),
    )


def _ordered(predictions: Predictions | None) -> bool:
    """Whether the scores order the rows although the decisions do not differ."""
    return predictions is not None and predictions.std > MOVES and (predictions.auc or 0.0) >= ORDERED


def _scores(predictions: Predictions | None) -> dict[str, float | None]:
    if predictions is None:
        return {}
    return {"auc": predictions.auc, "auc_bound": ORDERED, "balanced_accuracy": predictions.balanced_accuracy}


def _decided(predictions: Predictions | None) -> str:
    if predictions is None:
        return ""
    area = "" if predictions.auc is None else f" (area under the ROC curve {predictions.auc:.3f})"
    return f" {percent(predictions.one_class_share)} of the rows are decided as one class{area}."


def _learned(last: float | None, predictions: Predictions | None, share: float, rows: int) -> bool:
    """Whether the score is off the constant answer's, or nothing tells."""
    if predictions is not None and predictions.accuracy is not None:
        balanced, classes = predictions.balanced_accuracy, max(len(predictions.decided), 2)
        if balanced is not None and not beats(balanced, 1.0 / classes, predictions.rows, same_rows=False):
            return False
        return beats(predictions.accuracy, share, predictions.rows, same_rows=False)
    return last is None or abs(last - share) > share_noise(share, rows)


class_imbalance.fires(
    Labels.of([0] * 90 + [1] * 10),
    Predictions(
        rows=100, accuracy=0.9, decided=((0, 100),), mean=0.1, std=0.12, auc=0.74, balanced_accuracy=0.5
    ),
    Metrics(uses=(Metric(),)),
    Inputs(training=(Input(shape=(8,), feeds="Dense"),)),
)
class_imbalance.fires(
    Labels.of([0] * 90 + [1] * 10), Metrics(), Predictions(rows=100, accuracy=0.9, decided=((0, 100),))
)
class_imbalance.quiet(  # imbalanced and beaten
    Labels.of([0] * 90 + [1] * 10),
    Predictions(rows=100, accuracy=0.99, decided=((0, 90), (1, 10)), std=0.3, auc=0.99),
)
class_imbalance.quiet(
    Labels.of([0] * 55 + [1] * 45), Predictions(rows=100, accuracy=0.55, decided=((0, 100),), std=0.0)
)
class_imbalance.quiet(Labels.of([0] * 90 + [1] * 10))
