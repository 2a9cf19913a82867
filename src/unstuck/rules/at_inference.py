"""Whether the training rows are decided as well in inference mode as training logged for them. Pure."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Metrics, Reference
from unstuck.rules.bounds import share_noise

#: Less than five points of accuracy are no reason to look: rounding of targets, rows that were left out of a
#: last short batch, and the last steps of a high rate come to that.
POINTS_LOST = 0.05


def loses_what_was_logged(reference: Reference | None, curve: Curve | None, metrics: Metrics | None) -> bool:
    """Whether the training rows are decided clearly worse in inference mode than training logged for them.

    The figure of an epoch is the mean over its batches, each with the weights of that moment: as long as a
    network gets better it lies below what the last weights reach, so that the mean alone never explains a
    figure that lies above. An epoch that went down does: the lower of the last two is held against the rows.
    Dropout and other noise of training mode make the logged figure lower, too. What is left is a model that
    behaves otherwise in inference mode, other weights than those of the last step, or a figure of other rows:
    reason to run the same rows in both modes, and no finding by itself.
    """
    if reference is None or curve is None or metrics is None or metrics.accuracy is None:
        return False
    if reference.on != "training" or reference.measure != "accuracy" or reference.network is None:
        return False
    logged = curve.get(metrics.accuracy.name)[-2:]
    if not logged or not all(map(math.isfinite, logged)):
        return False
    return min(logged) - reference.network > max(
        POINTS_LOST, share_noise(reference.network, reference.judged)
    )
