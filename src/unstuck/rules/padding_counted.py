"""Whether an accuracy is that of padded steps: what the symptom and its cause both read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.evidence.facts import Curve, Metrics, Padded, Reference
from unstuck.rules.bounds import share_noise

#: With a share s of padding, all of it right, an accuracy is s + (1 - s) r where r is right elsewhere: it is
#: (s / (1 - s)) (1 - accuracy) above r. Under a third of padding that is at most half of what is wrong.
_SHARE = 1.0 / 3.0

#: Padding is answered right nearly always once its class is learned.
_ALL = 0.95

#: An accuracy that is less above that of the other steps hardly misleads.
_FAR = 0.2

#: Of the way from the most frequent class to the reported figure a model has gone less than this.
_HALF = 0.5

#: How near a figure lies to the one of two that it is: an epoch's accuracy is a mean over its steps.
_NEAR = 0.25


@dataclass(frozen=True)
class Lifted:
    """The accuracy `name` of the last epoch, `reported`, and what it counts."""

    name: str
    reported: float
    padded: Padded


def lifted(reference: Reference, metrics: Metrics, curve: Curve) -> Lifted | None:
    """The accuracy that padding lifts far above that of the other steps; None where it does not.

    The reported figure has to be that of all steps together, to a quarter of the distance: where weights or
    a mask keep the padding out it is that of the other steps.
    """
    padded, metric = reference.padded, metrics.accuracy
    if padded is None or metric is None or padded.share < _SHARE or padded.at_padding < _ALL:
        return None
    values = curve.get(f"val_{metric.name}" if reference.on == "validation" else metric.name)
    if not values:
        return None
    reported, apart = values[-1], padded.everywhere - padded.right
    if apart < max(_FAR, share_noise(padded.right, reference.judged)):
        return None
    if not abs(reported - padded.everywhere) <= _NEAR * apart:
        return None
    if padded.right - padded.most >= _HALF * (reported - padded.most):
        return None  # much is learned there
    return Lifted(metric.name, reported, padded)
