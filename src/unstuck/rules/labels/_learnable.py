"""What the Learnability record means: something to learn, nothing, or too few rows to say."""

from __future__ import annotations

from unstuck.evidence.facts import Learnability
from unstuck.rules.bounds import LEARNED_SHARE, skill

#: A result that chance alone gives at most once in twenty times.
RARE = 0.05

#: How far under the true score the best score lies at most, in standard errors, nineteen times of twenty.
ONE_SIDED = 1.645

#: An advantage that the rows could have hidden must stay under this share of the way to perfect: one
#: that goes a quarter of it is what anyone would call learning.
HIDDEN_SHARE = 0.2


def finds_something(record: Learnability) -> bool:
    """Whether a simple model beats the constant answer by more than chance, and by enough to matter."""
    return record.p_value <= RARE and skill(record.score, record.baseline) >= LEARNED_SHARE


def order_tells(record: Learnability) -> bool:
    """Whether "the same as the row before" beats the constant answer by enough to matter."""
    return record.persistence is not None and skill(record.persistence, record.baseline) >= LEARNED_SHARE


def is_powered(record: Learnability) -> bool:
    """Whether the rows would have shown any advantage that is worth having."""
    return record.smallest <= HIDDEN_SHARE * (1.0 - record.baseline)


def finds_nothing(record: Learnability) -> bool:
    """Whether the rows speak against anything to learn.

    Either chance does as well and the rows were enough to show an advantage worth having; or,
    with nineteen to one, the advantage is less than a tenth of the way to perfect.
    """
    if not record.scores or order_tells(record):
        return False
    at_most = record.score + ONE_SIDED * record.noise
    little = record.noise > 0.0 and skill(at_most, record.baseline) < LEARNED_SHARE
    return little or (record.p_value > RARE and is_powered(record))
