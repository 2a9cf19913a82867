"""Trainings of the user's own network as an experiment needs them: their figures, or why there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unstuck.evidence.facts import Labels
from unstuck.lab.arms import Arm, ArmTask, run_arm
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments._rows import targets_of
from unstuck.lab.recipe import Recipe, taken
from unstuck.lab.record import NoRecipeError
from unstuck.lab.resize import Size


def trained(recipe: Recipe, seed: int, size: Size, seconds: float) -> Arm:
    """One training of the recipe as it is.

    Raises:
        UnaskableError: the model cannot be built or trained again, or the time ended it.
    """
    try:
        arm = run_arm(recipe, ArmTask(seed=seed, size=size, seconds=seconds))
    except NoRecipeError as error:
        raise UnaskableError(str(error)) from None
    if arm.raised is not None:
        raise UnaskableError(f"the training ends with {arm.raised}")
    if arm.cut:
        raise UnaskableError("the time was up before a training ended")
    return arm


def figure(arm: Arm, name: str) -> float:
    """A figure of the first output that has it.

    Raises:
        UnaskableError: no output has it.
    """
    found = next((scores[name] for scores in arm.scores.values() if name in scores), None)
    if found is None or not np.isfinite(found):
        raise UnaskableError("the network's answers cannot be compared with these targets")
    return float(found)


def measure_of(recipe: Recipe) -> str:
    """What "right" and "val_right" are for these targets, in words."""
    try:
        classes = targets_of(recipe)[1]
    except UnaskableError:
        return "score (share of right decisions, or R2 for numbers)"
    return "accuracy" if classes is not None else "R2 (the share of the variation explained)"


def constant_score(targets: np.ndarray | None) -> float:
    """What the best constant answer gets: the share of the most frequent class, 0 for numbers (R2)."""
    if targets is None:
        return 0.0
    labels = Labels.of(targets)
    return labels.majority if labels.are_classes and labels.levels else 0.0


def judged_by(recipe: Recipe, train: np.ndarray, test: np.ndarray) -> Recipe:
    """The recipe trained on some of its rows and judged on others."""
    held_out = (taken(recipe.x, test), taken(recipe.y, test))
    return replace(recipe.with_rows(train), held_out=held_out, validation_split=0.0)
