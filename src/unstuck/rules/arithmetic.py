"""The arithmetic that signs share: constants of losses, what stands still, what has learned. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.run import LoggedRun
from unstuck.rules.bounds import CLIP_ONE, CLIP_ZERO, NEAR_ONE

LN2 = math.log(2.0)

#: Two epochs of the same figure may be an accident of rounding, three are not.
STAYS = 3

#: A loss within 1% of a constant is at it; the first batches and the last may differ that much.
NEAR = 0.01

#: From this fall on a loss has fallen: far beyond the noise of an epoch's mean.
FALLEN = 0.1

#: A curve that goes one way does so in three steps of four; one that wanders, in two.
_MOSTLY = 0.75

#: An accuracy this far above where it began has risen, whatever the number of rows.
RISEN = 0.05

#: More classes than this have logarithms that four digits no longer tell apart by chance alone.
MOST_CLASSES = 1000


@dataclass(frozen=True)
class Clip:
    """What a row costs whose answer is certain and wrong, and the software that has this bound.

    `side` is "one" for probability 1 on label 0, "zero" for probability 0 on the row's own label.
    """

    cost: float
    side: str
    stack: str


_TODAY = "Keras 1 and 2 on TensorFlow 1, or Keras 3 on JAX and torch"

#: Keras clips probabilities to [eps, 1 - eps], eps = 1e-7. In float32 1 - eps is 1 - 2**-23, so that
#: the two sides differ. Early TensorFlow 2 adds eps to the argument of the logarithm; from about 2.12 on the
#: sum of 2**-23 and eps is rounded to 2**-22. The first versions of Keras clipped at 1e-15.
CLIPS = (
    Clip(CLIP_ONE, "one", _TODAY),
    Clip(CLIP_ZERO, "zero", _TODAY),
    Clip(-math.log(2.0**-23 + 1e-7), "one", "TensorFlow 2.0 to about 2.11"),
    Clip(-math.log(2e-7), "zero", "TensorFlow 2 before Keras 3"),
    Clip(-math.log(2.0**-22), "one", "TensorFlow from about 2.12, before Keras 3"),
    Clip(-math.log(1e-15), "both", "Keras of 2015"),
)

_BY_STYLE = {
    "Keras 3": "Keras 3 on JAX or torch, or on TensorFlow with a layer behind the activation",
    "Keras 1 or 2": "Keras 1 or 2 on TensorFlow 1",
}


def stack_of(clip: Clip, style: str) -> str:
    """The software that a constant betrays, narrowed down by the style of the log where both leave a
    choice.
    """
    return _BY_STYLE.get(style, clip.stack) if clip.stack == _TODAY else clip.stack


#: A loss per wrong row this near a clip constant is at it: the constants lie at least .08 apart.
CLIP_TOLERANCE = 0.05

#: With fewer wrong rows than this share the printed digits do not tell the cost of each.
FEWEST_WRONG = 0.01


def clip_of(loss: Figure, accuracy: Figure) -> tuple[Clip, float] | None:
    """The clip constant that the loss of each wrong row is at, with that loss; None for none."""
    wrong = 1.0 - accuracy.value
    if not (loss.finite and accuracy.finite) or not FEWEST_WRONG <= wrong <= 1.0:
        return None
    each = loss.value / wrong
    blur = loss.half / wrong + each * accuracy.half / wrong
    nearest = min(CLIPS, key=lambda clip: abs(clip.cost - each))
    return (nearest, each) if abs(nearest.cost - each) <= max(CLIP_TOLERANCE, blur) else None


def binary_entropy(share: float) -> float:
    """The loss of always answering the share p: -p ln p - (1 - p) ln(1 - p)."""
    if not 0.0 < share < 1.0:
        return 0.0
    return -share * math.log(share) - (1.0 - share) * math.log(1.0 - share)


def twice_softmax_floor(classes: int) -> float:
    """The least cross-entropy of a softmax over probabilities: ln(e + K - 1) - 1."""
    return math.log(math.e + classes - 1) - 1.0


def smoothing_floor(classes: int, smoothing: float) -> float:
    """The least cross-entropy against labels smoothed over K classes: the entropy of such a label."""
    other = smoothing / classes
    top = 1.0 - smoothing + other
    return -top * math.log(top) - (classes - 1) * other * math.log(other)


#: For one sigmoid through another: .3133 a row of label 1 and ln 2 a row of label 0; half of each.
TWICE_SIGMOID_FLOOR = 0.5 * (math.log(1.0 + math.exp(-1.0)) + LN2)


def finite(figures: Sequence[Figure]) -> bool:
    """Whether there are figures, and none is NaN or infinite."""
    return bool(figures) and all(figure.finite for figure in figures)


def stands_still(figures: Sequence[Figure], least: int = STAYS) -> bool:
    """Whether all figures are the same to their printed digits, over at least `least` epochs."""
    if len(figures) < least or not finite(figures):
        return False
    return all(
        abs(figure.value - figures[0].value) <= 0.5 * (figure.half + figures[0].half) for figure in figures
    )


def ending(figures: Sequence[Figure], count: int = STAYS) -> Sequence[Figure]:
    """The last figures: `count` of them, or all where there are fewer."""
    return figures[-count:]


def stays_near(figures: Sequence[Figure], constant: float, share: float = NEAR) -> bool:
    """Whether every figure is within a share of a constant, or within its printed digits."""
    return finite(figures) and all(figure.is_at(constant, share * abs(constant)) for figure in figures)


def has_fallen(figures: Sequence[Figure], share: float = FALLEN) -> bool:
    """Whether a loss fell by this share of its first value."""
    return (
        len(figures) > 1
        and finite(figures)
        and figures[0].value - figures[-1].value > share * abs(figures[0].value)
    )


def rises(figures: Sequence[Figure]) -> bool:
    """Whether a loss ended a tenth above its first value, three steps of four going up."""
    if len(figures) < STAYS or not finite(figures):
        return False
    up = sum(later.value > earlier.value for earlier, later in pairwise(figures))
    return (
        has_fallen(figures[::-1])
        and figures[-1].value > figures[0].value
        and up >= _MOSTLY * (len(figures) - 1)
    )


def has_risen(accuracy: Sequence[Figure]) -> bool:
    """Whether an accuracy ended clearly above its first value."""
    return len(accuracy) > 1 and finite(accuracy) and accuracy[-1].value - accuracy[0].value >= RISEN


def learns(run: LoggedRun) -> bool:
    """Whether the training figures look like learning: the loss falls, the accuracy rises or is high."""
    accuracy = run.accuracy
    high = bool(accuracy) and accuracy[-1].finite and accuracy[-1].value >= NEAR_ONE
    return has_fallen(run.loss) and (
        not accuracy or has_risen(accuracy) or (high and not stands_still(accuracy))
    )


def has_learned(run: LoggedRun) -> bool:
    """Whether the accuracy is high enough to be no question, however it came there, unless the loss rises."""
    high = bool(run.accuracy) and run.accuracy[-1].finite and run.accuracy[-1].value >= NEAR_ONE
    return high and not rises(run.loss)


def close_to_chance(accuracy: Figure, classes: int, rows: int | None = None) -> bool:
    """Whether an accuracy is what one of K classes gets by guessing, give or take the rows' noise.

    Three standard errors over the rows, or a fifth of 1/K where nobody counted them: classes are
    rarely exactly alike.
    """
    chance = 1.0 / classes
    noise = 3.0 * math.sqrt(chance * (1.0 - chance) / rows) if rows else 0.0
    return accuracy.is_at(chance, max(0.2 * chance, noise))


def one_in(accuracy: Figure) -> int | None:
    """K where the share of wrong answers is 1/K to the printed digits, for K of 2 to 1,000."""
    wrong = 1.0 - accuracy.value
    if not 1.0 / MOST_CLASSES <= wrong <= 0.5 + accuracy.half:
        return None
    classes = round(1.0 / wrong)
    return classes if classes >= 2 and accuracy.is_at(1.0 - 1.0 / classes) else None


def over(count: int) -> str:
    """A number of epochs in words: "in 1 epoch", "over 5 epochs"."""
    return "in 1 epoch" if count == 1 else f"over {count} epochs"


def goes(figures: Sequence[Figure]) -> str:
    """How a curve goes, in words, by its first and last figure."""
    first, last = str(figures[0]), str(figures[-1])
    if first == last:
        return f"stays at {first}" if len(figures) > 1 else f"is {first}"
    return f"goes from {first} to {last}"
