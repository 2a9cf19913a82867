"""Cause: the inputs do not tell the targets."""

from __future__ import annotations

from dataclasses import asdict

from unstuck.evidence.facts import (
    Baselines,
    Curve,
    Fit,
    Labels,
    Learnability,
    Metric,
    Metrics,
    Predictions,
    Split,
    ValidationPredictions,
)
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.rules.bounds import UNCOUNTED_ROWS, beats
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.labels._learnable import HIDDEN_SHARE, RARE, by_chance, finds_nothing, reached
from unstuck.rules.progress import Accuracy, accuracy_of
from unstuck.rules.rule import cause


@cause(
    "nothing-to-learn",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        VALIDATION_APART,
        "too-few-updates",
        "learning-rate-too-low",
        "batch-size-too-large",
        "decisions-do-not-change",
        "model-too-small",
        "class-imbalance",
        "overfitting",
        "over-regularised",
    ),
    but=("beaten-by-simple-model",),  # what finds something shows that there is something,
    blames=("fit.y",),
)
def nothing_to_learn(
    learnability: Learnability,
    curve: Curve | None,
    metrics: Metrics | None,
    fit: Fit | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    predictions: Predictions | None,
    validation_predictions: ValidationPredictions | None,
) -> Finding | None:
    """The inputs hold nothing that tells the targets, as far as simple models can find.

    Why it looks stuck: the best answer there is is the constant one. A network that is trained long
    enough learns its training rows by heart, and validation stays where it was.
    How it is proved: logistic (or linear) regression, nearest neighbours and boosted trees are fitted
    on the same rows and judged on rows held out from them. None does better than with targets dealt
    out at random, although the rows were enough to show an advantage of a fifth of the way to
    perfect; and the network itself finds nothing on held-out rows. Structure that only a special
    network sees is not ruled out, so this is measured, not proved. Without a proof it is suspected where no
    other cause is known and the simple models that each fit is held against find nothing in rows of numbers.
    What to do: no change of the model or of its training will raise the score. Check what is done to the
    rows before fit: whether inputs and targets still belong together, and whether a step takes away what
    tells them apart. If the raw rows tell as little, get inputs that bear on the target, or another target.

    What decides: Cross-validate a simple model (logistic regression, a tree) on the same rows; no better than
    chance says yes. Look at ten rows with their labels as well, exactly as they enter fit: rows beside
    others' labels tell as little.
    """
    if not finds_nothing(learnability):
        return None
    accuracy = None
    if curve is not None and metrics is not None:
        accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split)
    if _found_on_held_out(learnability, accuracy, validation_predictions):
        return None
    by_heart = _learned_in_training(learnability, accuracy, predictions)
    judged = _is_judged(accuracy, validation_predictions)
    unsure = learnability.by_reference or (by_heart and not judged)
    own = ""
    if accuracy is not None and accuracy.validation:
        own = f" The network's own accuracy on its validation rows is {accuracy.validation[-1]:.3f}."
    return Finding(
        says=f"{reached(learnability)} {by_chance(learnability)}: simple models find nothing here, "
        f"and an advantage of {learnability.smallest:.2g} would have shown four times out of five.{own}",
        shows={
            **asdict(learnability),
            "scores": dict(learnability.scores),
            "p_bound": RARE,
            "smallest_bound": HIDDEN_SHARE * (1.0 - learnability.baseline),
        },
        where=fit.place if fit is not None else None,
        certainty=Certainty.SUSPECTED if unsure else Certainty.MEASURED,
        remedies=(
            propose(
                "advise",
                text=f"{'If so, no' if unsure else 'No'} change of the model or its training will raise "
                "this score. First check what is done "
                "to the rows before fit: do inputs and targets still belong together (files sorted by name, "
                "a shuffle or a join of one of them), and does a scaling row by row or a cast take away what "
                "tells them apart? If the raw rows tell as little, get inputs that bear on the target.",
            ),
        ),
    )


def _found_on_held_out(
    learnability: Learnability, accuracy: Accuracy | None, answers: ValidationPredictions | None
) -> bool:
    """Whether the network did find something on rows that it was not trained on."""
    if accuracy is not None and accuracy.validation and not accuracy.continuous:
        bases = [base for base in (accuracy.baseline, accuracy.validation_baseline) if base is not None]
        base = max(bases, default=learnability.majority or learnability.baseline)
        if beats(accuracy.validation[-1], base, accuracy.validation_rows or UNCOUNTED_ROWS, same_rows=False):
            return True
    if answers is None:
        return False
    if learnability.classes is None:
        return (answers.r2 or 0.0) >= LEARNED_SHARE
    balanced = answers.balanced_accuracy
    # Rows of one class alone give 1.0 or 0.0, whatever was learned.
    several = len(answers.decided) > 1 and balanced is not None
    return several and beats(balanced or 0.0, 1.0 / learnability.classes, answers.rows, same_rows=False)


def _learned_in_training(
    learnability: Learnability, accuracy: Accuracy | None, predictions: Predictions | None
) -> bool:
    """Whether the training rows were learned, by heart or otherwise."""
    if accuracy is not None and not accuracy.continuous:
        return accuracy.learned(predictions)
    if predictions is None:
        return False
    if learnability.classes is None:
        return (predictions.r2 or 0.0) >= LEARNED_SHARE
    share = learnability.majority or learnability.baseline
    return predictions.accuracy is not None and beats(
        predictions.accuracy, share, predictions.rows, same_rows=False
    )


def _is_judged(accuracy: Accuracy | None, answers: ValidationPredictions | None) -> bool:
    """Whether held-out rows of the user's own judged the network."""
    return answers is not None or (accuracy is not None and bool(accuracy.validation))


_NONE = Learnability(
    scores=(("nearest neighbours", 0.511), ("boosted trees", 0.507), ("logistic regression", 0.506)),
    baseline=0.503,
    majority=0.503,
    classes=2,
    p_value=0.44,
    permutations=24,
    smallest=0.047,
    noise=0.016,
    rows=1000,
    held_out=1000,
)
_SOME = Learnability(
    scores=(("logistic regression", 0.93), ("boosted trees", 0.9)),
    baseline=0.5,
    majority=0.5,
    classes=2,
    p_value=0.025,
    permutations=39,
    smallest=0.045,
    noise=0.008,
    rows=1000,
    held_out=1000,
)
_FEW = Learnability(
    scores=(("logistic regression", 0.56),),
    baseline=0.52,
    majority=0.52,
    classes=2,
    p_value=0.3,
    permutations=39,
    smallest=0.2,
    noise=0.05,
    rows=100,
    held_out=100,
)
_NUMBERS = Learnability(
    measure="R2",
    scores=(("linear regression", -0.011),),
    p_value=0.41,
    permutations=26,
    smallest=0.016,
    rows=1000,
    held_out=1000,
)
_ACCURACY, _HALVES = Metrics(uses=(Metric(),)), Labels.of([0, 1] * 500)
nothing_to_learn.fires(_NONE)
nothing_to_learn.fires(_NONE, Curve.of(accuracy=[0.6, 1.0], val_accuracy=[0.49, 0.51]), _ACCURACY, _HALVES)
nothing_to_learn.fires(_NONE, Curve.of(accuracy=[0.6, 1.0]), _ACCURACY, _HALVES)
nothing_to_learn.fires(_NUMBERS, ValidationPredictions(rows=200, r2=-0.3))
nothing_to_learn.fires(Learnability(**{**asdict(_NONE), "scores": _NONE.scores, "by_reference": True}))
nothing_to_learn.quiet(_SOME)
nothing_to_learn.quiet(_FEW)  # too few rows to show what is worth having
nothing_to_learn.quiet(  # the network finds what simple models do not
    _NONE, Curve.of(accuracy=[0.6, 0.9], val_accuracy=[0.6, 0.85]), _ACCURACY, _HALVES
)
nothing_to_learn.quiet(_NUMBERS, ValidationPredictions(rows=200, r2=0.4))
nothing_to_learn.quiet(  # the order of the rows tells, though their inputs do not
    Learnability(**{**asdict(_NONE), "scores": _NONE.scores, "persistence": 0.8, "series": True})
)
