"""Cause: the target of a window lies many steps after it."""

from __future__ import annotations

from dataclasses import asdict, replace

from unstuck.evidence.facts import Disorder, Fit, Place
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause


@cause(
    "target-too-far-ahead",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        VALIDATION_APART,
        "dead-relu",
        "learning-rate-too-low",
        "model-too-small",
        "nothing-to-learn",
        "overfitting",
        "signal-lost-before-fit",
        "too-few-updates",
    ),
)
def target_too_far_ahead(disorder: Disorder, fit: Fit | None) -> Finding | None:
    """The target of each window lies several steps after it, where the series tells nothing any more.

    Why it looks stuck: what follows a window closely can be foretold and what comes many steps later cannot:
    the network ends at the mean. An index that counts the window twice, or begins one late, does that.

    How it is proved: the rows are windows of one series, each one step after the one before; the series is
    put together from them, and the targets are found in it number by number. Simple models foretell the value
    right after the window from the same rows, and not the target.

    What to do: begin the targets where the window ends. If the later value is what is asked for, these rows
    do not hold it.
    """
    if disorder.ahead <= 1:
        return None
    reach = "reach" if disorder.learner.endswith("s") else "reaches"
    return Finding(
        says=f"The rows are windows of one series, and each of {disorder.held:,} targets is the value "
        f"{disorder.ahead} steps after the last one of its window. There simple models reach at most "
        f"{disorder.passed_measure} {disorder.passed:.3f}; for the value right after the window "
        f"{disorder.learner} {reach} {disorder.measure} {disorder.score:.3f} from the same rows.",
        shows=asdict(replace(disorder, place=None)),
        where=disorder.place or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                at=disorder.place,
                text=f"If the next value is meant, begin the targets {disorder.ahead - 1} steps earlier: "
                "series[window:] where series[:window] is the first row.",
            ),
        ),
    )


_LATE = Disorder(
    ahead=13,
    held=1700,
    measure="R2",
    learner="a straight line",
    score=0.75,
    passed=0.01,
    passed_measure="R2",
    rows=1700,
    place=Place(file="train.py", line=21),
)
target_too_far_ahead.fires(_LATE)
target_too_far_ahead.quiet(replace(_LATE, ahead=1))
target_too_far_ahead.quiet(Disorder())
