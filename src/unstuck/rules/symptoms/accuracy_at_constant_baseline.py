"""Symptom: the accuracy is what an answer gets that never looks at its input."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Predictions, Split
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import guess_noise, percent, share_noise
from unstuck.rules.families import SCORE_STAYS
from unstuck.rules.progress import Accuracy, accuracy_of
from unstuck.rules.rule import symptom

#: Half of the last digit of an accuracy as it is printed: what differs by less is one figure.
PRINTED_DIGIT = 0.5e-4


@symptom("accuracy-at-constant-baseline", of=SCORE_STAYS)
def accuracy_at_constant_baseline(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The training accuracy is what a constant answer gets, or a blind guess.

    The last epoch's accuracy lies within three standard errors (at least two rows) of the share of
    the most frequent class, of another class, or of 1 / number of classes. Above a large majority
    a blind answer strays less than that, so a rare class that is found ends the symptom early. It
    is quiet where the validation rows or the predictions show that the model has learned.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    if accuracy is None or accuracy.baseline is None or accuracy.learned(predictions):
        return None
    for value, meaning in _constants(accuracy, labels):
        noise = share_noise(value, accuracy.rows)
        above = guess_noise(value, accuracy.rows) if value == accuracy.baseline else noise
        if -noise <= accuracy.last - value <= above:
            gets = accuracy.last if abs(accuracy.last - value) < PRINTED_DIGIT else value
            return Finding(
                says=f"The training accuracy is {accuracy.last:.4f}; {meaning} gets {gets:.4f} "
                f"(counting noise on {accuracy.rows:,} rows: {noise:.2g}).",
                shows={"accuracy": accuracy.last, "constant_answer": value, "noise": noise},
            )
    return None


def _constants(accuracy: Accuracy, labels: Labels | None) -> list[tuple[float, str]]:
    """What answers without input get, most telling first: (accuracy, who gets it)."""
    baseline = accuracy.baseline or 0.0
    known = [(baseline, f"answering the most frequent class ({percent(baseline)} of the rows) every time")]
    shares = labels.shares if labels is not None and accuracy.metric.resolved != "accuracy" else {}
    known += [(share, f"answering class {level:g} every time") for level, share in shares.items()]
    known += (
        [(1.0 / accuracy.classes, f"guessing among {accuracy.classes} classes")] if accuracy.classes else []
    )
    return [each for each in known if each[0] <= baseline]


_ACCURACY = Metrics(uses=(Metric(),))
_HALVES = Labels.of([0, 1] * 500)
_RARE = Labels.of([0] * 950 + [1] * 50)
accuracy_at_constant_baseline.fires(Curve.of(accuracy=[0.5]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_at_constant_baseline.fires(Curve.of(accuracy=[0.3] * 3), _ACCURACY, Labels.of([1] * 3 + [0] * 7))
accuracy_at_constant_baseline.fires(Curve.of(accuracy=[0.9, 0.95]), _ACCURACY, _RARE)
accuracy_at_constant_baseline.fires(
    Curve.of(accuracy=[0.95, 0.95]), _ACCURACY, _RARE, Predictions(rows=500, auc=0.9, balanced_accuracy=0.5)
)
accuracy_at_constant_baseline.quiet(Curve.of(accuracy=[0.96, 0.97]), _ACCURACY, _RARE)
accuracy_at_constant_baseline.quiet(Curve.of(accuracy=[0.85]), _ACCURACY, Fit(rows=1000), _HALVES)
accuracy_at_constant_baseline.quiet(Curve.of(accuracy=[0.52]), _ACCURACY, Labels.of([0, 1] * 5000))
# One short epoch: its training figure is a running mean, the validation rows show the end.
accuracy_at_constant_baseline.quiet(
    Curve.of(accuracy=[0.5], val_accuracy=[0.8]), _ACCURACY, Split.tail([0, 1] * 500, 0.2)
)
accuracy_at_constant_baseline.quiet(Curve.of(accuracy=[0.024]), _ACCURACY, Labels.of([0.1, 0.25, 0.7] * 14))
