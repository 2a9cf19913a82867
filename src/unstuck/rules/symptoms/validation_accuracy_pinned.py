"""Symptom: the validation accuracy stands still, or is exactly 0 or 1."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Split
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import NEAR_ONE, UNCOUNTED_ROWS, beats
from unstuck.rules.families import SCORE_STAYS
from unstuck.rules.progress import Accuracy, accuracy_of
from unstuck.rules.rule import symptom

#: A validation score that the training accuracy makes rarer than this is not the same task's.
TOO_RARE = 1e-3

#: Validation accuracies that differ by less than half a row are the same count.
SAME_COUNT = 0.5


@symptom("validation-accuracy-pinned", of=SCORE_STAYS)
def validation_accuracy_pinned(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
) -> Finding | None:
    """The validation accuracy is exactly 0 or 1 while training is not, or never moves.

    A model that is right on a share a of its training rows gets all n validation rows right with
    chance a^n, and all wrong with chance (1 - a)^n; under 1 in 1,000 is taken as seen. Without
    that, the same count over three epochs or more is a symptom where it shows no learning.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    if accuracy is None or not accuracy.validation:
        return None
    rows, last = accuracy.validation_rows, accuracy.validation[-1]
    spread = max(accuracy.validation) - min(accuracy.validation)
    if _improbable(accuracy, split):
        says = (
            f"The validation accuracy is exactly {last:.1f} on {rows:,} rows while the training accuracy is "
            f"{accuracy.last:.4f}: the validation rows ask something else."
        )
    elif (
        len(accuracy.validation) > 2
        and spread <= SAME_COUNT / (rows or UNCOUNTED_ROWS)
        and not _learned(accuracy)
    ):
        says = (
            f"The validation accuracy is {last:.4f} in each of {len(accuracy.validation)} epochs: no "
            "validation row was ever decided differently, or as many were lost as won."
        )
    else:
        return None
    return Finding(
        says=says, shows={"val_accuracy": last, "accuracy": accuracy.last, "validation_rows": rows}
    )


def _improbable(accuracy: Accuracy, split: Split | None) -> bool:
    """Whether the training accuracy makes this all-right or all-wrong validation score a wonder."""
    rows, last = accuracy.validation_rows, accuracy.validation[-1]
    if rows is None or last not in (0.0, 1.0):
        return False
    if last == 1.0 and (accuracy.last >= NEAR_ONE or split is None or split.validation.classes > 1):
        return False
    return (accuracy.last if last == 1.0 else 1.0 - accuracy.last) ** rows < TOO_RARE


def _learned(accuracy: Accuracy) -> bool:
    """Whether the validation score that stands still is a good one."""
    if accuracy.continuous:
        return False
    baseline = accuracy.validation_baseline if accuracy.validation_baseline is not None else accuracy.baseline
    if baseline is None or accuracy.validation[-1] >= 1.0:
        return accuracy.validation[-1] >= NEAR_ONE
    return beats(accuracy.validation[-1], baseline, accuracy.validation_rows or UNCOUNTED_ROWS)


_ACCURACY = Metrics(uses=(Metric(),))
_SORTED, _MIXED = Split.tail([0] * 500 + [1] * 500, 0.1), Split.tail([0, 1] * 500, 0.1)
validation_accuracy_pinned.fires(Curve.of(accuracy=[0.7], val_accuracy=[0.0]), _ACCURACY, _SORTED)
validation_accuracy_pinned.fires(Curve.of(accuracy=[0.5], val_accuracy=[1.0]), _ACCURACY, _SORTED)
validation_accuracy_pinned.fires(
    Curve.of(accuracy=[0.02] * 3, val_accuracy=[0.0] * 3), _ACCURACY, Labels.of([0.1, 0.25, 0.7] * 14)
)
validation_accuracy_pinned.fires(Curve.of(accuracy=[0.6] * 3, val_accuracy=[0.5] * 3), _ACCURACY, _MIXED)
validation_accuracy_pinned.quiet(Curve.of(accuracy=[0.7], val_accuracy=[0.72]), _ACCURACY, _MIXED)
validation_accuracy_pinned.quiet(Curve.of(accuracy=[0.97] * 4, val_accuracy=[0.98] * 4), _ACCURACY, _MIXED)
# Strong dropout holds the training figure down; the rows hold both classes and all are right.
validation_accuracy_pinned.quiet(Curve.of(accuracy=[0.85], val_accuracy=[1.0]), _ACCURACY, _MIXED)
validation_accuracy_pinned.quiet(
    Curve.of(accuracy=[0.7], val_accuracy=[0.0]), _ACCURACY, Fit(validation_rows=2)
)
