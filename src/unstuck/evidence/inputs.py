"""What the inputs look like: ranges, columns, missing numbers, padding. Numpy only, bounded work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from unstuck.evidence.facts import Input, Inputs, Model, Padding
from unstuck.evidence.facts.levels import LEVELS_LISTED
from unstuck.watch.rows import Rows

#: Entries that the statistics are taken over: 16 MB as float64, some tens of milliseconds.
SAMPLED_ENTRIES = 2_000_000

#: Arrays up to this size are read whole for minimum, maximum and missing numbers (about 0.1 s);
#: of larger ones, and of arrays that live on disk, only the sample is read.
WHOLE_BYTES = 256 * 2**20

#: Entries among which distinct values are counted: sorting them takes some 20 ms.
COUNTED_ENTRIES = 250_000

#: Rows compared with each other for copies.
COMPARED_ROWS = 50_000

#: Rows checked at a time when a column that is constant in the sample is looked at in full.
_CHUNK = 4096

#: A run of one value at the edge is padding when at least this share of rows has one of two steps or
#: more: single equal values are words (a full stop at the end of every sentence).
_PADDED_ROWS = 0.05

#: Layers that read a time axis, so that constant steps at its edges are padding.
_READS_TIME = frozenset(
    {"Embedding", "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed", "Masking", "Conv1D"}
)


def read_inputs(
    training: Rows,
    validation: Rows | None,
    model: Model | None = None,
    first_layers: Sequence[tuple[str, str, int | None]] = (),
) -> Inputs:
    """Describe every input of the training rows, and of the validation rows beside them.

    `first_layers` says which layer reads which input, as `first_layers(model)` gives it; without it
    the first layer of `model` is taken for a model with one input. Arrays that are not numbers are
    described by what they have: rows, shape, type, distinct values.
    """
    readers = list(first_layers)
    if not readers and model is not None and model.layers:
        readers = [("", model.layers[0].kind, model.layers[0].input_dim)]
    return Inputs(
        training=_describe_all(training.x, readers),
        validation=_describe_all(validation.x, readers) if validation is not None else (),
    )


def _describe_all(x: Any, readers: Sequence[tuple[str, str, int | None]]) -> tuple[Input, ...]:
    return tuple(describe_input(*each) for each in read_by(x, readers))


def read_by(
    x: Any, readers: Sequence[tuple[str, str, int | None]]
) -> Iterator[tuple[np.ndarray, str, str, int | None]]:
    """Each input array with its name, the class of the first layer that reads it, and an embedding's rows."""
    known = {name: (kind, dimension) for name, kind, dimension in readers}
    for index, (key, array) in enumerate(named_leaves(x)):
        kind, dimension = "", None
        name = key
        if key in known:
            kind, dimension = known[key]
        elif index < len(readers):
            position, kind, dimension = readers[index]
            name = key or position
        yield array, name, kind, dimension


def named_leaves(structure: Any, name: str = "") -> list[tuple[str, np.ndarray]]:
    """The arrays of a nested structure with the dict key they stand under ("" outside a dict)."""
    if isinstance(structure, Mapping):
        return [leaf for key in sorted(structure) for leaf in named_leaves(structure[key], str(key))]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in named_leaves(part, name)]
    return [] if structure is None or np.ndim(structure) == 0 else [(name, structure)]


def describe_input(array: np.ndarray, name: str = "", feeds: str = "", input_dim: int | None = None) -> Input:
    """Describe one input array, rows first. Never raises on odd types; see `Input` for the figures."""
    count, shape, dtype = len(array), tuple(array.shape[1:]), str(array.dtype)
    sample = as_numbers(evenly(array, SAMPLED_ENTRIES))
    base = Input(name=name, shape=shape, dtype=dtype, count=count, feeds=feeds, input_dim=input_dim)
    if sample is None or sample.size == 0:
        return _replaced(base, distinct=_distinct_texts(array), distinct_rows=1.0)
    numbers = sample.astype(np.float64, copy=False)
    known = np.isfinite(numbers)
    finite = numbers if known.all() else numbers[known]
    low, high, missing = _whole_range(array, finite, int(known.size - known.sum()))
    counted = evenly(numbers, COUNTED_ENTRIES).ravel()
    counted = counted[np.isfinite(counted)]
    columns = _columns(numbers, known, array if feeds != "Embedding" else sample)
    return _replaced(
        base,
        minimum=low,
        maximum=high,
        mean=float(finite.mean()) if finite.size else 0.0,
        std=float(finite.std()) if finite.size else 0.0,
        nonfinite=missing,
        nan=int(np.isnan(numbers).sum()),
        integral=float((counted == np.round(counted)).mean()) if counted.size else 0.0,
        distinct=min(len(np.unique(counted)), LEVELS_LISTED + 1),
        distinct_rows=_distinct_rows(sample),
        padding=_padding(numbers, feeds),
        **columns,
    )


def _replaced(record: Input, **values: Any) -> Input:
    return Input(**{**vars(record), **values})


def evenly(array: np.ndarray, entries: int) -> np.ndarray:
    """Rows spread evenly over an array, at least 16 of them, of at most so many entries; a view."""
    wanted = max(16, entries // max(1, array[:1].size))
    return array[:: -(-len(array) // wanted)] if len(array) > wanted else array


def as_numbers(array: np.ndarray) -> np.ndarray | None:
    """The array as numbers, None when it holds none (text, dates, ragged rows)."""
    if array.dtype.kind == "b":
        return array.view(np.uint8)
    if array.dtype.kind in "iuf":
        return array
    if array.dtype.kind not in "OV":
        return None
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def _distinct_texts(array: np.ndarray) -> int:
    """How many different entries there are, counted up to the cap."""
    flat = evenly(array, COUNTED_ENTRIES).ravel()
    return min(len({str(entry) for entry in flat.tolist()}), LEVELS_LISTED + 1)


def _whole_range(array: np.ndarray, finite: np.ndarray, missing: int) -> tuple[float, float, int]:
    """Minimum, maximum and the number of non-finite entries, over all entries where that is cheap."""
    low = float(finite.min()) if finite.size else 0.0
    high = float(finite.max()) if finite.size else 0.0
    if array.nbytes > WHOLE_BYTES or isinstance(array, np.memmap) or array.dtype.kind not in "biuf":
        return low, high, missing
    smallest, largest = array.min(), array.max()
    if np.isfinite(smallest) and np.isfinite(largest):  # a NaN anywhere would make them NaN
        return float(smallest), float(largest), 0
    mask = np.isfinite(array)
    bad = int(mask.size - np.count_nonzero(mask))
    if bad == mask.size:
        return 0.0, 0.0, bad
    return (
        float(np.min(array, where=mask, initial=np.inf)),
        float(np.max(array, where=mask, initial=-np.inf)),
        bad,
    )


def _columns(numbers: np.ndarray, known: np.ndarray, array: np.ndarray) -> dict[str, Any]:
    """Statistics by position of the last axis: spread, offset, and which never vary."""
    width = numbers.shape[-1] if numbers.ndim > 1 else 1
    table, mask = numbers.reshape(-1, width), known.reshape(-1, width)
    rows = np.maximum(mask.sum(axis=0), 1)
    table = table if mask.all() else np.where(mask, table, 0.0)
    means = table.sum(axis=0) / rows
    centred = np.where(mask, table - means, 0.0)
    spread = np.sqrt(np.einsum("ij,ij->j", centred, centred) / rows)
    low = np.where(mask, table, np.inf).min(axis=0)
    high = np.where(mask, table, -np.inf).max(axis=0)
    constant = _really_constant(np.flatnonzero(high <= low), low, array)
    varying = spread[np.setdiff1d(np.arange(width), constant)]
    varying = varying[varying > 0]
    return {
        "columns": width,
        "column_std_min": float(varying.min()) if varying.size else 0.0,
        "column_std_max": float(varying.max()) if varying.size else 0.0,
        "column_absolute_max": float(np.abs(means).max()) if width else 0.0,
        "constant_columns": len(constant),
    }


def _really_constant(suspects: np.ndarray, values: np.ndarray, array: np.ndarray) -> np.ndarray:
    """Those columns that keep the sample's value in all rows, as far as all rows may be read."""
    if array.nbytes > WHOLE_BYTES or isinstance(array, np.memmap) or array.dtype.kind not in "biuf":
        return suspects
    columns = array if array.ndim > 1 else array[:, None]
    for start in range(0, len(columns), _CHUNK):
        if not len(suspects):
            break
        chunk = columns[start : start + _CHUNK][..., suspects].reshape(-1, len(suspects))
        suspects = suspects[~np.any(np.isfinite(chunk) & (chunk != values[suspects]), axis=0)]
    return suspects


def _distinct_rows(sample: np.ndarray) -> float:
    """The share of rows that are no copy of another one, among evenly spread rows."""
    rows = sample[:: max(1, -(-len(sample) // COMPARED_ROWS))]
    return len({row.tobytes() for row in rows}) / len(rows)


def _padding(numbers: np.ndarray, feeds: str) -> Padding | None:
    """Runs of one value at an edge of the time axis, None where there is no time axis or no run."""
    sequence = numbers.ndim == 3 and feeds in _READS_TIME
    if not sequence and not (numbers.ndim == 2 and feeds == "Embedding"):
        return None
    steps = numbers.shape[1]
    if steps < 2:
        return None
    found = [_runs(numbers, value) for value in {_edge_value(numbers, -1), _edge_value(numbers, 0)}]
    padding = max((each for each in found if each is not None), key=lambda each: each.share, default=None)
    return padding if padding is not None and padding.share > 0 else None


def _edge_value(numbers: np.ndarray, step: int) -> float:
    """The most frequent value at the first or last time step."""
    edge = numbers[:, step].ravel()
    values, tally = np.unique(edge[np.isfinite(edge)], return_counts=True)
    return float(values[tally.argmax()]) if len(values) else 0.0


def _runs(numbers: np.ndarray, value: float) -> Padding | None:
    """The runs of `value` at both edges, None when too few rows have one of two steps or more."""
    equal = numbers == value
    mask = equal.all(axis=2) if equal.ndim == 3 else equal
    rows, steps = mask.shape
    full = mask.all(axis=1)
    trailing = np.where(full, steps, np.argmin(mask[:, ::-1], axis=1))
    leading = np.where(full, steps, np.argmin(mask, axis=1))
    if ((trailing > 1) | (leading > 1)).mean() < _PADDED_ROWS:
        return None
    padded = np.where(full, steps, trailing + leading)
    return Padding(
        value=value,
        steps=steps,
        trailing=float(np.median(trailing)),
        leading=float(np.median(leading)),
        share=float(padded.sum() / (rows * steps)),
        length_95=float(np.percentile(steps - padded, 95)),
    )
