"""Places within a row, for answers by step or pixel: which are judged, and what lies around each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from unstuck.evidence.inputs import as_numbers
from unstuck.evidence.reference.table import Leaf, NoTableError, standardised

#: How far a simple model sees to each side of a step, and of a pixel.
STEPS_AROUND, PIXELS_AROUND = 2, 1

#: Entries of the one-hot table of neighbouring ids; beyond them only the place's own id counts.
_MOST_COLUMNS = 20_000


def lines_up(leaves: Sequence[Leaf], places: Sequence[int]) -> bool:
    """Whether an input has a value, or values, for each place of a row."""
    return any(tuple(leaf.row_shape[: len(places)]) == tuple(places) for leaf in leaves)


def around(
    leaves: Sequence[np.ndarray], places: tuple[int, ...], chosen: np.ndarray, ahead: bool = True
) -> Any:
    """(chosen places, columns) of what stands at and around each place, a sparse matrix for ids.

    Args:
        leaves: the inputs of the rows; those whose rows do not have these places are left out.
        places: the shape of the places of one row, (steps,) or (height, width).
        chosen: numbers of places, counted over all rows.
        ahead: whether what lies behind a place may be seen too.

    Raises:
        NoTableError: no input has these places, or nothing varies around them.
    """
    fitting = [leaf for leaf in leaves if leaf.shape[1 : 1 + len(places)] == places]
    if not fitting:
        raise NoTableError("no input lines up with the places of the answers")
    parts = [_around(leaf, places, chosen, ahead) for leaf in fitting]
    if not any(part.shape[1] for part in parts):
        raise NoTableError("no input varies from place to place")
    if not any(hasattr(part, "tocsr") for part in parts):
        return np.concatenate(parts, axis=1)
    from scipy import sparse

    return sparse.hstack([sparse.csr_matrix(part) for part in parts], format="csr")


def _around(leaf: np.ndarray, places: tuple[int, ...], chosen: np.ndarray, ahead: bool) -> Any:
    numbers = as_numbers(leaf)
    if numbers is None:
        raise NoTableError("the inputs are text, where places would be needed")
    where = np.unravel_index(chosen, (len(leaf), *places))
    reach = STEPS_AROUND if len(places) == 1 else PIXELS_AROUND
    found = []
    for offset in product(range(-reach, (reach if ahead else 0) + 1), repeat=len(places)):
        moved = [
            np.clip(at + step, 0, size - 1) for at, step, size in zip(where[1:], offset, places, strict=True)
        ]
        found.append(numbers[(where[0], *moved)])
    middle = len(found) // 2 if ahead else len(found) - 1
    if found[0].ndim == 1 and _are_ids(numbers):
        return _one_hot(found, middle)
    return standardised(np.stack(found, axis=1).astype(np.float64).reshape(len(chosen), -1))


def _are_ids(numbers: np.ndarray) -> bool:
    return numbers.dtype.kind in "iu" and bool((numbers >= 0).all())


def _one_hot(around: Sequence[np.ndarray], middle: int) -> Any:
    """One column for each id at each distance."""
    from scipy import sparse

    values, codes = np.unique(np.stack(around, axis=1), return_inverse=True)
    codes = codes.reshape(len(around[0]), len(around))
    if len(values) * len(around) > _MOST_COLUMNS:
        codes = codes[:, middle : middle + 1]
    columns = codes + np.arange(codes.shape[1]) * len(values)
    rows = np.repeat(np.arange(len(codes)), codes.shape[1])
    shape = (len(codes), codes.shape[1] * len(values))
    return sparse.csr_matrix((np.ones(codes.size), (rows, columns.reshape(-1))), shape=shape)
