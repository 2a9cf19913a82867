"""When parts are exchanged in a proof, and how much of its time that may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.lab.exchange.network import is_off
from unstuck.lab.recipe import Recipe
from unstuck.lab.rerun import Rerun
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import symptoms_of

#: What is asked at the same time: whether there is anything to learn takes no training.
EXCHANGE = ("exchange-of-parts", "learnability")

#: The share of the time for them: most of it where nothing else is known, half of it where the remedies of
#: what is suspected or measured are to be tried as well.
ALONE, BESIDE = 0.75, 0.5

#: The share of the time that trials of what is measured may take before parts are exchanged.
TRIALS_FIRST = 0.5


#: What is the same whatever brought it about: units that are 0, no gradient, a loss that is not a number.
MECHANISMS = frozenset(
    {"dead-relu", "exploding-gradient", "nan-loss", "saturated-divergence", "vanishing-gradient"}
)

#: What is asked beside the exchange, and no more than suspected before.
_NOTHING = "nothing-to-learn"

#: Causes that lie before the training.
BEFORE_FIT = frozenset(
    {"rows-in-another-order", "rows-levelled", "signal-lost-before-fit", "target-too-far-ahead"}
)


def share_for(run: RunRecord) -> float:
    """The share of the time that the exchange may take: that rows hold nothing has no remedy to be tried."""
    return BESIDE if any(cause.rule != _NOTHING for cause in run.causes) else ALONE


def exchangeable(run: RunRecord, recipe: Recipe | Rerun) -> bool:
    """Whether the training does not learn, has parts of the program's own, and nothing is proved about it."""
    if not isinstance(recipe, Recipe) or recipe.from_file or not _has_parts(recipe):
        return False
    if any(cause.rule in BEFORE_FIT for cause in run.causes):
        return False  # no part of the training brings back what its rows do not hold
    roots = [cause for cause in run.causes if cause.rule not in MECHANISMS and cause.impact != "misleads"]
    if any(cause.certainty in ("proved", "confirmed") for cause in roots):
        return False
    too_little = symptoms_of(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, DIVERGES, "loss-negative")
    return any(each.rule in too_little for each in run.symptoms)


def _has_parts(recipe: Recipe) -> bool:
    """Whether it holds code of the program's own, weights of rows, constraints, or an odd start."""
    if recipe.custom or recipe.class_weight or recipe.sample_weight is not None:
        return True
    initial = zip(recipe.paths, recipe.initial or (), strict=False)
    return _is_bounded(recipe.model) or any("kernel" in path and is_off(array) for path, array in initial)


def _is_bounded(node: Any) -> bool:
    """Whether a serialised configuration holds a constraint."""
    if isinstance(node, Mapping):
        named = any(str(key).endswith("_constraint") and part is not None for key, part in node.items())
        return named or any(map(_is_bounded, node.values()))
    return isinstance(node, (list, tuple)) and any(map(_is_bounded, node))
