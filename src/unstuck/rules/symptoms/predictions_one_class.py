"""Symptom: the model decides for one class."""

from __future__ import annotations

from unstuck.evidence.facts import Labels, Metric, Metrics, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import beats, percent
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.rule import symptom

#: The other classes get less than a tenth of the rows that carry them.
REST_SHARE = 0.1

#: The area under the ROC curve from which on answers rank rows well (Hosmer and Lemeshow 2000: "excellent").
RANKS = 0.8

#: Fewer decisions than this can fall on one class by chance.
FEWEST_ROWS = 16


@symptom("predictions-one-class", of=NOTHING_LEARNED)
def predictions_one_class(
    predictions: Predictions, labels: Labels, metrics: Metrics | None
) -> Finding | None:
    """Almost every row is decided for one class, while the labels hold others.

    The rows decided otherwise are fewer than a tenth of the rows that carry another label than the
    most frequent one. Rare classes alone do not make it fire: where 1% of the rows are positive, a
    model that finds most of them is quiet. So is one that ranks its rows well, where no accuracy was asked
    for: of a rare event no single row need be likelier than not.
    """
    decided = sum(rows for _, rows in predictions.decided)
    if decided < FEWEST_ROWS or labels.classes < 2 or labels.form in ("multi-label", "continuous"):
        return None
    others, due = 1.0 - predictions.one_class_share, 1.0 - labels.majority
    if others >= REST_SHARE * due:
        return None
    if predictions.accuracy is not None and beats(
        predictions.accuracy, labels.majority, predictions.rows, same_rows=False
    ):
        return None
    ranked = metrics is not None and bool(metrics.uses) and metrics.accuracy is None
    if ranked and (predictions.auc or 0.0) >= RANKS:
        return None
    favourite = max(predictions.decided, key=lambda pair: pair[1])[0]
    return Finding(
        says=f"{percent(predictions.one_class_share)} of {decided:,} rows are decided as class {favourite}, "
        f"while {percent(due)} of the labels are not the most frequent one.",
        shows={"class": favourite, "share": predictions.one_class_share, "labels_majority": labels.majority},
    )


_RARE = Labels.of([0] * 990 + [1] * 10)
predictions_one_class.fires(Predictions(rows=256, decided=((1, 256),)), Labels.of([0, 1] * 500))
predictions_one_class.fires(Predictions(rows=256, decided=((0, 256),)), Labels.of([0] * 950 + [1] * 50))
predictions_one_class.quiet(Predictions(rows=256, decided=((0, 130), (1, 126))), Labels.of([0, 1] * 500))
predictions_one_class.quiet(Predictions(rows=1000, decided=((0, 992), (1, 8)), accuracy=0.996), _RARE)
_RANKED = Metrics(uses=(Metric(name="pr_auc", resolved="auc"),))
predictions_one_class.quiet(Predictions(rows=1000, decided=((0, 1000),), auc=0.83), _RARE, _RANKED)
predictions_one_class.fires(
    Predictions(rows=1000, decided=((0, 1000),), auc=0.83), _RARE, Metrics(uses=(Metric(),))
)
predictions_one_class.quiet(Predictions(rows=8, decided=((0, 8),)), Labels.of([0, 1] * 500))
