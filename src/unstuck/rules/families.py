"""Families of symptoms: what one mechanism brings about.

A symptom states its family once. A cause names the families that its mechanism brings about, and single
symptoms only where arithmetic asks for one, so that a new symptom is one new file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A set of symptoms that one mechanism brings about: its name, and the mechanism in a sentence.

    A family that stands `within` another one is brought about with it: a cause that names the wider
    one explains the symptoms of both.
    """

    name: str
    says: str
    within: Family | None = None

    def holds(self, other: Family | None) -> bool:
        """Whether a symptom of the other family is one of this."""
        while other is not None and other != self:
            other = other.within
        return other is not None


NOTHING_LEARNED = Family(
    "nothing-learned",
    "The answers do not depend on the inputs, so every figure is that of a constant answer.",
)
SCORE_STAYS = Family(
    "score-stays",
    "The accuracy does not leave its baseline: nothing is learned, or it does not count what is.",
    within=NOTHING_LEARNED,
)
LEARNS_LITTLE = Family(
    "learns-little",
    "The loss moves and the score hardly follows: what was learned does not come far, or is not counted.",
)
LEARNING_ENDS = Family(
    "learning-ends",
    "Something was learned, then the steps came to nothing: no weight moves far enough to change a decision.",
)
METRIC_LIES = Family(
    "metric-lies",
    "The accuracy counts something else than the decisions on the labels, so it contradicts other figures.",
)
DIVERGES = Family(
    "diverges",
    "Steps or values grow beyond what the loss can hold, until it explodes or is no number any more.",
)
DOES_NOT_FIT = Family(
    "does-not-fit",
    "Shapes, values or types do not go together, and a backend that notices ends the training.",
)
VALIDATION_APART = Family(
    "validation-apart",
    "What holds on the training rows does not hold on the validation rows, or they are judged otherwise.",
)

ALL = (
    NOTHING_LEARNED,
    SCORE_STAYS,
    LEARNS_LITTLE,
    LEARNING_ENDS,
    METRIC_LIES,
    DIVERGES,
    DOES_NOT_FIT,
    VALIDATION_APART,
)
