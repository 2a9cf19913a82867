"""Which rows simple models learn from and which rows judge: few, spread over all, each once."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from unstuck.evidence.facts import Head, Inputs, Model
from unstuck.evidence.inputs import named_leaves
from unstuck.evidence.reference.table import Leaf
from unstuck.evidence.sample import Sample, leaves, row_count, samples, spaced
from unstuck.watch.rows import Rows, map_leaves

#: Rows that simple models learn from; about as many again judge.
TAUGHT_ROWS = 1000

#: Fewer held-out rows than this tell nothing: one row is more than a twentieth.
FEWEST_ROWS = 20

#: Bytes of inputs that are read for simple models.
READ_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Chosen:
    """The rows of one reference.

    `judging` holds the rows that judge, `sample` which of them the network is asked for. `teaching`
    holds those that simple models learn from, `taught` their numbers; both None where the judging
    rows teach too, in turn (`on` is then "training").
    """

    judging: Rows
    sample: Sample
    on: Literal["validation", "training"]
    teaching: Rows | None = None
    taught: np.ndarray | None = None

    def leaves(self, judged: np.ndarray, inputs: Inputs | None, model: Model | None) -> list[Leaf]:
        """The inputs: of the teaching rows first, then of these judged ones.

        Raises:
            ValueError: the two do not have the same inputs.
        """
        judging = [array for _, array in named_leaves(self.judging.x)]
        feeds = [each.feeds for each in inputs.training] if inputs is not None else []
        embeds = model is not None and bool(model.of_kind("Embedding"))
        parts: list[tuple[tuple[np.ndarray, np.ndarray], ...]] = [((array, judged),) for array in judging]
        if self.teaching is not None and self.taught is not None:
            teaching = [array for _, array in named_leaves(self.teaching.x)]
            parts = [
                ((first, self.taught), (second, judged))
                for first, second in zip(teaching, judging, strict=True)
            ]
        found = []
        for number, part in enumerate(parts):
            fed = feeds[number] if number < len(feeds) else ""
            embedded = fed == "Embedding" or (not fed and embeds)
            found.append(Leaf(part, embedded=embedded, always=fed == "Embedding"))
        return found


def choose(training: Rows, validation: Rows | None, heads: Mapping[str, Head], floats: str) -> Chosen | None:
    """The rows to hold a training against; None where there are too few.

    Validation rows judge where there are enough of them; else training rows do, and simple models
    are then kept from the rows that they are judged on, which the network was not.
    """
    training = _apart(training)
    validation = _apart(validation) if validation is not None else None
    most = max(FEWEST_ROWS, READ_BYTES // max(1, _row_bytes(training)))
    if validation is not None and row_count(validation) >= FEWEST_ROWS:
        _, judged = samples(training, validation, heads, floats)
        count = row_count(training)
        if judged is not None and _rows_of(judged) >= FEWEST_ROWS and count >= FEWEST_ROWS:
            taught = spaced(count, min(count, TAUGHT_ROWS, most))
            return Chosen(validation, _thinned(judged, most), "validation", training, taught)
    sample, _ = samples(training, None, heads, floats)
    if _rows_of(sample) < FEWEST_ROWS:
        return None
    return Chosen(training, _thinned(sample, most), "training")


def _rows_of(sample: Sample) -> int:
    return sum(len(each) for each in sample.indices)


def _thinned(sample: Sample, most: int) -> Sample:
    """As many of its batches as hold about so many rows."""
    kept = max(1, most // max(1, len(sample.indices[0])))
    return replace(sample, indices=sample.indices[:kept])


def _row_bytes(rows: Rows) -> int:
    return sum(np.asarray(leaf[:1]).nbytes for leaf in leaves(rows.x)) if row_count(rows) else 0


def _apart(rows: Rows) -> Rows:
    """Rows that passed more than once (a stream seen over several epochs), each kept once."""
    if rows.complete or not row_count(rows):
        return rows
    held: Sequence[Any] = leaves((rows.x, rows.y))
    count = row_count(rows)
    seen: dict[tuple[int, ...], int] = {}
    for number in range(count):
        key = tuple(_digest(np.asarray(leaf[number])) for leaf in held)
        seen.setdefault(key, number)
    if len(seen) == count:
        return rows
    kept = np.fromiter(seen.values(), np.int64)
    x, y = (map_leaves(lambda leaf: leaf[kept], part) for part in (rows.x, rows.y))
    return replace(rows, x=x, y=y)


def _digest(row: np.ndarray) -> int:
    """A hash of one row; texts by their letters, as their array only points to them."""
    return zlib.crc32(repr(row.tolist()).encode() if row.dtype.kind == "O" else row.tobytes())
