"""The search for the part at fault: halve the difference, then exchange one part at a time, then confirm.

Pure: what trains is given. An arrangement says which parts are the user's and which are standard.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from unstuck.lab.exchange.parts import Part
from unstuck.lab.verdicts import WORTH_HAVING, Difference, paired_difference

#: Seeds of what is confirmed in pairs, as in every trial.
SEEDS = (0, 1, 2)

#: A part is at fault when the exchange closes at least so much of the gap to the reference; what closes less
#: is a better part, not the fault. The gap is measured in powers of ten of what is wrong or unexplained, of
#: which a hundredth more or less is noise: from 40 % wrong to 4 % is the whole way to 4 %, to 12 % the half.
CLOSES, NOISE = 0.5, 0.01


@dataclass(frozen=True)
class Arrangement:
    """Which parts a training is made of.

    `reference` is what is taken from the reference: "" (the user's training), "training" (its loss, step and
    optimizer), "both", or "layers" (both, but in place of the network only the user's own layers
    are exchanged). `swapped` are parts of the user's that are standard instead, `kept` parts of the
    reference that are the user's instead, by their keys.
    """

    reference: str = ""
    swapped: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


#: The score of an arrangement on a seed, None where it could not be trained to its end.
Score = Callable[[Arrangement, int], float | None]

USER, REFERENCE = Arrangement(), Arrangement("both")


@dataclass(frozen=True)
class Direction:
    """One exchange in pairs of seeds: the scores without and with it, and the paired difference."""

    before: tuple[float, ...]
    after: tuple[float, ...]
    difference: Difference


@dataclass(frozen=True)
class SearchResult:
    """What the search came to.

    `part` is None where no single part heals; `side` then names the half that does, "" for neither.
    `heals` is the user's training with the standard part, `breaks` the reference with the user's part.
    `user` and `reference` are the scores on the first seed; `tried` counts the parts exchanged alone.
    """

    user: float | None = None
    reference: float | None = None
    part: Part | None = None
    side: str = ""
    heals: Direction | None = None
    breaks: Direction | None = None
    tried: int = 0
    unfinished: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether the user's training heals by the exchange, and the reference breaks by it."""
        return self.part is not None and self._heals and self._breaks

    @property
    def too_close(self) -> bool:
        """Whether the user's training is as good as the reference, so that no exchange can tell anything."""
        return self.user is not None and self.reference is not None and not self.tried

    @property
    def _heals(self) -> bool:
        way = self.heals
        if way is None or way.difference.pairs < len(SEEDS) or not way.difference.better:
            return False
        return way.difference.mean >= WORTH_HAVING and _mean(way.after) >= self.half_way

    @property
    def _breaks(self) -> bool:
        way = self.breaks
        if way is None or way.difference.pairs < len(SEEDS) or not way.difference.worse:
            return False
        return -way.difference.mean >= WORTH_HAVING and _mean(way.after) <= self.half_way

    @property
    def half_way(self) -> float:
        """The score that closes half of the gap between the user's training and the reference."""
        low, high = (-math.log10(1.0 - each + NOISE) for each in (self.user or 0.0, self.reference or 0.0))
        return 1.0 + NOISE - math.pow(10.0, -(low + CLOSES * (high - low)))


def search(parts: Sequence[Part], score: Score) -> SearchResult:
    """Find the part at fault.

    Args:
        parts: in the order of suspicion.
        score: trains an arrangement on a seed; gives None when the time is up.
    """
    user, reference = score(USER, 0), score(REFERENCE, 0)
    found = SearchResult(user=user, reference=reference)
    if user is None or reference is None or reference - user < WORTH_HAVING:
        return replace(found, unfinished=user is None)
    least = found.half_way
    order = list(parts)
    if len(order) > 2 and len({each.side for each in order}) == 2:
        half = score(Arrangement("training"), 0)
        side = "training" if half is not None and half >= least else "network"
        order.sort(key=lambda each: each.side != side)
        found = replace(found, side=side if half is not None else "")
    for tried, part in enumerate(_outer_first(order), start=1):
        found = replace(found, tried=tried)
        alone = score(Arrangement(swapped=frozenset({part.key})), 0)
        if alone is not None and alone >= least:
            part = _innermost(part, parts, score, least)
            return _confirmed(replace(found, part=part, side=part.side), score)
    return found


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


def _outer_first(parts: Sequence[Part]) -> list[Part]:
    """Those that stand in no other part."""
    keys = {each.key for each in parts}
    return [each for each in parts if each.inside not in keys]


def _innermost(part: Part, parts: Sequence[Part], score: Score, least: float) -> Part:
    """The part within this one that heals alone, where there is one."""
    for each in parts:
        if each.inside == part.key:
            alone = score(Arrangement(swapped=frozenset({each.key})), 0)
            if alone is not None and alone >= least:
                return _innermost(each, parts, score, least)
    return part


def _confirmed(found: SearchResult, score: Score) -> SearchResult:
    """The exchange of the part both ways, in pairs."""
    assert found.part is not None
    key = frozenset({found.part.key})
    inside = found.part.side == "network" and found.part.kind != "call"
    whole = "layers" if inside else "both"
    heals = _direction(score, Arrangement(), Arrangement(swapped=key))
    if heals is None or not heals.difference.better:
        return replace(found, heals=heals)
    return replace(
        found, heals=heals, breaks=_direction(score, Arrangement(whole), Arrangement(whole, kept=key))
    )


def _direction(score: Score, before: Arrangement, after: Arrangement) -> Direction | None:
    pairs = []
    for seed in SEEDS:
        one, other = score(before, seed), score(after, seed)
        if one is not None and other is not None:
            pairs.append((one, other))
    difference = paired_difference([each[0] for each in pairs], [each[1] for each in pairs])
    if difference is None:
        return None
    return Direction(tuple(each[0] for each in pairs), tuple(each[1] for each in pairs), difference)
