"""In every epoch a wrong row costs more than any network that merely does not know."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite, has_risen
from unstuck.rules.bounds import CLIP_ZERO
from unstuck.rules.sign import fit, sign

#: A network of 1,000 classes that knows nothing pays ln 1000 = 6.9 a row; 10 is a probability of 5e-5.
_COST = 10.0

#: With more right rows than this, a few hopeless ones may cost as much.
_RIGHT = 0.8


@sign(
    "wrong-rows-cost-too-much",
    rank=50,
    covers=("loss-rises", "loss-stands-still", "loss-falls-accuracy-does-not"),
)
def wrong_rows_cost_too_much(run: LoggedRun) -> Finding | None:
    """Loss over (1 - accuracy) is above 10 in every epoch, the first included: wrong answers are certain.

    A network that does not know pays ln K for each row. Paying far more takes outputs of tens or hundreds
    before the softmax, which come with inputs of that size, or with steps that are far too long. A penalty on
    the weights may make up a part of the loss. Probabilities are clipped, so that a row costs 16.12 at most:
    above that the loss is taken from logits, or it is the squared error of a number.
    """
    pairs = run.pairs
    if len(pairs) < 2 or not finite([figure for pair in pairs for figure in pair]):
        return None
    each = [loss.value / max(1.0 - right.value, 1e-9) for loss, right in pairs]
    if min(each) <= _COST or max(right.value for _, right in pairs) > _RIGHT:
        return None
    loss, right = pairs[-1]
    beyond = min(each) > CLIP_ZERO
    means = (
        f"A cross-entropy of probabilities costs at most {CLIP_ZERO:.2f} a row, so this is one of logits, or "
        "none at all: a squared error of numbers has no bound."
        if beyond
        else "Not knowing costs ln K a row, 6.9 for a thousand classes: the wrong answers are certain ones."
    )
    return Finding(
        says=f"Loss {loss} over the share of wrong rows, 1 - {right}, is {each[-1]:.1f} for each "
        f"({each[0]:.1f} in the first epoch). {means}",
        shows={"loss_per_wrong_row": each[-1], "first": each[0], "bound": CLIP_ZERO if beyond else _COST},
        fits=_beyond(run) if beyond else (*_LARGE, *_CLIPPED, _PENALTY),
    )


_LARGE = (
    fit("inputs-not-scaled", "Inputs of hundreds make outputs of hundreds from the first step on."),
    fit("learning-rate-too-high", "Steps that are too long make large weights."),
)
#: What costs as much as a clipped answer, and never more.
_CLIPPED = (
    fit("logits-taken-as-probabilities", "Outputs beyond 0 to 1 cost 15 to 16 a row at once."),
    fit("noise-after-output", "Dropout behind a softmax costs 16 for each row that it hits."),
)
_PENALTY = fit("over-regularised", "A penalty on large weights may be a part of the loss.")


def _beyond(run: LoggedRun) -> tuple[Finding, ...]:
    """The causes where no clipped cross-entropy costs as much: numbers, or logits where classes are told."""
    numbers = (
        fit("accuracy-on-continuous-target", "The target may be a number, which an accuracy does not count."),
        fit("target-not-scaled", "A squared error of hundreds is that of numbers in tens or hundreds."),
    )
    few = has_risen(run.accuracy) or run.classes is not None
    return (*_LARGE, *numbers, _PENALTY) if few else (*numbers, *_LARGE, _PENALTY)


wrong_rows_cost_too_much.fires(LoggedRun.of(loss=[7.0816, 6.9, 5.5118], accuracy=[0.4382, 0.43, 0.5955]))
wrong_rows_cost_too_much.fires(LoggedRun.of(loss=[399.7, 302.48, 215.9], accuracy=[0.12, 0.11, 0.12]))
wrong_rows_cost_too_much.quiet(LoggedRun.of(loss=[6.9, 5.1, 4.0], accuracy=[0.01, 0.1, 0.2]))
wrong_rows_cost_too_much.quiet(LoggedRun.of(loss=[9.1, 2.0, 1.1], accuracy=[0.3, 0.5, 0.6]))
