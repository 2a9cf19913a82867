"""The loss is that of answering every class alike."""

from __future__ import annotations

import math

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import (
    MOST_CLASSES,
    NEAR,
    STAYS,
    close_to_chance,
    ending,
    finite,
    has_risen,
    over,
    stands_still,
    stays_near,
)
from unstuck.rules.bounds import FEW_UPDATES
from unstuck.rules.sign import ONE_ANSWER, fit, sign

#: A first epoch this far above ln K began with certain and wrong answers.
_FROM_ABOVE = 1.2

#: A fresh network that lets its inputs through begins a percent or more off ln K; within a thousandth of it
#: in
#: every epoch, hardly anything but the output's bias has a say.
_PINNED = 0.001

#: The causes that fit a loss which does not move at all, came from above, is pinned, or wanders.
_EXACT: tuple[str, ...] = (
    "frozen-layers",
    "dead-relu",
    "constant-inputs",
    "no-gradient-path",
    "learning-rate-too-low",
    "non-finite-inputs",
    "half-precision-underflow",
    "unmasked-padding",
)
_ABOVE: tuple[str, ...] = ("inputs-not-scaled", "learning-rate-too-high", "over-regularised", "dead-relu")
_CLOSE: tuple[str, ...] = (
    "dead-relu",
    "constant-inputs",
    "vanishing-gradient",
    "learning-rate-too-low",
    "unmasked-padding",
    "inputs-not-scaled",
    "nothing-to-learn",
)
_LOOSE: tuple[str, ...] = (
    "learning-rate-too-low",
    "unmasked-padding",
    "inputs-not-scaled",
    "vanishing-gradient",
    "nothing-to-learn",
    "learning-rate-too-high",
    "one-class-batches",
)


@sign(
    "loss-at-ln-k",
    rank=40,
    covers=(
        *ONE_ANSWER,
        "few-updates",
        "loss-falls-accuracy-does-not",
    ),
)
def loss_at_ln_k(run: LoggedRun) -> Finding | None:
    """The loss stays at ln K and the accuracy near 1/K: every class gets the same answer.

    A model that gives each of K classes the probability 1/K pays ln K: .6931 for two, 1.0986 for three,
    2.3026 for ten. Staying there means that no use is made of the inputs yet.
    """
    classes = classes_of(run)
    if classes is None:
        return None
    losses, accuracy, uniform = run.loss, run.accuracy, math.log(classes)
    exact = stands_still(losses, 2) and losses[-1].is_at(uniform, 2e-4)
    known = f" and {run.updates:,} updates" if run.updates else ""
    return Finding(
        says=f"The loss stays at {losses[-1]} {over(len(losses))}{known}, and the accuracy at "
        f"{accuracy[-1]}, near 1/{classes}. The same probability for each of {classes} classes costs ln "
        f"{classes} = {uniform:.4f}: the answers do not depend on the inputs.",
        shows={"loss": losses[-1].value, "ln_K": uniform, "classes": classes},
        facts={"classes": classes},
        fits=_fits(run, exact, uniform),
    )


def classes_of(run: LoggedRun) -> int | None:
    """K where the loss ends at ln K and the accuracy never left 1/K; None where it did not."""
    losses, accuracy = run.loss, run.accuracy
    # The first epoch may still come from elsewhere.
    last = ending(losses, min(STAYS, max(2, len(losses) - 1)))
    if not finite(last) or not 0.0 < last[-1].value < math.log(MOST_CLASSES + 1):
        return None
    if not accuracy:
        return None
    guesses = [round(math.exp(last[-1].value))]
    if accuracy[-1].finite and accuracy[-1].value > 1.0 / MOST_CLASSES:
        guesses.append(round(1.0 / accuracy[-1].value))
    for classes in guesses:
        if classes < 2 or not stays_near(last, math.log(classes)):
            continue
        right = [run.accuracy, run.val_accuracy]
        if any(figures and not _at_chance(figures[-1], classes, run) for figures in right):
            continue
        if (
            not has_risen(accuracy)
            and min(loss.value for loss in losses) > (1 - NEAR) * math.log(classes) - NEAR
        ):
            return classes
    return None


def _at_chance(accuracy: Figure, classes: int, run: LoggedRun) -> bool:
    return accuracy.finite and close_to_chance(accuracy, classes, run.validation_rows)


def _fits(run: LoggedRun, exact: bool, uniform: float) -> tuple[Finding, ...]:
    """The causes by how the loss came to ln K."""
    if exact:
        told, names = "Not one printed digit moves.", _EXACT
    elif run.loss[0].value > _FROM_ABOVE * uniform:
        told, names = f"The first epoch cost {run.loss[0]}, far above ln K.", _ABOVE
    elif stays_near(run.loss, uniform, _PINNED):
        told = "In every epoch the loss is within a thousandth of ln K, as if no input came through."
        names = _CLOSE
    else:
        told, names = "The loss moves, but does not leave ln K.", _LOOSE
    fits = tuple(fit(name, told) for name in names)
    if run.updates is None or run.updates >= FEW_UPDATES:
        return fits
    few = f"The log covers {run.updates} updates, fewer than {FEW_UPDATES}."
    return (fit("too-few-updates", few), *fits)


loss_at_ln_k.fires(LoggedRun.of(loss=[0.6935, 0.6932, 0.6931], accuracy=[0.498, 0.503, 0.5]))
loss_at_ln_k.fires(LoggedRun.of(loss=[2.3031, 2.3026, 2.3026], accuracy=[0.0982, 0.1001, 0.1]))
loss_at_ln_k.fires(LoggedRun.of(loss=[1.3863] * 3, accuracy=[0.25] * 3))
loss_at_ln_k.quiet(LoggedRun.of(loss=[0.6931, 0.62, 0.51], accuracy=[0.5, 0.66, 0.77]))
loss_at_ln_k.quiet(LoggedRun.of(loss=[1.9, 1.4, 1.1], accuracy=[0.3, 0.5, 0.62]))
