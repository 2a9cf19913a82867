"""The user's rows as records: labels, splits, batches; and any container of rows as numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Batches, Fit, Labels, Split
from unstuck.evidence.inputs import as_numbers, evenly, named_leaves
from unstuck.watch.rows import Rows

#: Target entries that are looked at; more (segmentation masks) are thinned to evenly spread rows.
LABEL_ENTRIES = 4_000_000

#: Batches of an epoch that are looked at; their mean entropy is steady long before that.
BATCHES_SEEN = 4096

#: Random orders that the expected entropy is averaged over: together with many batches in each,
#: its error stays below a hundredth of H(prior).
_ORDERS = 8


def targets_of(rows: Rows, output_names: Sequence[str]) -> dict[str, np.ndarray]:
    """The targets by output name, those of the passed batches where these are more than `rows.y`.

    Outputs without targets are left out.
    """
    names = list(output_names) or [""]
    kept = by_output(rows.y, names)
    passed = [by_output(batch, names) for batch in rows.batch_targets] if not rows.complete else []
    for name in names:
        parts = [batch[name] for batch in passed if name in batch]
        alike = [part for part in parts if part.shape[1:] == parts[0].shape[1:]]
        if sum(map(len, alike)) > len(kept.get(name, ())):
            kept[name] = np.concatenate(alike)
    return kept


def by_output(y: Any, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Spread targets over the outputs: by key for a dict, else in order."""
    leaves = named_leaves(y)
    if len(names) == 1:
        return {names[0]: leaves[0][1]} if leaves else {}
    keyed = {key: array for key, array in leaves if key in names}
    if isinstance(y, Mapping) and keyed:
        return keyed
    return {name: array for name, (_, array) in zip(names, leaves, strict=False)}


def read_labels(rows: Rows, output_names: Sequence[str]) -> dict[str, Labels]:
    """Describe the targets of each output; empty when the user gave none."""
    return {
        name: replace(describe_labels(array, rows.complete), left_out=rows.left_out)
        for name, array in targets_of(rows, output_names).items()
    }


def describe_labels(array: np.ndarray, complete: bool = True) -> Labels:
    """Describe one array of targets, of odd types too; very large ones by evenly spread rows."""
    few = evenly(array, LABEL_ENTRIES)
    numbers = as_numbers(few) if few.dtype.kind in "OV" else few
    if numbers is None:
        numbers = np.asarray([str(entry) for entry in few])
    return Labels.of(numbers, sampled=not complete or len(few) < len(array))


def read_split(
    training: Rows,
    validation: Rows | None,
    how: str,
    fraction: float,
    output_names: Sequence[str],
) -> dict[str, Split]:
    """Which labels train and which judge, by output name; outputs without either are left out.

    `how` is "validation_split" or "validation_data". Without validation rows, the split that
    `fraction` makes of all the training rows is described.
    """
    taught = targets_of(training, output_names)
    if validation is None:
        return {name: Split.tail(array, fraction) for name, array in taught.items()} if fraction else {}
    judged = targets_of(validation, output_names)
    return {
        name: Split(
            training=describe_labels(taught[name], training.complete),
            validation=describe_labels(judged[name], validation.complete),
            how=how,
            fraction=fraction,
        )
        for name in taught
        if name in judged
    }


def read_batches(rows: Rows, fit: Fit | None) -> Batches | None:
    """How mixed the labels are within a batch, against random batches of the same sizes.

    From the batches that passed, or, for arrays taken in order (`shuffle=False`), from the order of
    the rows. None when neither is known. Of several outputs
    the first whose targets are classes is read.
    """
    batches, how = _batches_in_order(rows, fit)
    if not batches:
        return None
    sizes = [_length(batch) for batch in batches]
    digests = list(rows.batch_digests)
    record = Batches(
        seen=len(batches),
        size=float(np.mean(sizes)),
        distinct=len(set(digests)) / len(digests) if digests and how == "seen" else 1.0,
        how=how,
    )
    classes = _classes_of(batches)
    if classes is None:
        return record
    codes, ends, levels = classes
    within = _mean_entropy(codes, ends, levels)
    generator = np.random.default_rng(0)
    random = [_mean_entropy(generator.permutation(codes), ends, levels) for _ in range(_ORDERS)]
    return Batches(
        **{
            **vars(record),
            "label_entropy": within,
            "prior_entropy": _mean_entropy(codes, np.array([len(codes)]), levels),
            "expected_entropy": float(np.mean(random)),
        }
    )


def _batches_in_order(rows: Rows, fit: Fit | None) -> tuple[list[Any], str]:
    """The targets of single batches in the order they pass, and how that is known."""
    seen = [batch for batch in rows.batch_targets if batch is not None][:BATCHES_SEEN]
    if seen:
        return seen, "seen"
    if fit is None or fit.shuffle or fit.data != "arrays" or not fit.batch_size or not rows.complete:
        return [], ""
    leaves = named_leaves(rows.y)
    if not leaves:
        return [], ""
    size, count = fit.batch_size, min(map(len, (array for _, array in leaves)))
    every = -(-count // (size * BATCHES_SEEN))
    starts = range(0, count, size * max(1, every))
    return [[array[start : start + size] for _, array in leaves] for start in starts], "order"


def _length(batch: Any) -> int:
    leaves = named_leaves(batch)
    return len(leaves[0][1]) if leaves else 0


def _classes_of(batches: list[Any]) -> tuple[np.ndarray, np.ndarray, int] | None:
    """Class codes of all rows, the end of each batch in them, the number of classes; None: no classes.

    Tries the targets in order and takes the first that are classes, one per row.
    """
    columns = [[array for _, array in named_leaves(batch)] for batch in batches]
    for index in range(len(columns[0])):
        parts = [column[index] for column in columns if index < len(column)]
        parts = [part for part in parts if part.shape[1:] == parts[0].shape[1:]]
        joined = np.concatenate(parts)
        labels = describe_labels(joined)
        if not labels.are_classes or labels.classes < 2:
            continue
        flat = joined.reshape(len(joined), -1)
        single = flat.argmax(axis=1) if labels.form == "one-hot" else flat[:, 0]
        values, codes = np.unique(single, return_inverse=True)
        return codes.reshape(-1), np.cumsum([len(part) for part in parts]), len(values)
    return None


def _mean_entropy(codes: np.ndarray, ends: np.ndarray, levels: int) -> float:
    """The mean over batches of the entropy of their labels in nats, weighted by their rows."""
    batch = np.searchsorted(ends, np.arange(len(codes)), side="right")
    sizes = np.diff(ends, prepend=0).astype(float)
    pairs, tally = np.unique(batch * levels + codes, return_counts=True)
    share = tally / sizes[pairs // levels]
    return float(-(tally * np.log(share)).sum() / len(codes)) + 0.0
