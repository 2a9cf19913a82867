"""Rows: the user's data as far as it may be looked at, as numpy, in the user's own structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: A sparse matrix is written out for looking at when it takes no more than this when dense.
DENSE_BYTES = 64 * 2**20


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Training or validation rows of one fit. Lives only while the fit wrapper holds it.

    `x` and `y` have the structure the user passed (array, list, tuple or dict of arrays); leaves
    are numpy arrays whose first axis is rows (views of the user's own arrays, never copies, and
    never to be written to). `y` is None when the user gave none. `complete` is False when these
    are only the rows that were recorded as batches passed; `count` is the number of all rows if
    known. `batch_targets` are the targets of single batches in the order they passed (first epoch,
    same structure as `y`), empty when they were not seen; `batch_digests` are hashes of the inputs
    of those batches, to tell copies. `passes` are hashes of the rows of a stream's first input, for each time
    that it was gone through, as far as they were taken. `weights` are sample weights or None; `left_out` says
    that some weight of a row, an entry or a class is 0, or may be.
    """

    x: Any = None
    y: Any = None
    complete: bool = True
    count: int | None = None
    batch_targets: Sequence[Any] = ()
    batch_digests: Sequence[int] = ()
    passes: Sequence[Sequence[int]] = ()
    weights: np.ndarray | None = None
    left_out: bool = False


def map_leaves(function: Callable[[Any], Any], structure: Any) -> Any:
    """The same nested structure with every array replaced."""
    if isinstance(structure, dict):
        return {key: map_leaves(function, part) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(map_leaves(function, part) for part in structure)
    return None if structure is None else function(structure)


def as_rows(value: Any) -> Any:
    """The same structure (array, list, tuple, dict) with numpy arrays as leaves.

    Numpy arrays are returned as they are (those of a subclass, whose indexing may be the user's own code, as
    plain views), other arrays and tensors are viewed where their library
    allows it. A list of numbers or of equal rows is one array. What cannot be converted (a large
    sparse matrix, a ragged tensor) becomes None; ragged lists become an array of objects.
    """
    if value is None or isinstance(value, np.ndarray):
        return None if value is None else np.asarray(value)
    if isinstance(value, Mapping):
        return {key: as_rows(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and (not value or all(map(_holds_rows, value))):
        return (
            type(value)(map(as_rows, value)) if type(value) in (list, tuple) else tuple(map(as_rows, value))
        )
    return _as_array(value)


def _holds_rows(part: Any) -> bool:
    """Whether a member of a list is an array of rows of its own, not one row or one number."""
    if part is None or isinstance(part, Mapping) or hasattr(part, "to_numpy"):
        return True
    return hasattr(part, "shape") and hasattr(part, "dtype") and len(part.shape) > 0


def _as_array(value: Any) -> np.ndarray | None:
    array = _convert(value)
    # An array without rows is no data: numpy wraps whatever it does not know as one object.
    return array if array is not None and array.ndim else None


def _convert(value: Any) -> np.ndarray | None:
    if hasattr(value, "toarray"):
        shape, size = value.shape, np.dtype(value.dtype).itemsize
        return np.asarray(value.toarray()) if shape[0] * shape[-1] * size <= DENSE_BYTES else None
    if hasattr(value, "to_numpy"):
        return np.asarray(value.to_numpy())
    if hasattr(value, "detach"):
        return _from_torch(value)
    try:
        return np.asarray(value)
    except (TypeError, ValueError):
        return _last_resort(value)


def _from_torch(tensor: Any) -> np.ndarray:
    tensor = tensor.detach().cpu()
    try:
        return np.asarray(tensor.numpy())
    except TypeError:  # numpy has no bfloat16
        return np.asarray(tensor.float().numpy())


def _last_resort(value: Any) -> np.ndarray | None:
    """A ragged list as an array of objects; any other tensor through Keras, None if that fails too."""
    if isinstance(value, (list, tuple)):
        ragged = np.empty(len(value), dtype=object)
        ragged[:] = list(value)
        return ragged
    import keras

    try:
        return np.asarray(keras.ops.convert_to_numpy(value))
    except Exception:  # each backend raises its own kind (ragged and sparse tensors)
        return None
