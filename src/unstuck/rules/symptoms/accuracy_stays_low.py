"""Symptom: the accuracy stays far from good, though above its baseline."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Metric, Metrics, Predictions, Split
from unstuck.evidence.scores import skill
from unstuck.judgement.findings import Certainty, Finding
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.rules.families import LEARNS_LITTLE
from unstuck.rules.progress import accuracy_of
from unstuck.rules.rule import symptom

#: Less than half of the way from the constant answer to perfect: more is wrong that could be right
#: than was won.
LOW_SHARE = 0.5


@symptom("accuracy-stays-low", of=LEARNS_LITTLE)
def accuracy_stays_low(
    curve: Curve,
    metrics: Metrics,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The accuracy ends less than half of the way from a constant answer to perfect.

    Hard tasks end there in good health, so this alone says nothing: it is shown only where a cause
    was found that explains it. Nearer to the constant answer than a tenth of the way, other symptoms speak.
    """
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    if accuracy is None or accuracy.baseline is None or accuracy.continuous:
        return None
    judged = accuracy.validation_baseline if accuracy.validation_baseline is not None else accuracy.baseline
    scores = [(accuracy.last, accuracy.baseline), *((value, judged) for value in accuracy.validation[-1:])]
    if predictions is not None and predictions.reported is not None:
        scores.append((predictions.reported, accuracy.baseline))
    best, baseline = max(scores, key=lambda pair: skill(*pair))
    way = skill(best, baseline)
    if not LEARNED_SHARE <= way < LOW_SHARE:
        return None
    return Finding(
        says=f"The accuracy ends at {best:.4f}; a constant answer gets {baseline:.4f}. That is "
        f"{way:.2f} of the way to perfect.",
        shows={"accuracy": best, "constant_answer": baseline, "way": way, "bound": LOW_SHARE},
        certainty=Certainty.SUSPECTED,
    )


_ACCURACY = Metrics(uses=(Metric(),))
_TENTHS = Baselines(majority=0.1, classes=10)
accuracy_stays_low.fires(Curve.of(accuracy=[0.2, 0.33]), _ACCURACY, Fit(rows=1000), _TENTHS)
accuracy_stays_low.quiet(Curve.of(accuracy=[0.1, 0.12]), _ACCURACY, Fit(rows=1000), _TENTHS)
accuracy_stays_low.quiet(Curve.of(accuracy=[0.2, 0.7]), _ACCURACY, Fit(rows=1000), _TENTHS)
accuracy_stays_low.quiet(Curve.of(accuracy=[0.3], val_accuracy=[0.8]), _ACCURACY, Fit(rows=1000), _TENTHS)
