"""Symptom: the accuracy is the same count of rows, epoch after epoch, and not near 1."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Split
from unstuck.judgement.findings import Certainty, Finding
from unstuck.rules.families import LEARNING_ENDS
from unstuck.rules.progress import accuracy_of
from unstuck.rules.rule import symptom

#: Epochs with the very same count of right rows. Weights that move change a row's decision sooner.
EPOCHS = 4

#: Above this share a training may well have nothing left to change.
NEARLY_ALL = 0.95

#: Counts are equal when they differ by less than half a row.
SAME_COUNT = 0.5


@symptom("accuracy-stands-still", of=LEARNING_ENDS)
def accuracy_stands_still(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
) -> Finding | None:
    """The accuracy is the very same in each of the last epochs, well above its baseline but not near 1.

    Four epochs with the same count of right rows mean that no decision changes any more. A training
    that has converged may end so as well, so this is shown only where a cause was found that
    explains it.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    if accuracy is None or accuracy.continuous or len(accuracy.values) < EPOCHS:
        return None
    last = accuracy.values[-EPOCHS:]
    if max(last) - min(last) > SAME_COUNT / accuracy.rows or last[-1] >= NEARLY_ALL or not accuracy.learned():
        return None
    return Finding(
        says=f"The training accuracy is {last[-1]:.4f} in each of the last {EPOCHS} epochs: no decision on "
        f"{accuracy.rows:,} rows changes any more.",
        shows={"accuracy": last[-1], "epochs": EPOCHS, "bound": NEARLY_ALL},
        certainty=Certainty.SUSPECTED,
    )


_ACCURACY = Metrics(uses=(Metric(),))
_HALVES = Baselines(majority=0.6, classes=2)
accuracy_stands_still.fires(
    Curve.of(accuracy=[0.7, 0.8239, 0.8239, 0.8239, 0.8239]), _ACCURACY, Fit(rows=426), _HALVES
)
accuracy_stands_still.quiet(Curve.of(accuracy=[0.98] * 5), _ACCURACY, Fit(rows=426), _HALVES)
accuracy_stands_still.quiet(Curve.of(accuracy=[0.80, 0.81, 0.82, 0.825]), _ACCURACY, Fit(rows=426), _HALVES)
