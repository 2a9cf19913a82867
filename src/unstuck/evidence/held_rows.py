"""Arrays, lists and tables that a program holds by name, as rows and as targets of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Fewer rows are no data set.
_FEWEST = 60

#: Larger arrays are not gone through.
_MOST_BYTES = 128 * 2**20

#: Columns that are kept one by one make a table up to so many.
_MOST_COLUMNS = 64

#: Targets that fit got must stand among those that the program holds, but for a few.
MOSTLY = 0.9

#: Standard errors within which classes are as often in one part of the rows as in the whole.
_ERRORS = 4.0

#: Rows and columns of what fit got among which a held column is looked for.
_ORDERED, _MOST_INPUTS = 5000, 256

#: Two columns are one and the same on another scale where their correlation is nearer to 1 than the rounding
#: of single precision takes it.
_ROUNDING = 1e-6


def as_rows(value: Any) -> np.ndarray | None:
    """A plain array of texts or numbers from an array, a list, a pandas table, or columns kept one by one.

    None for all else, and for what is too small to be a data set or too large to go through.
    """
    kind = type(value).__module__.partition(".")[0]
    if kind == "pandas" and hasattr(value, "select_dtypes"):
        value = value.select_dtypes(["number", "bool"]).to_numpy(dtype=np.float64)
    elif kind == "pandas" and hasattr(value, "to_numpy"):
        value = value.to_numpy()
    elif type(value) in (tuple, list, dict):
        value = _columns(list(value.values()) if type(value) is dict else list(value))
    if type(value) is not np.ndarray or value.ndim < 1 or len(value) < _FEWEST:
        return None
    array: np.ndarray = value
    return array if array.nbytes <= _MOST_BYTES and array.dtype.kind in "biufU" else None


def _columns(held: list[Any]) -> np.ndarray | None:
    """A list of texts or of numbers, or several columns of numbers of one length side by side."""
    kinds = {type(each) for each in held[:_FEWEST]}
    if len(held) >= _FEWEST and (kinds <= {str} or kinds <= {int, float}):
        try:
            return np.array(held)
        except (ValueError, OverflowError):
            return None
    if kinds != {np.ndarray} or not 2 <= len(held) <= _MOST_COLUMNS:
        return None
    one_length = {each.shape for each in held} == {held[0].shape} and held[0].ndim == 1
    return np.column_stack(held) if one_length and all(each.dtype.kind in "biuf" for each in held) else None


def flat_targets(array: np.ndarray) -> np.ndarray | None:
    """Targets as one class or number a row; None where they are not."""
    if array.dtype.kind == "U":
        return None
    if array.ndim == 2 and array.shape[1] > 1:
        hot = array.shape[1] <= len(array) and np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()
        return array.argmax(axis=1) if hot else None
    return array.reshape(-1) if array.size == len(array) else None


def same_targets(held: np.ndarray, passed: np.ndarray, *, classes: bool, drawn: bool) -> bool:
    """Whether held targets may be those that fit got: the same classes as often, or the same numbers.

    `drawn` says that a sampler may have drawn the classes as often as it likes.
    """
    if not classes:
        return bool(np.isin(passed.astype(np.float32), held.astype(np.float32)).mean() >= MOSTLY)
    (levels, counts), (others, more) = (np.unique(each, return_counts=True) for each in (held, passed))
    if not np.array_equal(levels, others):
        return False
    shares, fewer = counts / len(held), min(len(held), len(passed))
    noise = _ERRORS * np.sqrt(shares * (1.0 - shares) / fewer)
    return drawn or bool((np.abs(more / len(passed) - shares) <= noise).all())


def follows(held: np.ndarray, passed: np.ndarray) -> bool:
    """Whether held targets begin with those that fit got, as they are or on another scale."""
    if len(held) < len(passed):
        return False
    first = held[: len(passed)]
    return np.array_equal(first, passed) or same_on_a_scale(first, passed)


def same_on_a_scale(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns of many numbers are the same but for a factor and an offset."""
    if len(np.unique(other[:_FEWEST])) < _FEWEST // 2:
        return False  # few levels fall together by chance
    left, right = (each.astype(np.float64) - each.astype(np.float64).mean() for each in (one, other))
    length = float(np.sqrt((left**2).sum() * (right**2).sum()))
    if not np.isfinite(length) or length == 0:
        return False
    return abs(float((left * right).sum())) / length > 1.0 - _ROUNDING


def without_targets(array: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The rows without columns that are the targets themselves, in whatever numbers: a copy is no input.

    Of what is no table of a few columns none is left where one of its values is the target.
    """
    if array.dtype.kind == "U":
        return array.reshape(len(array), -1)[:, :0] if _names_of(array, targets) else array
    columns = array.reshape(len(array), -1)[:, :_MOST_COLUMNS]
    order = np.argsort(targets, kind="stable")
    same = np.diff(targets[order]) == 0
    copies = np.array(
        [
            (same.any() and bool((np.diff(column[order]) == 0)[same].all()))
            or same_on_a_scale(column, targets)
            for column in columns.T
        ]
    )
    if not copies.any():
        return array
    table = array.ndim == 2 and array.shape[1] <= _MOST_COLUMNS
    return array[:, ~copies] if table else array[:, :0]


def _names_of(texts: np.ndarray, targets: np.ndarray) -> bool:
    """Whether these texts are the classes by name: one text for each, in each row that of its class."""
    if texts.ndim != 1:
        return False
    names, codes = np.unique(texts, return_inverse=True)
    classes, numbers = np.unique(targets, return_inverse=True)
    pairs = np.unique(codes * len(classes) + numbers)
    return len(names) == len(classes) == len(pairs)


def seen_in(array: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """The columns of a table of which something is seen in the rows that fit got, row by row; all, if none.

    A column that fit got nothing of may have been left out on purpose: it tells the answer, or comes after
    it. Something of a column is seen where the rows, in the order of its values, bring a column of what was
    passed into an order in which neighbours are alike: its serial correlation (von Neumann's ratio of the
    mean squared difference of neighbours to twice the variance, taken from 1) is above one half.
    """
    if array.dtype.kind == "U" or array.ndim != 2 or array.shape[1] > _MOST_COLUMNS:
        return array
    rows = min(len(array), len(passed), _ORDERED)
    inputs = passed[:rows].reshape(rows, -1)[:, :_MOST_INPUTS].astype(np.float64)
    inputs = inputs[:, inputs.std(axis=0) > 0]
    twice = 2.0 * inputs.var(axis=0)
    seen = [
        bool(
            (
                (np.diff(inputs[np.argsort(column[:rows], kind="stable")], axis=0) ** 2).mean(0) < twice / 2
            ).any()
        )
        for column in array.T
    ]
    return array[:, np.array(seen)] if any(seen) else array
