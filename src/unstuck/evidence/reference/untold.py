"""What the simple models that a fit is held against say of rows that tell nothing, as a Learnability."""

from __future__ import annotations

import math
from dataclasses import replace

from unstuck.evidence.facts import Evidence, Learnability, Reference

#: One-sided normal deviates of 1 in 20 and of 4 in 5: an advantage of their sum, in standard errors, comes
#: out above what chance reaches once in twenty times, four times out of five.
SHOWN = 1.645 + 0.842

#: One kind of model alone may be blind to what another sees: a straight line to a ring.
FEWEST_MODELS = 2

#: Squared errors saved by answers that tell nothing stray by at most 2 / sqrt(rows): the covariance of
#: answers and targets has the standard error s t / sqrt(rows), and answers that vary more than targets lose.
_OF_NUMBERS = 2.0


def with_untold(evidence: Evidence) -> Evidence:
    """The evidence with a Learnability from its reference, where rows of numbers were judged by one.

    Only inputs of one axis are taken, which the simple models get as they are: what they are given of
    pictures, steps and ids is a summary that can leave out what a network sees. Nothing is trained for it.
    """
    reference = evidence.outputs[0].reference if len(evidence.outputs) == 1 else None
    if evidence.learnability is not None or reference is None or not _are_columns(evidence):
        return evidence
    found = learnability_of(reference)
    return replace(evidence, learnability=found) if found is not None else evidence


def learnability_of(reference: Reference) -> Learnability | None:
    """The reference as a Learnability, None where it cannot say that there is nothing to find.

    The network must not be above the best answer without training by more than chance, and two kinds of
    models must have been asked. `smallest` and `noise` are those of a share, or bounds of R2.
    """
    apart, best = reference.versus_trivial, reference.best_simple
    if best is None or len(reference.simple) < FEWEST_MODELS or apart is None or apart.low > 0.0:
        return None
    if reference.measure not in ("accuracy", "R2") or reference.positions or not reference.judged:
        return None
    _, floor = reference.best_trivial
    noise = _OF_NUMBERS / math.sqrt(reference.judged)
    if reference.measure == "accuracy":
        noise = max(math.sqrt(share * (1.0 - share) / reference.judged) for share in (floor, best[1]))
    return Learnability(
        measure=reference.measure,
        scores=reference.simple,
        baseline=floor,
        majority=floor if reference.levels is not None else None,
        classes=reference.levels,
        p_value=reference.p_value,
        permutations=reference.permutations,
        smallest=SHOWN * noise,
        noise=noise,
        rows=reference.taught,
        held_out=reference.judged,
        series=reference.series,
        by_reference=True,
    )


def _are_columns(evidence: Evidence) -> bool:
    """Whether each input is a row of numbers, none of them ids."""
    inputs = evidence.inputs.training if evidence.inputs is not None else ()
    return bool(inputs) and all(len(each.shape) == 1 and not each.are_ids for each in inputs)
