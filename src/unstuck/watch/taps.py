"""Look at batches as they pass, without drawing one more than the training does.

Generators, PyDatasets, torch DataLoaders and tf.data pipelines can only be read once or in a
random order, so they are never iterated by unstuck: a tap sees what Keras takes from them.
"""

from __future__ import annotations

import copyreg
import sys
import threading
import types
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from unstuck.evidence.rows import Rows, map_leaves

#: Inputs kept from a stream. Enough for some thousand rows of a small model; see the memory bound.
SAMPLE_BYTES = 8 * 2**20

#: Targets kept from a stream: a million class labels of eight bytes.
TARGET_BYTES = 8 * 2**20

#: Batches looked at; a longer first epoch is described by its beginning.
BATCHES_SEEN = 4096

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
    return np.array(value)  # a copy: a generator may write into the same buffer again


def _digest(value: Any) -> int:
    """A hash of the first bytes of an array, read without copying the rest."""
    array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    rows = max(1, len(array) * DIGEST_BYTES // max(array.nbytes, 1)) if array.ndim else 1
    return zlib.crc32(np.ascontiguousarray(array[:rows] if array.ndim else array).tobytes())


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
        self._samples: list[tuple[int, Any, Any]] = []
        self._every, self._bytes, self._target_bytes = 1, 0, 0
        self._targets: list[Any] = []
        self._digests: list[int] = []
        self._seen = 0
        self.error: str | None = None

    def see(self, batch: Any) -> None:
        """Look at one batch. Never raises."""
        try:
            with self._lock:
                self._look(*_unpack(batch)[:2])
        except Exception as error:  # a probe may never end the training
            self.error = f"{type(error).__name__}: {error}"

    def _look(self, x: Any, y: Any) -> None:
        if self._seen >= BATCHES_SEEN:
            return
        number, self._seen = self._seen, self._seen + 1
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

    def rows(self, batches_per_epoch: int | None) -> Rows | None:
        """What was seen, None when nothing was."""
        if not self._samples:
            return None
        # Later epochs bring the same rows again.
        samples = [kept for kept in self._samples if kept[0] < (batches_per_epoch or BATCHES_SEEN)]
        x = _join([x for _, x, _ in samples])
        y = _join([y for _, _, y in samples])
        targets = self._targets[:batches_per_epoch]
        return Rows(
            x=x, y=y, complete=False, batch_targets=targets, batch_digests=self._digests[:batches_per_epoch]
        )

    def clear(self) -> None:
        """Let go of everything that was kept, and look no more."""
        with self._lock:
            self._samples, self._targets, self._digests = [], [], []
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


def tap_stream(x: Any, tap: Tap) -> tuple[Any, Callable[[], None]]:
    """What to give Keras instead of `x` so that the tap sees what passes, and how to undo it.

    The stream yields the same batches in the same order from the same random draws. Where that
    cannot be had, `x` itself is returned and the tap stays empty.
    """
    kind = kind_of(x)
    if kind == "generator":
        return _passing(x, tap), tap.clear
    if kind == "tf.data":
        return _tapped_dataset(x, tap), tap.clear
    if kind == "DataLoader":
        return x, _swap_class(x, tap, "__iter__", _tapped_iter)
    if kind == "PyDataset" and not getattr(x, "use_multiprocessing", False):
        return x, _swap_class(x, tap, "__getitem__", _tapped_getitem)
    return x, tap.clear


def _passing(stream: Iterator[Any], tap: Tap) -> Iterator[Any]:
    for batch in stream:
        tap.see(batch)
        yield batch


def _tapped_iter(original: Any, tap: Tap) -> Any:
    def __iter__(self: Any) -> Iterator[Any]:
        inner = original(self)  # at once, not at the first batch: it draws the worker seed
        return _passing(inner, tap)

    return __iter__


def _tapped_getitem(original: Any, tap: Tap) -> Any:
    def __getitem__(self: Any, index: Any) -> Any:
        batch = original(self, index)
        tap.see(batch)
        return batch

    return __getitem__


def _made(cls: Any, *args: Any) -> Any:
    """An object without its state, as unpickling makes it."""
    return cls.__new__(cls, *args)


def _pickled_as(cls: Any) -> Any:
    """Pickle a tapped object as what it is to the user."""

    def __reduce_ex__(self: Any, protocol: Any) -> Any:
        tapped = type(self)
        object.__setattr__(self, "__class__", cls)
        try:
            reduced = self.__reduce_ex__(protocol)
        finally:
            object.__setattr__(self, "__class__", tapped)
        # pickle checks that __newobj__ makes an object of the very class it was given.
        plain = isinstance(reduced, tuple) and reduced[0] is copyreg.__newobj__  # type: ignore[attr-defined]
        return (_made, *reduced[1:]) if plain else reduced

    return __reduce_ex__


def _swap_class(x: Any, tap: Tap, method: str, tapped: Any) -> Callable[[], None]:
    """Give one object a subclass whose method is tapped; the object stays the same object."""
    cls = type(x)
    body = {
        method: tapped(getattr(cls, method), tap),
        "__module__": cls.__module__,
        "__reduce_ex__": _pickled_as(cls),
    }
    try:
        object.__setattr__(x, "__class__", type(cls.__name__, (cls,), body))
    except Exception:  # slots, a layout of its own, or a class that registers its subclasses
        return tap.clear

    def undo() -> None:
        object.__setattr__(x, "__class__", cls)
        tap.clear()

    return undo


def _tapped_dataset(dataset: Any, tap: Tap) -> Any:
    """A tf.data pipeline that shows its first batches on the way. No seed, no order, no size changes."""
    tensorflow = sys.modules["tensorflow"]
    spec = tensorflow.nest.flatten(dataset.element_spec)
    if not all(isinstance(part, tensorflow.TensorSpec) for part in spec) or not hasattr(dataset, "enumerate"):
        return dataset  # sparse and ragged tensors cannot pass to numpy; distributed data has no order
    structure = dataset.element_spec

    def see(*flat: Any) -> Any:
        tap.see(tensorflow.nest.pack_sequence_as(structure, list(flat)))
        return np.int64(0)

    def pass_on(index: Any, batch: Any) -> Any:
        flat = tensorflow.nest.flatten(batch)
        looked = tensorflow.cond(
            index < BATCHES_SEEN,
            lambda: tensorflow.numpy_function(see, flat, tensorflow.int64),
            lambda: tensorflow.constant(0, tensorflow.int64),
        )
        with tensorflow.control_dependencies([looked]):
            same = [tensorflow.identity(part) for part in flat]
        return tensorflow.nest.pack_sequence_as(structure, same)

    return dataset.enumerate().map(pass_on)
