"""When parts are exchanged in a proof, and how much of its time that may take."""

from __future__ import annotations

from unstuck.case import RunRecord
from unstuck.lab.rerun import Rerun
from unstuck.recipe import Recipe
from unstuck.rules.bounds import NOTHING_LEARNED

#: What is asked at the same time: whether there is anything to learn takes no training.
EXCHANGE = ("exchange-of-parts", "learnability")

#: The share of the time for them; the rest goes to the trials of what is suspected.
EXCHANGING = 0.75

#: The share of the time that trials of what is measured may take before parts are exchanged.
TRIALS_FIRST = 0.5

#: Symptoms of a training that does not learn what there is.
_DOES_NOT_LEARN = frozenset(
    {
        *NOTHING_LEARNED,
        "accuracy-stays-low",
        "accuracy-stands-still",
        "learning-slow",
        "loss-explodes",
        "loss-negative",
        "loss-falls-accuracy-does-not",
    }
)


def exchangeable(run: RunRecord, recipe: Recipe | Rerun) -> bool:
    """Whether the training does not learn, has parts of the program's own, and nothing is proved about it."""
    if not isinstance(recipe, Recipe) or not recipe.custom or recipe.from_file:
        return False
    if any(cause.certainty in ("proved", "confirmed") and cause.impact != "misleads" for cause in run.causes):
        return False
    return any(each.rule in _DOES_NOT_LEARN for each in run.symptoms)
