"""Rows as a plain table that simple models read, with features that suit the kind of each input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from unstuck.evidence.inputs import as_numbers

#: Images are averaged down to about this many pixels a side: what is seen at a glance.
PIXELS = 16

#: Columns of other inputs that are kept, evenly chosen: a few hundred are fitted in milliseconds.
COLUMNS = 256

#: Words counted, most frequent first.
WORDS = 20_000

#: Where at least this share of the rows is distinct, equal rows are copies (drawn again to balance the
#: classes, say), and a copy of a training row proves nothing; in tables of few values they are no copies.
_MOSTLY_DISTINCT = 0.2

#: Bytes of an input that are brought down to features at a time.
_CHUNK_BYTES = 32 * 2**20


class NoTableError(Exception):
    """Rows of a kind that simple models cannot take; the text says which."""


@dataclass(frozen=True)
class FeatureTable:
    """Rows for simple models. `features` is (rows, columns): numbers of mean 0 and deviation 1, or a
    scipy sparse matrix of weighted word counts. `targets` are class codes from 0, or numbers, (rows,)
    or (rows, outputs); `classes` counts the classes, None for numbers. `series` says that the rows are
    in time order. `codes` are (rows, columns) levels of columns that may be numbers of things, None
    without any.
    """

    features: Any
    targets: np.ndarray
    classes: int | None
    series: bool
    words: bool = False
    codes: np.ndarray | None = None

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.targets)


@dataclass(frozen=True)
class Leaf:
    """One input: arrays with the numbers of their rows that are taken, one after the other.

    `embedded` says that whole numbers in it are ids of words; `always` that they are so even where
    a row holds only one.
    """

    parts: tuple[tuple[np.ndarray, np.ndarray], ...]
    embedded: bool = False
    always: bool = False

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return tuple(self.parts[0][0].shape[1:])

    def only(self, rows: np.ndarray) -> Leaf:
        """The same input with only these of its taken rows, numbered one part after the other."""
        ends = np.cumsum([0, *(len(taken) for _, taken in self.parts)])
        within = [rows[(rows >= low) & (rows < high)] - low for low, high in pairwise(ends)]
        parts = tuple(
            (array, taken[chosen]) for (array, taken), chosen in zip(self.parts, within, strict=True)
        )
        return replace(self, parts=parts)

    @property
    def whole(self) -> np.ndarray:
        """The taken rows as they are; for inputs of small rows."""
        return np.concatenate([np.asarray(array)[rows] for array, rows in self.parts])

    @property
    def chunks(self) -> Iterator[np.ndarray]:
        """The taken rows, some at a time."""
        for array, rows in self.parts:
            size = max(1, _CHUNK_BYTES // max(1, array[:1].nbytes))
            for start in range(0, len(rows), size):
                yield np.asarray(array)[rows[start : start + size]]


def features_of(leaves: Sequence[Leaf]) -> tuple[Any, bool]:
    """The inputs of these rows as one table, and whether it holds word counts.

    Two or more inputs of one shape are also compared: the size of their difference, column by column
    and as a whole, which is what tells a pair that belongs together.

    Raises:
        NoTableError: simple models cannot take them.
    """
    parts, flat, words = list[Any](), list[np.ndarray](), False
    for leaf in leaves:
        if _is_text(leaf):
            parts.append(_text_weights(leaf.whole))
            words = True
            continue
        if leaf.embedded and are_ids(leaf, single=leaf.always):
            parts.append(word_weights(leaf.whole.reshape(_count(leaf), -1).astype(np.int64)))
            words = True
            continue
        flat.append(_flat_leaf(leaf))
        parts.append(standardised(flat[-1]))
    parts += [standardised(between) for between in _differences(flat)]
    if not parts:
        raise NoTableError("the rows have no inputs")
    if not any(part.shape[1] for part in parts):
        raise NoTableError("no input varies from row to row")
    if not words:
        return np.concatenate(parts, axis=1), False
    from scipy import sparse

    return sparse.hstack([sparse.csr_matrix(part) for part in parts], format="csr"), True


def _count(leaf: Leaf) -> int:
    return sum(len(rows) for _, rows in leaf.parts)


def _flat_leaf(leaf: Leaf) -> np.ndarray:
    """(rows, columns) of one input of numbers."""
    found = []
    for chunk in leaf.chunks:
        numbers = as_numbers(chunk)
        if numbers is None:
            raise NoTableError("the inputs are neither numbers nor words")
        found.append(flattened(numbers))
    return np.concatenate(found)


def _differences(tables: Sequence[np.ndarray]) -> list[np.ndarray]:
    """How far inputs of one shape lie apart, by column and as a whole."""
    found = []
    for first, second in combinations(tables[:3], 2):
        if first.shape == second.shape:
            apart = np.abs(first - second)
            found.append(np.concatenate([apart, np.sqrt((apart**2).sum(axis=1, keepdims=True))], axis=1))
    return found


def _is_text(leaf: Leaf) -> bool:
    """Whether an input holds text."""
    array, rows = leaf.parts[0]
    kind = getattr(array, "dtype", np.dtype(float)).kind
    if kind in "US":
        return True
    return kind == "O" and len(rows) > 0 and isinstance(np.ravel(array[rows[:1]])[0], (str, bytes))


def _text_weights(texts: np.ndarray) -> Any:
    """Weights of the words of each row; of several columns each value is one word of its own."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = texts.reshape(len(texts), -1)
    spelled = [[_spelled(value) for value in row] for row in rows]
    if rows.shape[1] == 1:
        documents = [row[0].lower().split() for row in spelled]
    else:
        documents = [[f"{column} {value}" for column, value in enumerate(row)] for row in spelled]
    try:
        return TfidfVectorizer(analyzer=list, max_features=WORDS, sublinear_tf=True).fit_transform(documents)
    except ValueError:
        raise NoTableError("the texts hold no words") from None


def _spelled(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def without_copies(features: Any) -> np.ndarray:
    """The row numbers without those of rows that stand there before."""
    seen: dict[bytes, int] = {}
    for number in range(features.shape[0]):
        row = features[[number]]
        key = row.indices.tobytes() + row.data.tobytes() if hasattr(row, "indices") else row.tobytes()
        seen.setdefault(key, number)
    every = np.arange(features.shape[0])
    return np.array(list(seen.values())) if len(seen) >= _MOSTLY_DISTINCT * len(every) else every


def are_ids(leaf: Leaf, *, single: bool = False) -> bool:
    """Whether an input is of whole numbers from 0, some to a row (or `single`): words by their number."""
    array, rows = leaf.parts[0]
    few = as_numbers(np.asarray(array)[rows])
    if few is None or few.ndim > 2 or not np.isfinite(few).all():
        return False
    if not single and (few.ndim < 2 or few.shape[1] < 2):
        return False
    return bool((few >= 0).all() and (few == np.round(few)).all())


def word_weights(ids: np.ndarray) -> Any:
    """How often each word stands in each row, rare words weighing more, rows of length one (tf-idf).

    The weight of a word is 1 + ln(rows / rows with it).
    """
    from scipy import sparse

    values, codes = np.unique(ids, return_inverse=True)
    rows = np.repeat(np.arange(len(ids)), ids.shape[1])
    shape = (len(ids), len(values))
    counts = sparse.csr_matrix((np.ones(ids.size), (rows, codes.reshape(-1))), shape=shape)
    counts.sum_duplicates()
    having = np.bincount(counts.indices, minlength=len(values))
    kept = np.sort(np.argsort(-having, kind="stable")[:WORDS])
    weights = 1.0 + np.log(len(ids) / having[kept])
    table = counts[:, kept].sqrt() @ sparse.diags(weights)
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).reshape(-1))
    return sparse.csr_matrix(sparse.diags(1.0 / np.where(length > 0, length, 1.0)) @ table)


def flattened(numbers: np.ndarray) -> np.ndarray:
    """(rows, columns); images averaged over blocks of pixels, long rows thinned to even columns."""
    values = numbers.astype(np.float64)
    if values.ndim == 4 and min(values.shape[1:3]) >= 2 * PIXELS:
        high, wide = (size // PIXELS for size in values.shape[1:3])
        values = values[:, : high * PIXELS, : wide * PIXELS]
        blocks = values.reshape(len(values), PIXELS, high, PIXELS, wide, values.shape[-1])
        values = blocks.mean(axis=(2, 4))
    table = values.reshape(len(values), -1)
    return table[:, :: -(-table.shape[1] // COLUMNS)] if table.shape[1] > COLUMNS else table


def standardised(table: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and deviation 1; what is missing becomes the mean, what never varies is dropped."""
    table = np.where(np.isfinite(table), table, np.nan)
    known = np.isfinite(table)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, table, 0.0).sum(axis=0) / count
    centred = np.where(known, table - mean, 0.0)
    deviation = np.sqrt((centred**2).sum(axis=0) / count)
    varies = deviation > 1e-12 * np.maximum(np.abs(mean), 1e-12)
    return np.asarray(centred[:, varies] / deviation[varies])
