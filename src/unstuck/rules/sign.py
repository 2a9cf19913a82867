"""Signs: what is seen in printed figures alone, and the causes that it fits.

A sign is a rule on a LoggedRun: a symptom with its page and its examples. Most look at one output's part of a
run; one that asks for the `Book` compares all trainings of a log. The finding names the causes that it
`fits`, the likeliest first; no file of a cause lists the figures that may come of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from unstuck.judgement.findings import Certainty, Finding, Impact
from unstuck.registry import Registry
from unstuck.rules.rule import Check, Rule, needs_of

#: What a model that always answers the same shows, whatever the answer: covered by the sign that names it.
ONE_ANSWER = (
    "training-below-validation",
    "accuracy-never-moves",
    "one-answer-for-all",
    "loss-stands-still",
    "nothing-moves",
)

#: The group of rules that signs are.
IN_FIGURES = "figures"

_SIGNS: Registry[Rule] = Registry("signs", f"unstuck.rules.{IN_FIGURES}")


def sign(name: str, *, rank: int, covers: tuple[str, ...] = ()) -> Callable[[Check], Rule]:
    """Make a check a sign in printed figures.

    Args:
        name: what it is called, in kebab case.
        rank: 0 the log is of something else; 10 Keras says so itself; 20 a figure that has one meaning;
            30 a constant that two figures agree on; 40 one constant; 50 a shape of the curve; 60 what is left
            when nothing else fits; 90 no more than a fact.
        covers: signs that it says better: where it is found they are not told.
    """

    def decorate(check: Check) -> Rule:
        made = Rule(
            name,
            check,
            "symptom",
            Certainty.MEASURED,
            Impact.HARMS,
            needs_of(check),
            named=covers,
            rank=rank,
        )
        return _SIGNS.put(name, made, check.__module__)

    return decorate


def fit(cause: str, because: str, certainty: str = "suspected") -> Finding:
    """A cause that a sign fits, and what in the figures speaks for it.

    `certainty` is "measured" only where the figures leave no other explanation of those known.
    """
    return Finding(rule=cause, says=because, certainty=Certainty(certainty))


@cache
def signs() -> tuple[Rule, ...]:
    """All signs, the surest first."""
    return tuple(sorted(_SIGNS.all().values(), key=lambda each: (each.rank, each.name)))
