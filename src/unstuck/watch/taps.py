"""Look at batches as they pass, without drawing one more than the training does.

Generators, PyDatasets, torch DataLoaders and tf.data pipelines can only be read once or in a
random order, so they are never iterated by unstuck: a tap sees what Keras takes from them (adapters.py).
"""

from __future__ import annotations

import threading
import types
import zlib
from typing import Any

import numpy as np

from unstuck.watch.rows import Rows, map_leaves

#: Inputs kept from a stream. Enough for some thousand rows of a small model; see the memory bound.
SAMPLE_BYTES = 8 * 2**20

#: Targets kept from a stream: a million class labels of eight bytes.
TARGET_BYTES = 8 * 2**20

#: Batches looked at; a longer first epoch is described by its beginning.
BATCHES_SEEN = 4096

#: Rows of a stream that are told from each other, over all times that it is gone through, and the bytes of
#: a row that tell it: a hundred thousand numbers of 64 bits take some 8 MB.
ROWS_TOLD, ROW_BYTES = 100_000, 2**12

#: Bytes of a batch's input that are hashed to tell a copy; equal beginnings of equal length are copies.
DIGEST_BYTES = 2**16


def kind_of(x: Any) -> str:
    """What fit was given: "arrays", "tf.data", "PyDataset", "generator", "DataLoader" or "other"."""
    if isinstance(x, types.GeneratorType):
        return "generator"
    names = {f"{cls.__module__.split('.')[0]}.{cls.__name__}" for cls in type(x).__mro__}
    if names & {"tensorflow.DatasetV2", "tensorflow.DistributedDataset"}:
        return "tf.data"
    if "torch.DataLoader" in names:
        return "DataLoader"
    if "keras.PyDataset" in names:
        return "PyDataset"
    return "other" if names & {"grain.MapDataset", "grain.IterDataset", "grain.DataLoader"} else "arrays"


def leaves(structure: Any) -> list[Any]:
    """The arrays of a nested list, tuple or dict, dicts by sorted key as Keras takes them."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in leaves(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in leaves(part)]
    return [] if structure is None else [structure]


def _to_numpy(value: Any) -> np.ndarray:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (
            value.float() if str(value.dtype) == "torch.bfloat16" else value
        ).numpy()  # no bfloat16 there
    return np.array(value)  # a copy: a generator may write into the same buffer again


def _digest(value: Any) -> int:
    """A hash of the first bytes of an array, read without copying the rest."""
    array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    rows = max(1, len(array) * DIGEST_BYTES // max(array.nbytes, 1)) if array.ndim else 1
    return zlib.crc32(np.ascontiguousarray(array[:rows] if array.ndim else array).tobytes())


def row_digests(value: Any, most: int) -> list[int]:
    """A hash of each of the first rows of an array of numbers, of their first bytes; none of other arrays."""
    array = np.asarray(value[:most].detach().cpu() if hasattr(value, "detach") else value[:most])
    if array.dtype.kind not in "biufc" or array.ndim < 2 or not array.size:
        return []
    flat = array.reshape(len(array), -1)
    width = max(1, ROW_BYTES // flat.itemsize)
    return [hash(row.tobytes()) for row in np.ascontiguousarray(flat[:, :width])]


def _unpack(batch: Any) -> tuple[Any, Any, Any]:
    """(x, y, sample_weight) of a batch, as Keras unpacks it."""
    if isinstance(batch, list):
        batch = tuple(batch)
    if not isinstance(batch, tuple):
        return batch, None, None
    return (*batch, None, None)[:3]


class Tap:
    """What was seen of one stream: sample rows, and the targets of the first batches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: list[tuple[int, Any, Any]]
        self._targets: list[Any]
        self._digests: list[int]
        self._restart()
        self.error: str | None = None

    def begin(self) -> None:
        """The stream is gone through from its beginning: what one batch alone told before is told again.

        Keras takes a first batch to learn the shapes, and begins anew.
        """
        with self._lock:
            if self._seen == 1:
                self._restart()
            self._passes.append([])

    def _restart(self) -> None:
        self._samples, self._targets, self._digests = [], [], []
        self._every, self._bytes, self._target_bytes, self._seen = 1, 0, 0, 0
        self._passes: list[list[int]] = []
        self._told = 0
        self._weighted = False

    def see(self, batch: Any) -> None:
        """Look at one batch. Never raises."""
        try:
            with self._lock:
                *rows, weights = _unpack(batch)
                self._weighted = self._weighted or weights is not None
                self._look(*rows)
        except Exception as error:  # a probe may never end the training
            self.error = f"{type(error).__name__}: {error}"

    def _look(self, x: Any, y: Any) -> None:
        if self._seen >= BATCHES_SEEN:
            return
        number, self._seen = self._seen, self._seen + 1
        self._tell_rows(x)
        if self._target_bytes < TARGET_BYTES:
            target = map_leaves(_to_numpy, y)
            self._target_bytes += _size(target)
            self._targets.append(target)
            first = next(iter(leaves(x)), None)
            if first is not None:
                self._digests.append(_digest(first))
        if number % self._every:
            return
        sample = (map_leaves(_to_numpy, x), map_leaves(_to_numpy, y))
        self._samples.append((number, *sample))
        self._bytes += _size(sample)
        while self._bytes > SAMPLE_BYTES and len(self._samples) > 1:
            self._samples = self._samples[::2]  # keep the spread over the stream, not its beginning
            self._every *= 2
            self._bytes = sum(_size(kept[1:]) for kept in self._samples)

    def _tell_rows(self, x: Any) -> None:
        """Hash the rows of a batch's first input, as long as there is room."""
        first = next(iter(leaves(x)), None)
        if first is None or self._told >= ROWS_TOLD or not hasattr(first, "shape"):
            return
        digests = row_digests(first, ROWS_TOLD - self._told)
        self._told += len(digests)
        if not self._passes:
            self._passes.append([])
        self._passes[-1].extend(digests)

    def rows(self, batches_per_epoch: int | None) -> Rows | None:
        """What was seen, None when nothing was."""
        if not self._samples:
            return None
        # Later epochs bring the same rows again.
        samples = [kept for kept in self._samples if kept[0] < (batches_per_epoch or BATCHES_SEEN)]
        x = _join([x for _, x, _ in samples])
        y = _join([y for _, _, y in samples])
        targets = self._targets[:batches_per_epoch]
        digests = self._digests[:batches_per_epoch]
        return Rows(
            x=x,
            y=y,
            complete=False,
            batch_targets=targets,
            batch_digests=digests,
            passes=[each for each in self._passes if each],
            left_out=self._weighted,
        )

    def clear(self) -> None:
        """Let go of everything that was kept, and look no more."""
        with self._lock:
            self._restart()
            self._seen = BATCHES_SEEN


def _size(structure: Any) -> int:
    """Bytes of all arrays in a structure."""
    return sum(leaf.nbytes for leaf in leaves(structure))


def _join(parts: list[Any]) -> Any:
    """Concatenate structures leaf by leaf; parts whose rows differ in shape are left out."""
    first = parts[0]
    if first is None:
        return None
    shapes = [leaf.shape[1:] for leaf in leaves(first)]
    alike = [part for part in parts if [leaf.shape[1:] for leaf in leaves(part)] == shapes]
    columns = iter([np.concatenate(column) for column in zip(*map(leaves, alike), strict=True)])
    order = {id(leaf): next(columns) for leaf in leaves(first)}
    return map_leaves(lambda leaf: order[id(leaf)], first)
