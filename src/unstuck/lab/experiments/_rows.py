"""The rows of a recipe as a plain table that simple models read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.facts import Labels
from unstuck.evidence.facts.program import REGRESSION_LOSSES
from unstuck.evidence.inputs import as_numbers, named_leaves
from unstuck.evidence.kinds import snake_case
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments._folds import is_series
from unstuck.recipe import Recipe

#: Fewer rows tell nothing: five folds of four rows each.
FEWEST_ROWS = 20

#: Images are averaged down to about this many pixels a side: what is seen at a glance.
PIXELS = 16

#: Columns of other inputs that are kept, evenly chosen: a few hundred are fitted in milliseconds.
COLUMNS = 256

#: Words counted, most frequent first.
WORDS = 20_000

#: Where at least this share of the rows is distinct, equal rows are copies (drawn again to balance the
#: classes, say), and a copy of a training row proves nothing; in tables of few values they are no copies.
_MOSTLY_DISTINCT = 0.2


@dataclass(frozen=True)
class Table:
    """Rows for simple models. `features` is (rows, columns): numbers of mean 0 and deviation 1, or a
    scipy sparse matrix of weighted word counts. `targets` are class codes from 0, or numbers;
    `classes` counts the classes, None for numbers. `series` says that the rows are in time order.
    """

    features: Any
    targets: np.ndarray
    classes: int | None
    series: bool
    words: bool = False

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.targets)


def table_of(recipe: Recipe, most_rows: int) -> Table:
    """The recipe's rows as a table, thinned to `most_rows`: by class, or for a series to the latest.

    Raises:
        UnaskableError: rows or targets are of a kind that simple models cannot take.
    """
    targets, classes = targets_of(recipe)
    known = np.flatnonzero(np.isfinite(targets))
    if len(known) < FEWEST_ROWS:
        raise UnaskableError(f"{len(known)} rows are too few to hold some of them out")
    series = is_series(recipe, targets, classes=classes is not None)
    chosen = known[thinned(targets[known], most_rows, classes=classes is not None, series=series)]
    features, words = _features(recipe, chosen)
    if not series:
        first = _without_copies(features)
        features, chosen = features[first], chosen[first]
    if classes is None:
        return Table(features, targets[chosen].astype(np.float64), None, series, words)
    _, codes = np.unique(targets[chosen], return_inverse=True)
    codes = codes.reshape(-1)
    if codes.max() == 0:
        raise UnaskableError("all targets are of one class")
    return Table(features, codes, int(codes.max()) + 1, series, words)


def targets_of(recipe: Recipe) -> tuple[np.ndarray, int | None]:
    """The targets, (rows,), as numbers, and how many classes they are of (None: they are numbers).

    Raises:
        UnaskableError: there is not one class or number a row.
    """
    leaves = named_leaves(recipe.y)
    if len(leaves) != 1:
        raise UnaskableError(
            "the rows have no targets" if not leaves else f"the model has {len(leaves)} outputs, not one"
        )
    numbers = as_numbers(np.asarray(leaves[0][1]))
    if numbers is None:
        raise UnaskableError("the targets are text, no numbers")
    labels = Labels.of(numbers)
    if labels.form == "one-hot":
        return numbers.reshape(len(numbers), -1).argmax(axis=1).astype(np.float64), labels.classes
    if labels.shape:
        raise UnaskableError("each row has several targets, where simple models take one class or number")
    values = numbers.reshape(-1).astype(np.float64)
    if labels.variance == 0.0:
        raise UnaskableError("all targets are equal")
    measured = loss_name(recipe) in REGRESSION_LOSSES and labels.classes > 2
    return values, labels.classes if labels.are_classes and not measured else None


def loss_name(recipe: Recipe) -> str:
    """The compiled loss by its Keras name, "" where it is none that is known by name."""
    loss = recipe.compiled.get("loss")
    if isinstance(loss, dict):
        loss = loss.get("class_name") if isinstance(loss.get("class_name"), str) else ""
    short = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "huber_loss": "huber"}
    name = snake_case(loss) if isinstance(loss, str) else ""
    return short.get(name, name)


def thinned(targets: np.ndarray, most: int, *, classes: bool, series: bool) -> np.ndarray:
    """At most so many row numbers, in order: the latest of a series, else of each class its share."""
    rows = np.arange(len(targets))
    if len(rows) <= most:
        return rows
    if series:
        return rows[-most:]
    shuffled = np.random.default_rng(0).permutation(rows)
    if classes:
        shuffled = shuffled[np.argsort(targets[shuffled], kind="stable")]
    return np.sort(shuffled[np.linspace(0, len(rows) - 1, most).astype(np.int64)])


def _features(recipe: Recipe, chosen: np.ndarray) -> tuple[Any, bool]:
    """The inputs of these rows as one table, and whether it holds word counts."""
    embeds = any(layer.kind == "Embedding" for layer in recipe.layers)
    parts, words = [], False
    for _, leaf in named_leaves(recipe.x):
        numbers = as_numbers(np.asarray(leaf[chosen]))
        if numbers is None:
            raise UnaskableError("the inputs are text, no numbers")
        if embeds and _are_ids(numbers):
            parts.append(_word_counts(numbers.astype(np.int64)))
            words = True
        else:
            parts.append(_standardised(_flat(numbers)))
    if not parts:
        raise UnaskableError("the rows have no inputs")
    if not any(part.shape[1] for part in parts):
        raise UnaskableError("no input varies from row to row")
    if not words:
        return np.concatenate(parts, axis=1), False
    from scipy import sparse

    return sparse.hstack([sparse.csr_matrix(part) for part in parts], format="csr"), True


def _without_copies(features: Any) -> np.ndarray:
    """The row numbers without those of rows that stand there before."""
    seen: dict[bytes, int] = {}
    for number in range(features.shape[0]):
        row = features[[number]]
        key = row.indices.tobytes() + row.data.tobytes() if hasattr(row, "indices") else row.tobytes()
        seen.setdefault(key, number)
    every = np.arange(features.shape[0])
    return np.array(list(seen.values())) if len(seen) >= _MOSTLY_DISTINCT * len(every) else every


def _are_ids(numbers: np.ndarray) -> bool:
    """Whether an input is of whole numbers from 0, some to a row: words by their number."""
    if numbers.ndim != 2 or numbers.shape[1] < 2 or not np.isfinite(numbers).all():
        return False
    return bool((numbers >= 0).all() and (numbers == np.round(numbers)).all())


def _word_counts(ids: np.ndarray) -> Any:
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


def _flat(numbers: np.ndarray) -> np.ndarray:
    """(rows, columns); images averaged over blocks of pixels, long rows thinned to even columns."""
    values = numbers.astype(np.float64)
    if values.ndim == 4 and min(values.shape[1:3]) >= 2 * PIXELS:
        high, wide = (size // PIXELS for size in values.shape[1:3])
        values = values[:, : high * PIXELS, : wide * PIXELS]
        blocks = values.reshape(len(values), PIXELS, high, PIXELS, wide, values.shape[-1])
        values = blocks.mean(axis=(2, 4))
    table = values.reshape(len(values), -1)
    return table[:, :: -(-table.shape[1] // COLUMNS)] if table.shape[1] > COLUMNS else table


def _standardised(table: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and deviation 1; what is missing becomes the mean, what never varies is dropped."""
    table = np.where(np.isfinite(table), table, np.nan)
    known = np.isfinite(table)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, table, 0.0).sum(axis=0) / count
    centred = np.where(known, table - mean, 0.0)
    deviation = np.sqrt((centred**2).sum(axis=0) / count)
    varies = deviation > 1e-12 * np.maximum(np.abs(mean), 1e-12)
    return np.asarray(centred[:, varies] / deviation[varies])
