"""The rule inverted-labels."""

from __future__ import annotations

from unstuck.evidence.facts import (
    Fit,
    Loss,
    Metrics,
    Place,
    Predictions,
    Renumbered,
    Split,
    ValidationPredictions,
)
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, METRIC_LIES, SCORE_STAYS, VALIDATION_APART
from unstuck.rules.rule import cause

#: Decisions that fit other numbers of the classes by so much more than the numbers as they are, as a share of
#: all rows, fit them by more than the choice of the best numbers among few rows can bring about.
_MORE = 0.3

#: They must fit those mostly: a network that has learned little fits no numbers.
_MOSTLY = 0.6

#: Classes that stand for another one, and rows of each: a network that answers one class fits any one label.
_CLASSES, _ROWS = 2, 5


@cause(
    "inverted-labels",
    certainty="measured",
    impact="misleads",
    explains=(
        LEARNS_LITTLE,
        METRIC_LIES,
        SCORE_STAYS,
        VALIDATION_APART,
        "overfitting",
        "validation-preprocessed-differently",
    ),
)
def inverted_labels(
    predictions: Predictions,
    validation: ValidationPredictions | None,
    fit: Fit | None,
    split: Split | None,
    loss: Loss | None,
    metrics: Metrics | None,
) -> Finding | None:
    """The decisions are right, and the labels that they are held against number the classes in another order.

    Why it looks stuck: class 1 of the one part is class 0 of the other. Two encoders fitted apart, one on
    the training and one on the validation labels, number the classes as each of them met them; the better
    the model, the lower its validation accuracy. In pairs a distance is small where the label is 1, and the
    accuracy takes large answers for label 1.

    How it is proved: decisions and labels of the same rows are counted against each other. With the numbers
    of the classes exchanged among each other, one to one, most decisions are right; as they are, few are.

    What to do: number the classes once, for all parts, and keep the mapping. Where a distance is learned, let
    the metric count small answers as label 1.

    What decides: Print the table of decisions against labels (sklearn.metrics.confusion_matrix): large
    numbers off the diagonal, one in each line, say yes.
    """
    found, part, place = predictions, "training", _compiled(metrics, loss)
    other = _exchanged(predictions)
    if other is None and validation is not None:
        found, part = validation, "validation"
        place = split.place if split is not None and split.place else fit.place if fit is not None else None
        other = _exchanged(validation)
    if other is None:
        return None
    pairs = sorted(other.pairs, key=lambda each: -each[2])
    told = ", ".join(f"{decided} for {label} in {rows:,}" for decided, label, rows in pairs[:3])
    return Finding(
        says=f"Of {found.rows:,} {part} rows {found.accuracy:.3f} are decided as their label says; with the "
        f"numbers of the classes exchanged (decided {told} rows) {other.accuracy:.3f} are: the "
        "classes are told apart, and their labels have other numbers.",
        shows={
            "part": part,
            "accuracy": found.accuracy,
            "renumbered_accuracy": other.accuracy,
            "exchanged": [list(each) for each in pairs],
            "bound": _MORE,
        },
        where=place,
        remedies=(propose("advise", at=place, text=_advice(part)),),
    )


def _exchanged(found: Predictions) -> Renumbered | None:
    """The exchanged numbers that the decisions fit where they do not fit those that the labels have."""
    other = found.renumbered
    if other is None or found.accuracy is None:
        return None
    several = sum(rows >= _ROWS for _, _, rows in other.pairs) >= _CLASSES
    return other if several and other.accuracy >= max(_MOSTLY, found.accuracy + _MORE) else None


def _compiled(metrics: Metrics | None, loss: Loss | None) -> Place | None:
    if metrics is not None and metrics.uses and metrics.uses[0].place is not None:
        return metrics.uses[0].place
    return loss.place if loss is not None else None


def _advice(part: str) -> str:
    if part == "validation":
        return (
            "Number the classes of both parts by one mapping: make it from the training labels (one "
            "LabelEncoder, one dict, classes sorted by name) and use it for the validation labels."
        )
    return (
        "Exchange the labels, or the sign of what is answered: as it is, the loss teaches the opposite of "
        "what the accuracy counts."
    )


_INVERTED = Renumbered(pairs=((0, 1, 120), (1, 0, 71)), accuracy=0.96)
_VALIDATION = ValidationPredictions(rows=199, accuracy=0.04, renumbered=_INVERTED)
inverted_labels.fires(Predictions(), _VALIDATION)
inverted_labels.fires(Predictions(rows=199, std=0.4, accuracy=0.04, renumbered=_INVERTED))
inverted_labels.fires(  # one class is missing in validation, and all behind it moved up
    Predictions(),
    ValidationPredictions(
        rows=300,
        accuracy=0.31,
        renumbered=Renumbered(pairs=((2, 1, 90), (3, 2, 95)), accuracy=0.92),
    ),
)
inverted_labels.quiet(Predictions(rows=199, accuracy=0.97, renumbered=Renumbered(accuracy=0.97)))
inverted_labels.quiet(  # one class is answered throughout
    Predictions(),
    ValidationPredictions(rows=100, accuracy=0.0, renumbered=Renumbered(pairs=((1, 0, 100),), accuracy=1.0)),
)
inverted_labels.quiet(  # little is learned: no numbers fit
    Predictions(),
    ValidationPredictions(
        rows=90, accuracy=0.2, renumbered=Renumbered(pairs=((0, 1, 20), (1, 2, 15)), accuracy=0.45)
    ),
)
