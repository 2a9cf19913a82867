"""The arithmetic of targets: an array of them counted, as the fields of `Labels`."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.facts.levels import LEVELS_LISTED, MOST_CLASSES


def count_labels(values: Any, *, sampled: bool = False) -> dict[str, Any]:
    """The fields of `Labels` for an array of targets, the first axis being rows. Those left out are 0."""
    array = np.asarray(values)
    while array.ndim > 1 and array.shape[-1] == 1:
        array = array[..., 0]
    count, shape, dtype = len(array), tuple(array.shape[1:]), str(array.dtype)
    if count == 0:
        return {"shape": shape, "dtype": dtype}
    if array.dtype.kind not in "biuf":
        distinct = len(set(array.ravel().tolist()))
        return {"count": count, "shape": shape, "dtype": dtype, "form": "text", "distinct": distinct}
    flat = array.ravel().astype(np.float64, copy=False)
    finite = flat[np.isfinite(flat)]
    if finite.size == 0:
        return {"count": count, "shape": shape, "dtype": dtype, "form": "continuous", "nonfinite": flat.size}
    values_seen, tally = np.unique(finite, return_counts=True)
    sums = array.reshape(count, -1).astype(np.float64, copy=False).sum(axis=1) if shape else None
    form = _form(values_seen, shape, sums)
    levels: tuple[tuple[float, int], ...] = ()
    if form == "one-hot":
        columns = np.bincount(array.reshape(count, -1).argmax(axis=1), minlength=array.shape[-1])
        levels = tuple((float(column), int(rows)) for column, rows in enumerate(columns))
    elif not shape and len(values_seen) <= LEVELS_LISTED:
        levels = tuple((float(v), int(n)) for v, n in zip(values_seen, tally, strict=True))
    return {
        "count": count,
        "shape": shape,
        "dtype": dtype,
        "form": form,
        "minimum": float(values_seen[0]),
        "maximum": float(values_seen[-1]),
        "mean": float(finite.mean()),
        "variance": float(finite.var()),
        "nonfinite": int(flat.size - finite.size),
        "distinct": len(values_seen),
        "integral": float(tally[values_seen == np.round(values_seen)].sum() / finite.size),
        "zero_or_one": float(tally[(values_seen == 0) | (values_seen == 1)].sum() / finite.size),
        "levels": levels,
        "rows_all_zero": float((sums == 0).mean()) if sums is not None and form != "continuous" else 0.0,
        "rows_alike": bool(np.all(array == array[:1])),
        "rows_sum_not_one": float((sums != 1).mean()) if sums is not None else 0.0,
        "autocorrelation": _autocorrelation(flat) if not shape else 0.0,
        "sorted_runs": int(1 + np.count_nonzero(np.diff(flat))) if not shape else 0,
        "sampled": sampled,
        "quantiles": _quantiles(values_seen, tally),
    }


def _form(values: np.ndarray, shape: tuple[int, ...], sums: np.ndarray | None) -> str:
    """Which form of target these distinct values, row shape and row sums make."""
    zero_one = bool(np.all((values == 0) | (values == 1)))
    if shape:
        if not zero_one:
            whole = bool(np.all(values == np.round(values)))
            return "integers" if whole and len(values) <= MOST_CLASSES else "continuous"
        if len(shape) == 1 and shape[0] > 1 and sums is not None and bool(np.all(sums == 1)):
            return "one-hot"
        return "multi-label"
    if zero_one:
        return "binary"
    if len(values) == 2 and values[0] == -1 and values[1] == 1:
        return "signed"
    return "integers" if bool(np.all(values == np.round(values))) else "continuous"


def _quantiles(values: np.ndarray, tally: np.ndarray) -> tuple[float, ...]:
    """The percentiles from 0 to 100 of sorted distinct values with these counts."""
    upto = np.cumsum(tally)
    places = np.searchsorted(upto, np.linspace(0.0, 1.0, 101) * upto[-1])
    return tuple(float(value) for value in values[np.minimum(places, len(values) - 1)])


def _autocorrelation(flat: np.ndarray) -> float:
    """Lag-one autocorrelation of the values in row order, 0.0 where it is undefined."""
    if flat.size < 8 or not np.all(np.isfinite(flat)):
        return 0.0
    centred = flat - flat.mean()
    power = float(np.dot(centred, centred))
    return float(np.dot(centred[1:], centred[:-1]) / power) if power > 0 else 0.0
