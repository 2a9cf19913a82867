"""The squared error is that of answering the same share for every class."""

from __future__ import annotations

import math

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import (
    NEAR,
    STAYS,
    close_to_chance,
    ending,
    finite,
    has_risen,
    over,
    stays_near,
)
from unstuck.rules.sign import fit, sign

_MOST = 200


@sign(
    "error-of-class-shares",
    rank=30,
    covers=(
        "accuracy-never-moves",
        "one-answer-for-all",
        "loss-stands-still",
        "nothing-moves",
        "few-hits",
        "few-updates",
    ),
)
def error_of_class_shares(run: LoggedRun) -> Finding | None:
    """The loss is (K-1)/K^2 and the accuracy near 1/K: .25 at .5, .2222 at .3333, .09 at .1.

    Answering 1/K in each of K one-hot columns has this mean squared error; for two classes and one
    unit it is .5^2 = .25. No cross-entropy can be as low: .5 wrong answers cost at least .3466.
    """
    losses, accuracy = ending(run.loss), ending(run.accuracy)
    if not (finite(losses) and finite(accuracy)):
        return None
    classes = _classes(run)
    if classes is None:
        return None
    error = _error(classes)
    two = classes == 2
    told = "Outputs of .5 for every row." if two else f"Outputs of 1/{classes} in every column."
    width = (
        fit(
            "units-do-not-match-labels",
            "Labels of two columns against one unit have this optimum: .5 for every row.",
        ),
        fit(
            "target-broadcasts-against-output",
            "A target spread over all rows makes the mean the best answer.",
        ),
    )
    return Finding(
        says=f"The loss is {losses[-1]} {over(len(run.loss))} and the accuracy {accuracy[-1]}: a mean "
        f"squared error of ({classes}-1)/{classes}^2 = {error:.4f} is what "
        f"{'.5' if two else f'1/{classes}'} for every row costs. It is a squared error, as cross-entropy "
        f"with so many wrong answers is at least {(1 - accuracy[-1].value) * 0.6931:.4f}.",
        shows={"loss": losses[-1].value, "error": error, "classes": classes},
        facts={"classes": classes},
        fits=(
            *(width if two else ()),
            *(
                fit(cause, told)
                for cause in (
                    "regression-loss-for-classes",
                    "saturated-activations",
                    "vanishing-gradient",
                    "learning-rate-too-low",
                    "inputs-not-scaled",
                )
            ),
        ),
    )


def _classes(run: LoggedRun) -> int | None:
    """K where the loss is (K-1)/K^2 and the accuracy near 1/K, or hardly above it while the loss stays
    there.
    """
    right = run.accuracy[-1]
    if right.value <= 1.0 / _MOST:
        return None
    classes = round(1.0 / right.value)
    if 2 <= classes <= _MOST and not has_risen(run.accuracy) and close_to_chance(right, classes, run.rows):
        return classes if stays_near(ending(run.loss), _error(classes), 2 * NEAR) else None
    loss = run.loss[-1].value
    if len(run.loss) < STAYS or not 1.0 / _MOST < loss < _error(3) * (1.0 + NEAR):
        return None
    # (K-1)/K^2 = L, solved for K.
    classes = round((1.0 + math.sqrt(max(0.0, 1.0 - 4.0 * loss))) / (2.0 * loss))
    begins = 0.5 / classes <= run.accuracy[0].value <= 2.0 / classes
    low = right.value < 3.0 / classes and stays_near(run.loss, _error(classes), 3 * NEAR)
    return classes if begins and low and finite(run.loss) else None


def _error(classes: int) -> float:
    """The squared error of 1/K in each of K one-hot columns."""
    return (classes - 1) / classes**2


error_of_class_shares.fires(LoggedRun.of(loss=[0.2503, 0.25, 0.25], accuracy=[0.498, 0.5, 0.5]))
error_of_class_shares.fires(LoggedRun.of(loss=[0.0901, 0.09, 0.09], accuracy=[0.1, 0.099, 0.1]))
error_of_class_shares.fires(
    LoggedRun.of(loss=[0.0922, 0.0913, 0.0901, 0.0894], accuracy=[0.0774, 0.1052, 0.1575, 0.1953])
)
error_of_class_shares.quiet(LoggedRun.of(loss=[0.25, 0.18, 0.12], accuracy=[0.5, 0.72, 0.85]))
