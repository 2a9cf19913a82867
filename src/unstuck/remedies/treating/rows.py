"""Changes of a recipe's rows that several remedies share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from unstuck.evidence.sample import leaves
from unstuck.lab.recipe import Recipe, UntreatableError


def single(structure: Any) -> np.ndarray:
    """The one array of numbers in a structure.

    Raises:
        UntreatableError: there is none, there are several, or it holds something else than numbers.
    """
    arrays: list[np.ndarray] = leaves(structure)
    if len(arrays) != 1:
        several = "there are several arrays, and it is not clear which one to change"
        raise UntreatableError(several if arrays else "the rows that passed were not recorded")
    if arrays[0].dtype.kind not in "biufc":
        raise UntreatableError("the array does not hold numbers")
    return arrays[0]


def feature_axes(values: Mapping[str, Any]) -> int | tuple[int, ...]:
    """The axes over which a feature's figures are taken: all but the last of `dimensions`, those of a row.

    Rows of one number or of one list of numbers (1, also where it is not told) have axis 0 alone.
    """
    leading = max(int(values.get("dimensions", 1)), 1)
    return 0 if leading == 1 else tuple(range(leading))


def change_inputs(recipe: Recipe, change: Callable[[np.ndarray], np.ndarray]) -> Recipe:
    """The one input array passed through a function, the held-out rows' too.

    Raises:
        UntreatableError: there is not one array of numbers.
    """
    single(recipe.x)
    return recipe.with_inputs(change)


def change_targets(recipe: Recipe, change: Callable[[np.ndarray], np.ndarray]) -> Recipe:
    """The one target array passed through a function, the held-out rows' too.

    Raises:
        UntreatableError: there is not one array of numbers.
    """
    single(recipe.y)
    return recipe.with_targets(change)
