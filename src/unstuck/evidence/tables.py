"""What the ids in the training rows find in the embeddings that read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from unstuck.evidence.facts import Table
from unstuck.evidence.inputs import as_numbers, evenly, read_by
from unstuck.evidence.layers import runs_as_keras
from unstuck.watch.backend import backend
from unstuck.watch.rows import Rows

#: Entries of an input that are looked at, and different ids in them.
_ENTRIES, _KINDS = 200_000, 10_000


def read_tables(
    model: Any, training: Rows, first_layers: Sequence[tuple[str, str, int | None]]
) -> tuple[Table, ...]:
    """The frozen embeddings that read an input, and how many of the ids in it find a row of zeros.

    One that trains gives zeros up by itself, and is not read. An input is laid to the only embedding of as
    many rows as its first reader has; where two have as many, neither is told. Id 0 is left out: it stands
    for padding, and its row is meant to be 0.

    Args:
        model: the model, after the fit.
        training: the training rows.
        first_layers: what reads each input, as `model.first_layers` gives it.
    """
    embeddings, found = _embeddings(model), []
    for array, _, kind, size in read_by(training.x, first_layers):
        fitting = [each for each in embeddings if kind == "Embedding" and each.input_dim == size]
        if len(fitting) != 1 or _trains(fitting[0]):
            continue
        ids = as_numbers(evenly(array, _ENTRIES))
        table = _read(fitting[0], ids) if ids is not None else None
        found += [table] if table is not None else []
    return tuple(found)


def _embeddings(model: Any) -> list[Any]:
    layers = [each for each in model._flatten_layers(include_self=False) if each.built]
    return [each for each in layers if type(each).__name__ == "Embedding" and runs_as_keras(each)]


def _trains(layer: Any) -> bool:
    return bool(layer.trainable and layer.embeddings.trainable)


def _read(layer: Any, ids: np.ndarray) -> Table | None:
    """What these ids find in a layer's table; None where they are no numbers of its rows."""
    from keras import ops

    kinds, counts = np.unique(ids, return_counts=True)
    if not len(kinds) or not (kinds == np.round(kinds)).all() or kinds[0] < 0 or kinds[-1] >= layer.input_dim:
        return None
    kinds, counts = kinds[kinds > 0].astype("int32"), counts[kinds > 0]
    stride = -(-len(kinds) // _KINDS)
    kinds, counts = (kinds[::stride], counts[::stride]) if stride else (kinds, counts)
    if not len(kinds):
        return None
    # Only these rows are brought from the accelerator: a table may hold gigabytes.
    empty = ~backend().to_numpy(ops.take(layer.embeddings.value, kinds, axis=0)).any(axis=1)
    return Table(
        layer=layer.name,
        read=int(counts.sum()),
        kinds=len(kinds),
        empty=float(counts[empty].sum() / counts.sum()),
    )
