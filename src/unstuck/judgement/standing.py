"""How a network stands against its reference: beaten, holding its own, or not told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy comes with it, and `unstuck log` must begin at once
    from unstuck.evidence.facts import Reference, Versus

#: A score has left its baseline when it has gone a tenth of the way from there to perfect. A model
#: that does less cannot be told from a constant answer by anyone who uses it.
LEARNED_SHARE = 0.1

#: Targets dealt out at random do as well as the simple model at most once in a hundred times.
BY_CHANCE = 0.01

#: Of what a simple model finds, a network that has found more than half is on its way; with less, most of
#: what the rows tell has passed it by.
HALF_WAY = 0.5


@dataclass(frozen=True)
class Rival:
    """An answer that is clearly better than the network: its name, its score, and the paired difference."""

    name: str
    score: float
    versus: Versus


def rival_of(reference: Reference) -> Rival | None:
    """The simple model, or the answer without training, that clearly beats the network; None for none.

    Clearly: by more than three standard errors of the paired differences, and by a tenth of the way
    from the best answer without training to perfect. A simple model must itself be better than that
    answer, and by more than chance.
    """
    name, floor = reference.best_trivial
    enough = LEARNED_SHARE * (1.0 - floor)
    best, apart = reference.best_simple, reference.versus_simple
    if best is not None and finds_something(reference) and apart is not None and _loses(apart, enough):
        return Rival(best[0], best[1], apart)
    apart = reference.versus_trivial
    return Rival(name, floor, apart) if apart is not None and _loses(apart, enough) else None


def finds_something(reference: Reference) -> bool:
    """Whether a simple model is better than every answer without training, and by more than chance."""
    best, (_, floor) = reference.best_simple, reference.best_trivial
    return best is not None and best[1] > floor and reference.p_value <= BY_CHANCE


def is_under_way(reference: Reference) -> bool:
    """Whether the network has come half of the way from the best answer without training to its rival, and is
    above that answer by more than chance.
    """
    rival, apart = rival_of(reference), reference.versus_trivial
    if rival is None or reference.network is None or apart is None or apart.low <= 0.0:
        return False
    floor = reference.best_trivial[1]
    return reference.network - floor >= HALF_WAY * (rival.score - floor)


def _loses(apart: Versus, enough: float) -> bool:
    """Whether the network is below by more than chance and by enough to matter."""
    return apart.high < 0.0 and -apart.difference >= enough


def holds_its_own(reference: Reference) -> bool:
    """Whether the network is above every answer without training by more than chance, and beaten by none.

    Without a simple model beside it nothing is said.
    """
    apart = reference.versus_trivial
    if reference.network is None or not reference.simple or apart is None:
        return False
    return apart.low > 0.0 and rival_of(reference) is None
