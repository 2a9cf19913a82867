"""Which rows an examination looks at: few, spread over all of them, in batches of one shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.facts import Head
from unstuck.watch.rows import Rows

#: Rows enough for a share to be known to .016 (one standard error at one half), and no more.
MOST_ROWS = 1024

#: Rows in a batch: one compiled shape for all, large enough for batch statistics.
BATCH_ROWS = range(64, 129)

#: Bytes of inputs and outputs that a batch may hold, so that an examination stays small beside the fit.
BATCH_BYTES = 8 << 20

#: Bytes of answers that are kept of all rows together.
KEPT_BYTES = 32 << 20

#: A data set smaller than this gets a batch of its own instead of making all batches that small.
_WORTH_SHARING = 16

_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Batch:
    """Rows of one batch, in the user's own structure, ready for the model (floats in its float type)."""

    x: Any
    y: Any
    rows: np.ndarray

    def thinned(self, most: int) -> Batch:
        """An even choice of at most `most` of the rows."""
        if len(self.rows) <= most:
            return self
        chosen = spaced(len(self.rows), most)
        x, y = (over(lambda leaf: leaf[chosen], part) for part in (self.x, self.y))
        return Batch(x, y, self.rows[chosen])


@dataclass(frozen=True)
class Sample:
    """Sample rows of one data set: `batches` index arrays, all of one length."""

    rows: Rows
    indices: tuple[np.ndarray, ...]
    floats: str = "float32"

    def batch(self, number: int) -> Batch:
        """The batch of that number."""
        chosen = self.indices[number]
        return Batch(self._take(self.rows.x, chosen), self._take(self.rows.y, chosen), chosen)

    def _take(self, structure: Any, chosen: np.ndarray) -> Any:
        def rows_of(leaf: Any) -> np.ndarray:
            taken: np.ndarray = np.asarray(leaf)[chosen]
            return taken.astype(self.floats) if taken.dtype.kind == "f" else taken

        return over(rows_of, structure)


def over(function: Callable[[Any], Any], structure: Any) -> Any:
    """The structure (dict, list, tuple of leaves) with the function applied to each leaf but None.

    Tuples come back as lists, which Keras takes alike.
    """
    if isinstance(structure, Mapping):
        return {name: over(function, value) for name, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        return [over(function, value) for value in structure]
    return None if structure is None else function(structure)


def leaves(structure: Any) -> list[Any]:
    """The leaves of a structure, without None."""
    found: list[Any] = []
    over(found.append, structure)
    return found


def spaced(count: int, take: int) -> np.ndarray:
    """`take` of `count` positions in order, one from each of `take` equal stretches.

    Every stretch gives one row, so rows sorted by class keep their mix; where in the stretch
    follows the golden ratio, so that rows that repeat with a period are not all hit in one phase.
    """
    place = np.arange(take + 1)
    edges = place * count // take
    inside = (place[:-1] * _GOLDEN % 1.0 * np.diff(edges)).astype(np.int64)
    return np.asarray(edges[:-1] + inside)


def row_count(rows: Rows | None) -> int:
    """How many rows are at hand."""
    return min((len(leaf) for leaf in leaves(rows.x)), default=0) if rows is not None else 0


def samples(
    training: Rows,
    validation: Rows | None,
    heads: Mapping[str, Head],
    floats: str = "float32",
    own: int | None = None,
) -> tuple[Sample, Sample | None]:
    """Sample rows of the training and the validation data, in batches of one shape for both.

    `own` is the batch size that the model insists on, where it does.
    """
    counts = [count for count in (row_count(training), row_count(validation)) if count]
    answer = sum(4 * math.prod(size or 1 for size in head.shape) for head in heads.values())
    row = answer + max(_row_bytes(training), _row_bytes(validation))
    most = max(1, min(MOST_ROWS, KEPT_BYTES // max(answer, 1)))
    size = own or batch_size([min(count, most) for count in counts], max(1, BATCH_BYTES // max(row, 1)))
    taught = Sample(training, _batches(row_count(training), size, most), floats)
    if not row_count(validation) or validation is None:
        return taught, None
    return taught, Sample(validation, _batches(row_count(validation), size, most), floats)


def _row_bytes(rows: Rows | None) -> int:
    taken = [np.asarray(leaf[:1]) for leaf in leaves((rows.x, rows.y))] if row_count(rows) and rows else []
    return sum(leaf.nbytes for leaf in taken)


def batch_size(counts: list[int], most: int) -> int:
    """The number of rows in a batch that leaves the fewest of `counts` rows over, the largest of equals.

    A count below the smallest usual batch sets the size for both, down to `_WORTH_SHARING`.
    """
    counts = [count for count in counts if count >= _WORTH_SHARING] or [max(counts, default=1)]
    highest = min(BATCH_ROWS[-1], most, *counts)
    lowest = min(BATCH_ROWS[0], highest)
    used = {
        size: sum(count // size * size / count for count in counts) for size in range(lowest, highest + 1)
    }
    return max(used, key=lambda size: (used[size], size))


def _batches(count: int, size: int, most: int) -> tuple[np.ndarray, ...]:
    """Index arrays of one length, each spread over all rows, so that the first alone is a fair sample."""
    size = min(size, count)
    number = max(1, min(count, most) // size) if size else 0
    if not number:
        return ()
    chosen = spaced(count, number * size)
    return tuple(chosen[start::number] for start in range(number))
