"""See batches where Keras takes them: in the data adapter that a fit makes, never in the user's object.

Keras makes an adapter of whatever fit is given and drops it after the fit. What passes is seen there,
so that a PyDataset, a DataLoader, a generator or a tf.data pipeline stays the very object that the
user's code knows: its class, its attributes and its iterators are untouched.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from unstuck.watch.muting import muted
from unstuck.watch.taps import BATCHES_SEEN, Tap

#: What each adapter of Keras makes its batches from, whatever the backend asks it for.
_SOURCES = {
    "PyDatasetAdapter": ("_get_iterator",),
    "GeneratorDataAdapter": ("generator",),
    "TorchDataLoaderAdapter": ("get_numpy_iterator", "get_torch_dataloader"),
    "TFDatasetAdapter": ("get_numpy_iterator", "get_jax_iterator", "get_torch_dataloader"),
}


class _Expected(threading.local):
    """The streams of the fits that are under way in this thread, each with its tap."""

    def __init__(self) -> None:
        self.streams: list[tuple[Any, Tap]] = []


_EXPECTED = _Expected()


def expect(x: Any, tap: Tap) -> Callable[[], None]:
    """Let the tap see what Keras takes from this stream in this thread. What is returned ends it."""
    entry = (x, tap)
    _EXPECTED.streams.append(entry)

    def undo() -> None:
        _EXPECTED.streams = [each for each in _EXPECTED.streams if each is not entry]
        tap.clear()

    return undo


def patch(epoch_iterator: Any) -> None:
    """Have Keras's `EpochIterator` show the adapters that it makes of expected streams."""
    original = epoch_iterator.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        x = kwargs.get("x", args[0] if args else None)
        for stream, tap in _EXPECTED.streams:
            if stream is x:
                attach(self.data_adapter, tap)

    epoch_iterator.__init__ = __init__


def attach(adapter: Any, tap: Tap) -> None:
    """Let the tap see every batch that an adapter of Keras gives out. Never raises.

    The same batches pass in the same order from the same random draws. Of an adapter that cannot be
    seen into, the tap stays empty and says so.
    """
    try:
        for name in _SOURCES.get(type(adapter).__name__, ()):
            _show(adapter, name, tap)
        if type(adapter).__name__ == "TFDatasetAdapter":
            adapter.get_tf_dataset = _through(adapter.get_tf_dataset, lambda made: tapped_dataset(made, tap))
    except Exception as error:  # another Keras: the fit runs, and its rows are not looked at
        tap.error = f"{type(error).__name__}: {error}"


def _show(adapter: Any, name: str, tap: Tap) -> None:
    """Have one source of an adapter's batches pass by the tap."""
    source = getattr(adapter, name)
    made = _through(source, lambda batches: _Passing(batches, tap))
    setattr(adapter, name, made if callable(source) else _Passing(source, tap))


def _through(source: Callable[[], Any], change: Callable[[Any], Any]) -> Callable[[], Any]:
    return lambda: change(source())


class _Passing:
    """Batches that pass by a tap, each time they are gone through."""

    def __init__(self, batches: Iterable[Any], tap: Tap) -> None:
        self._batches, self._tap = batches, tap

    def __iter__(self) -> Iterator[Any]:
        batches = iter(self._batches)  # at once: a DataLoader draws its workers' seed here
        self._tap.begin()
        return _PassingOnce(batches, self._tap)


class _PassingOnce:
    """One way through the batches: what the iterator gives and raises, and nothing else."""

    def __init__(self, batches: Iterator[Any], tap: Tap) -> None:
        self._batches, self._tap = batches, tap

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        batch = next(self._batches)
        self._tap.see(batch)
        return batch


def tapped_dataset(dataset: Any, tap: Tap) -> Any:
    """A tf.data pipeline that shows its first batches on the way. No seed, no order, no size changes."""
    tensorflow = sys.modules["tensorflow"]
    spec = tensorflow.nest.flatten(dataset.element_spec)
    if not all(isinstance(part, tensorflow.TensorSpec) for part in spec) or not hasattr(dataset, "enumerate"):
        return dataset  # sparse and ragged tensors cannot pass to numpy; distributed data has no order
    structure = dataset.element_spec

    def see(index: Any, *flat: Any) -> Any:
        if index == 0:
            tap.begin()
        tap.see(tensorflow.nest.pack_sequence_as(structure, list(flat)))
        return np.int64(0)

    def pass_on(index: Any, batch: Any) -> Any:
        flat = tensorflow.nest.flatten(batch)
        looked = tensorflow.cond(
            index < BATCHES_SEEN,
            lambda: tensorflow.numpy_function(see, [index, *flat], tensorflow.int64),
            lambda: tensorflow.constant(0, tensorflow.int64),
        )
        with tensorflow.control_dependencies([looked]):
            same = [tensorflow.identity(part) for part in flat]
        return tensorflow.nest.pack_sequence_as(structure, same)

    with muted():  # TensorFlow changes the filters of warnings while it traces
        return dataset.enumerate().map(pass_on)
