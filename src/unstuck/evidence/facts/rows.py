"""What the rows are: labels, inputs, how they are split and in which order they pass."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from unstuck.evidence.facts.levels import MOST_CLASSES
from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The targets of one output over all rows that were seen.

    `count` rows of shape `shape` (per row; `()` for scalars and for a last axis of one).
    `minimum`, `maximum`, `mean`, `variance` are over all finite values; `nonfinite` counts the
    others. `distinct` counts distinct values. `integral` is the share of values that are whole
    numbers, `zero_or_one` the share that are exactly 0 or 1. `levels` lists (value, rows), by
    value: for one-hot rows the value is the column; empty when there are more than
    `LEVELS_LISTED` values or the rows are multi-label or continuous vectors.
    `form` is "binary" (scalars, only 0 and 1), "signed" (only -1 and 1), "integers", "one-hot",
    "multi-label" (0/1 rows with any row sum), "continuous", "text" or "empty".
    `rows_all_zero` and `rows_sum_not_one` are shares of rows, for vectors. `rows_alike` is true where
    every row is the same.
    `autocorrelation` is that of neighbouring rows (scalars only, 0.0 if unknown): near 1 for a
    series in time order. `sorted_runs` is the number of runs of equal labels in row order.
    `sampled` is true when not all rows were looked at; `left_out` when some rows or entries have, or may
    have, a weight of 0 in the loss; `others_elsewhere` when another fit of the same model was taught other
    values. `quantiles` are the 0th, 1st, ..., 100th
    percentile of the finite values (each a value that occurs), empty where there are no numbers.
    """

    count: int = 0
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    form: str = "empty"
    minimum: float = 0.0
    maximum: float = 0.0
    mean: float = 0.0
    variance: float = 0.0
    nonfinite: int = 0
    distinct: int = 0
    integral: float = 0.0
    zero_or_one: float = 0.0
    levels: tuple[tuple[float, int], ...] = ()
    rows_all_zero: float = 0.0
    rows_sum_not_one: float = 0.0
    rows_alike: bool = False
    autocorrelation: float = 0.0
    sorted_runs: int = 0
    sampled: bool = False
    left_out: bool = False
    others_elsewhere: bool = False
    quantiles: tuple[float, ...] = ()

    @classmethod
    def of(cls, values: Any, *, sampled: bool = False) -> Labels:
        """Describe an array of targets, the first axis being rows."""
        # Numpy takes longer to start than a log takes to read, which has no arrays.
        from unstuck.evidence.facts.counting import count_labels

        return cls(**count_labels(values, sampled=sampled))

    @property
    def classes(self) -> int:
        """How many classes occur: levels with at least one row; 0 when they are no classes."""
        return sum(1 for _, rows in self.levels if rows)

    @property
    def are_classes(self) -> bool:
        """Whether the values can be read as classes: whole numbers, few of them, or 0/1 rows."""
        if self.form in ("binary", "signed", "one-hot", "multi-label"):
            return True
        few = self.distinct <= MOST_CLASSES and self.distinct <= max(2, self.count // 5)
        return self.form == "integers" and few

    @property
    def shares(self) -> dict[float, float]:
        """Share of the rows by level."""
        total = sum(rows for _, rows in self.levels)
        return {value: rows / total for value, rows in self.levels} if total else {}

    @property
    def majority(self) -> float:
        """The share of the most frequent level: what a constant answer gets right."""
        return max(self.shares.values(), default=0.0)

    @property
    def entropy(self) -> float:
        """H(prior) in nats: the lowest cross-entropy that a constant prediction can reach."""
        return -sum(share * math.log(share) for share in self.shares.values() if share > 0)

    def describe(self) -> str:
        """The mix in a few words: "label 0 in 500 of 1,000 rows, label 1 in 500"."""
        if not self.levels:
            return f"{self.count:,} values from {self.minimum:.4g} to {self.maximum:.4g}"
        top = sorted(self.levels, key=lambda level: -level[1])[:4]
        parts = [f"label {value:g} in {rows:,}" for value, rows in top if rows]
        rest = self.classes - len(parts)
        tail = f" and {rest} more labels" if rest > 0 else ""
        return ", ".join(parts) + tail + f" of {self.count:,} rows"


@dataclass(frozen=True, kw_only=True)
class Split:
    """Which labels train and which judge. `how` is "validation_split" (the last rows, taken before
    any shuffling) or "validation_data"; `fraction` that of validation_split. `place` is the line that made
    the labels which judge, None where it was not looked for or is not known.
    """

    training: Labels
    validation: Labels
    how: str = "validation_data"
    fraction: float = 0.0
    place: Place | None = None

    @classmethod
    def tail(cls, values: Any, fraction: float) -> Split:
        """The split that `validation_split=fraction` makes of targets in this order."""
        cut = math.floor(len(values) * (1.0 - fraction))
        return cls(
            training=Labels.of(values[:cut]),
            validation=Labels.of(values[cut:]),
            how="validation_split",
            fraction=fraction,
        )


@dataclass(frozen=True, kw_only=True)
class Padding:
    """Runs of one constant value at an edge of the time axis of one input.

    `value` is the padding value; `trailing` and `leading` are the median run length in steps over
    the rows looked at; `share` is the share of all entries that are trailing or leading padding;
    `steps` is the length of the time axis; `length_95` is the 95th percentile of the unpadded
    length in steps.
    """

    value: float = 0.0
    steps: int = 0
    trailing: float = 0.0
    leading: float = 0.0
    share: float = 0.0
    length_95: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of the model over the rows looked at.

    `shape` is per row. `minimum`, `maximum`, `mean`, `std` are over all finite entries. A column
    is one position of the last axis (for images: a channel; for tables: a feature).
    `column_std_min` and `column_std_max` are over columns that vary; `column_absolute_max` is the
    largest |mean| of a column; `constant_columns` of `columns` never vary. `nonfinite` counts NaN and
    infinite entries, `nan` those of the rows looked at that are NaN. `integral` is the share of whole
    numbers; `distinct` counts distinct values (capped at LEVELS_LISTED + 1). `distinct_rows` is the share
    of distinct rows.
    `feeds` is the class name of the first layer that reads it ("Embedding", "Dense",
    "Normalization"); `input_dim` the embedding's rows. `place` is the last statement that gave it its values,
    where the source shows that.
    """

    name: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    count: int = 0
    minimum: float = 0.0
    maximum: float = 0.0
    mean: float = 0.0
    std: float = 1.0
    columns: int = 0
    column_std_min: float = 0.0
    column_std_max: float = 0.0
    column_absolute_max: float = 0.0
    constant_columns: int = 0
    nonfinite: int = 0
    nan: int = 0
    integral: float = 0.0
    distinct: int = 0
    distinct_rows: float = 1.0
    padding: Padding | None = None
    feeds: str = ""
    input_dim: int | None = None
    place: Place | None = None

    @property
    def are_ids(self) -> bool:
        """Whether an embedding reads it, so that its size has no meaning as a number."""
        return self.feeds == "Embedding"


@dataclass(frozen=True, kw_only=True)
class ScaledApart:
    """An input whose columns have the same exact scale in the training and in the validation rows.

    `how` is "range" (the same minimum and maximum, each in one row) or "standard" (mean 0 and standard
    deviation 1), to 1e-6, in `columns` columns: all that hold measurements. `rows` and `validation_rows`
    count the rows of the two parts, `name` is the input's, "" where it has none.
    """

    name: str = ""
    how: str = "standard"
    columns: int = 0
    rows: int = 0
    validation_rows: int = 0


@dataclass(frozen=True, kw_only=True)
class TargetGiven:
    """One of several inputs, of ids, that equals the targets entry by entry.

    `index` is its place among the inputs, `name` its name or "". `rows` rows of `steps` positions are equal.
    In `asked` sample rows the id at `position` was exchanged for another (0: nobody asked); `followed` counts
    those whose answer there was the one id before and the other after. `earlier_change` is the largest change
    of an answer at an earlier position.
    """

    name: str = ""
    index: int = 0
    rows: int = 0
    steps: int = 0
    position: int = 0
    asked: int = 0
    followed: int = 0
    earlier_change: float = 0.0


@dataclass(frozen=True, kw_only=True)
class NextGiven:
    """An input of ids whose next id is the answer at each step, as for a model that writes on.

    `index` is its place among the inputs, `name` its name or "". `rows` rows of `steps` positions are so.
    In `asked` sample rows the id at `position` was exchanged for another (0: nobody asked); `changed` counts
    those in which an answer at an earlier position changed with it, `largest_change` by how much at most.
    `mask_place` is the one line of the script that makes a triangular mask.
    """

    name: str = ""
    index: int = 0
    rows: int = 0
    steps: int = 0
    position: int = 0
    asked: int = 0
    changed: int = 0
    largest_change: float = 0.0
    mask_place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All inputs of the model, with the validation rows' beside them where they were seen.

    `scaled_apart` is the input that was scaled in each part by itself, `target_given` the one that is the
    target itself, `next_given` the one that holds each answer one step later; None where none is.
    """

    training: tuple[Input, ...] = ()
    validation: tuple[Input, ...] = ()
    scaled_apart: ScaledApart | None = None
    target_given: TargetGiven | None = None
    next_given: NextGiven | None = None

    @property
    def rows_alike(self) -> bool:
        """Whether all training rows that were looked at, two or more, are the same."""
        return bool(self.training) and all(
            each.count > 1
            and each.nonfinite == 0
            and (each.std == 0.0 or each.distinct_rows * each.count <= 1.0)
            for each in self.training
        )


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of an epoch, as far as they were seen or follow from the arguments.

    `seen` batches; `label_entropy` is the mean entropy of the labels within a batch in nats, and
    `prior_entropy` that of all their rows together (both 0.0 when the labels are no classes);
    `expected_entropy` is what random batches of that size would have on average.
    `distinct` is the share of batches that are not copies of an earlier one within one epoch.
    `how` is "seen" (they were watched passing) or "order" (rows are taken in order, no shuffle).
    """

    seen: int = 0
    size: float = 0.0
    label_entropy: float = 0.0
    prior_entropy: float = 0.0
    expected_entropy: float = 0.0
    distinct: float = 1.0
    how: str = "seen"
