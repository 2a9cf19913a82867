"""Whether a loss knows which target belongs to which row."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Pairing, Predictions

#: Float32 sums the same pairs in another order to some 1e-6 of their size.
ROUNDING = 1e-5

#: Targets on other rows change a loss that pairs them by a hundred times that at least.
_OTHER = 1e-3

#: A model whose answers follow the targets this well was taught by the right pairs somewhere.
_LEARNED_R2 = 0.5


def ignores_rows(pairing: Pairing, predictions: Predictions | None) -> bool:
    """Whether a loss is the same whichever row a target belongs to, and would not be in the right shape.

    Where answers take few values, targets dealt anew may cost the same by chance: the loss as given is then
    that of the right pairs. A loss that flattens the targets itself is the same in any shape of theirs: it is
    then the mean over all pairs of a target and an answer, and differs from one target to the next.
    """
    if predictions is not None and predictions.r2 is not None and predictions.r2 >= _LEARNED_R2:
        return False
    given = (pairing.as_given, pairing.dealt, pairing.reversed)
    if not all(map(math.isfinite, (*given, pairing.lowest, pairing.highest, pairing.all_pairs))):
        return False
    same = max(given) - min(given) <= ROUNDING * abs(pairing.as_given)
    differ = pairing.highest - pairing.lowest > _OTHER * abs(pairing.all_pairs)
    if pairing.in_any_shape:  # losses of whole batches, such as of two means, are no mean of all pairs
        return same and differ and math.isclose(pairing.as_given, pairing.all_pairs, rel_tol=ROUNDING)
    return same and differ and not math.isclose(pairing.as_given, pairing.paired, rel_tol=ROUNDING)
