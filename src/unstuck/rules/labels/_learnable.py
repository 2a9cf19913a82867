"""What the Learnability record means: something to learn, nothing, or too few rows to say."""

from __future__ import annotations

from unstuck.evidence.facts import Learnability
from unstuck.evidence.scores import skill
from unstuck.judgement.standing import LEARNED_SHARE

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


def reached(record: Learnability) -> str:
    """Who got how far, beside the constant answer, in one sentence."""
    many = record.best.endswith("s")
    who = record.best if many else f"a {record.best}"
    who, rows = who[:1].upper() + who[1:], f"{record.held_out:,} rows held out from the fit"
    if record.measure == "R2":
        part = f"{record.score:.3f}" if record.score > 0 else "nothing"
        return (
            f"{who} {'explain' if many else 'explains'} {part} of the variation of the target on {rows} "
            f"(R2 {record.score:.3f}; always the mean: 0)."
        )
    verb = "reach" if many else "reaches"
    if record.measure == "accuracy":
        return (
            f"{who} {verb} an accuracy of {record.score:.3f} on {rows}, always the most frequent class "
            f"{record.baseline:.3f}."
        )
    return (
        f"{who} {verb} {record.score:.3f} on {rows} as the mean share found of each class, any constant "
        f"answer {record.baseline:.3f}."
    )


def by_chance(record: Learnability) -> str:
    """How often chance did as well, without a full stop."""
    as_good = round(record.p_value * (record.permutations + 1)) - 1
    dealt = "moved along the series" if record.series else "dealt out at random"
    return (
        f"With the targets {dealt}, the best of the models came as far in {as_good} of "
        f"{record.permutations} cases (p = {record.p_value:.2g})"
    )
