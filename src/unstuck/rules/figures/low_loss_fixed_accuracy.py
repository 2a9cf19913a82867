"""The loss is lower than so many wrong answers can cost, and the accuracy does not move."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import LN2, STAYS, ending, finite, goes, has_risen, over, stands_still
from unstuck.rules.sign import fit, sign

#: Where the loss is below this share of the least one, no rounding of an epoch's mean explains it.
_CLEARLY = 0.9

#: An accuracy that wanders without rising needs a loss further off: under half of the least one.
_FAR = 0.5

#: An accuracy that moves no further than two points stays where it is.
_STILL = 0.02

#: In the first epochs the accuracy of a classifier may be low; under this not even guessing is.
_GUESSED = 0.05

#: Labels divided by 255 leave sparse cross-entropy with a single class: its loss goes to zero.
_NO_LOSS = 0.01

_HIGH = 0.95

#: The share of a label under a third is rather that of one class of several than of one of two.
_NO_HALF = 1 / 3


@sign(
    "low-loss-fixed-accuracy",
    rank=40,
    covers=("accuracy-never-moves", "loss-falls-accuracy-does-not", "nothing-moves", "few-updates"),
)
def low_loss_fixed_accuracy(run: LoggedRun) -> Finding | None:
    """The loss is below (1 - accuracy) x ln 2 while the accuracy stays where it is.

    Under cross-entropy a wrong answer has a probability of at most one half for the right class, and
    costs ln 2 or more. A loss below that share says that more rows are right than the accuracy counts: it is
    computed from something else, as with a softmax over one unit on TensorFlow (the loss takes
    the values before the softmax), another kind of accuracy, or a target that is no class.
    """
    losses, accuracy = run.loss, run.accuracy
    if not (finite(losses) and finite(accuracy)):
        return None
    last, right = losses[-1], accuracy[-1]
    if len(accuracy) < STAYS and right.value > _GUESSED:
        return None
    still = max(each.value for each in accuracy) - min(each.value for each in accuracy) <= _STILL
    least = (1.0 - right.value) * LN2
    bound = _CLEARLY * least if still else _FAR * least
    if has_risen(accuracy) or right.value >= _HIGH or last.value >= bound:
        return None
    fixed = stands_still(ending(accuracy))
    one_unit = fit(
        "softmax-over-one-unit",
        "On TensorFlow the loss sees the values before the softmax and falls; every answer is 1.0, and "
        f"{right} is the share of label 1.",
    )
    metric = fit("metric-does-not-match-task", "It then counts other things than the loss does.")
    scaled = fit(
        "class-labels-scaled",
        f"Labels divided by 255 are all class 0 to the loss; {right} is class 0's share.",
    )
    number = fit("accuracy-on-continuous-target", "Rounded answers hardly ever hit a number.")
    exact = fit("exact-equality-accuracy", "It counts probabilities that are exactly 0 or 1 only.")
    column = fit(
        "argmax-over-one-column", f"The argmax of one column is always 0, so that {right} is class 0's share."
    )
    by_argmax = run.accuracy_name.endswith("categorical_accuracy")
    order: tuple[Finding, ...] = (metric, number, exact, one_unit)
    if right.value <= _GUESSED:
        order = (number, exact, metric)
    elif fixed:
        order = (column, one_unit, metric) if by_argmax else (one_unit, metric, number, exact)
    if last.value < _NO_LOSS:
        first = fixed and right.value < _NO_HALF
        order = (scaled, *order) if first else (*order[:1], scaled, *order[1:])
    return Finding(
        says=f"The loss {goes(losses)} {over(len(losses))} while the accuracy {goes(accuracy)}. Wrong "
        f"answers cost ln 2 or more each under cross-entropy, {1.0 - right.value:.4f} of them at least "
        f"{least:.4f}; a loss of {last} allows {max(0.0, last.value / LN2):.4f} at most: loss and accuracy "
        "do not judge the same thing.",
        shows={"loss": last.value, "least_loss": least, "accuracy": right.value},
        fits=order,
    )


low_loss_fixed_accuracy.fires(LoggedRun.of(loss=[0.36, 0.08, 0.02], accuracy=[0.5, 0.5, 0.5]))
low_loss_fixed_accuracy.fires(LoggedRun.of(loss=[0.2, 0.06, 0.03], accuracy=[0.42, 0.41, 0.416]))
low_loss_fixed_accuracy.fires(
    LoggedRun.of(loss=[0.454, 0.252, 0.078, 0.065], accuracy=[0.451, 0.516, 0.486, 0.48])
)
low_loss_fixed_accuracy.fires(LoggedRun.of(loss=[0.5759], accuracy=[0.005]))
low_loss_fixed_accuracy.quiet(LoggedRun.of(loss=[4.5], accuracy=[0.01]))
low_loss_fixed_accuracy.quiet(LoggedRun.of(loss=[0.36, 0.08, 0.02], accuracy=[0.88, 0.97, 0.99]))
low_loss_fixed_accuracy.quiet(LoggedRun.of(loss=[0.69, 0.69, 0.69], accuracy=[0.5, 0.5, 0.5]))
