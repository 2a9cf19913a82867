"""What fit can be given: streams that count and draw, loaders with workers, tables, lists."""

from __future__ import annotations

from typing import Any

from interference.table import Watching, compiled, dense, fitted, program, rows

_STREAM = {"batch_size": None, "shuffle": False}


def _dataset(draws: bool = True, **settings: Any) -> Any:
    """A PyDataset that looks at what it is, counts and draws."""
    import keras
    import numpy as np

    x, y = rows()

    class Rows(keras.utils.PyDataset):
        def __init__(self) -> None:
            super(type(self), self).__init__(**settings)
            self.asked: list[Any] = []

        def __len__(self) -> int:
            return 6

        def __getitem__(self, index: int) -> Any:
            assert type(self) is Rows
            self.asked.append(index)
            chosen = np.random.choice(96, 16) if draws else slice(16 * index, 16 * index + 16)
            return x[chosen], y[chosen]

        def on_epoch_end(self) -> None:
            super(type(self), self).on_epoch_end()
            self.asked.append("end")

    return Rows()


@program("PyDataset that draws, counts and looks at its class")
def _py_dataset(watching: Watching) -> Any:
    import keras

    data = _dataset()
    data.callback_sees = None

    class Looking(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            data.callback_sees = (type(data).__name__, type(data).__mro__, sorted(vars(data)))

    result = fitted(
        compiled(dense(keras.layers.Dropout(0.3))), watching, data, callbacks=[Looking()], **_STREAM
    )
    names = [cls.__name__ for cls in data.callback_sees[1]]
    return result, data.asked, names, data.callback_sees[2]


@program("PyDataset shuffled by Keras, another one for validation")
def _shuffled(watching: Watching) -> Any:
    data, held = _dataset(draws=False), _dataset(draws=False)
    result = fitted(
        compiled(), watching, data, validation_data=held, batch_size=None, class_weight={0: 1.0, 1: 2.0}
    )
    return result, data.asked, held.asked


@program("PyDataset with threads")
def _threads(watching: Watching) -> Any:
    data = _dataset(draws=False, workers=2, max_queue_size=2)
    return fitted(compiled(), watching, data, **_STREAM)


class _Pickled:
    """Rows one at a time, for workers in other processes."""

    def __init__(self) -> None:
        self.x, self.y = rows()

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: int) -> Any:
        return self.x[index], self.y[index]


@program("PyDataset with processes", on=("torch",))
def _processes(watching: Watching) -> Any:
    import keras

    class Forked(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 6

        def __getitem__(self, index: int) -> Any:
            x, y = rows()
            return x[16 * index :][:16], y[16 * index :][:16]

    return fitted(compiled(), watching, Forked(workers=2, use_multiprocessing=True), **_STREAM)


def _loader(workers: int = 0, **more: Any) -> Any:
    import torch

    torch.manual_seed(3)
    return torch.utils.data.DataLoader(_Pickled(), batch_size=16, shuffle=True, num_workers=workers, **more)


@program("DataLoader")
def _data_loader(watching: Watching) -> Any:
    import torch

    loader = _loader()
    result = fitted(compiled(), watching, loader, **_STREAM)
    return result, type(loader).__name__, sorted(vars(loader)), torch.rand(2).tolist()


@program("DataLoader with workers that stay", on=("torch",))
def _workers(watching: Watching) -> Any:
    import torch

    loader = _loader(2, persistent_workers=True)
    return fitted(compiled(), watching, loader, validation_data=_loader(1), **_STREAM), torch.rand(2).tolist()


@program("DataLoader over an IterableDataset")
def _iterable(watching: Watching) -> Any:
    import torch

    x, y = rows()
    begun: list[int] = []

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self) -> Any:
            begun.append(1)
            return iter([(x[i : i + 16], y[i : i + 16]) for i in range(0, 96, 16)])

    loader = torch.utils.data.DataLoader(Stream(), batch_size=None)
    return fitted(compiled(), watching, loader, **_STREAM), begun


# TensorFlow reads ahead of the training, as far as it has the time.
@program("generator that is inspected, sent to and closed", on=("torch", "jax"))
def _generator(watching: Watching) -> Any:
    import inspect

    import numpy as np

    x, y = rows()
    said: list[Any] = []

    def batches() -> Any:
        try:
            while True:
                chosen = np.random.choice(96, 16)
                back = yield x[chosen], y[chosen]
                said.append((back, inspect.isgenerator(stream), stream.gi_running))
        finally:
            said.append("closed")

    stream = batches()
    result = fitted(compiled(), watching, stream, steps_per_epoch=4, **_STREAM)
    frame = stream.gi_frame is not None
    said.append("sent") if stream.send("more") is not None else None
    stream.close()
    return result, frame, said


@program("generator that ends too early and is warned of")
def _exhausted(watching: Watching) -> Any:
    x, y = rows()
    stream = ((x[i : i + 16], y[i : i + 16]) for i in range(0, 96, 16))
    return fitted(compiled(), watching, stream, steps_per_epoch=4, **_STREAM)


@program("tf.data, shuffled, cached, prefetched", on=("tensorflow", "jax", "torch"))
def _tf_data(watching: Watching) -> Any:
    import tensorflow as tf

    tf.random.set_seed(3)
    x, y = rows()
    data = tf.data.Dataset.from_tensor_slices((x, y)).cache().shuffle(96, seed=2).batch(16).prefetch(1)
    before = (repr(data.element_spec), int(data.cardinality()), str(data.options()))
    result = fitted(compiled(), watching, data, validation_data=data, **_STREAM)
    return result, before == (repr(data.element_spec), int(data.cardinality()), str(data.options()))


@program("tf.data that repeats, with weights of classes", on=("tensorflow",))
def _repeating(watching: Watching) -> Any:
    import tensorflow as tf

    x, y = rows()
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(96).repeat().batch(16)
    more = {"steps_per_epoch": 5, "class_weight": {0: 1.0, 1: 2.0}}
    result = fitted(compiled(), watching, data, **more, **_STREAM)
    return result, tf.random.uniform((2,)).numpy().tolist()


@program("pandas")
def _pandas(watching: Watching) -> Any:
    import pandas

    x, y = rows()
    table, labels = pandas.DataFrame(x, columns=list("abcdef")), pandas.Series(y)
    result = fitted(compiled(), watching, table, labels, validation_split=0.25)
    return result, list(table.columns), table.to_numpy().tobytes(), str(labels.dtype)


@program("lists of lists, refused")
def _lists(watching: Watching) -> Any:
    x, y = rows()
    try:
        return fitted(compiled(), watching, x.tolist(), y.tolist())
    except Exception as error:
        return type(error).__name__


@program("a subclass of ndarray that counts")
def _counting_array(watching: Watching) -> Any:
    import numpy as np

    looked: list[str] = []

    class Counted(np.ndarray):
        def __getitem__(self, key: Any) -> Any:
            looked.append("item")
            return super().__getitem__(key)

    x, y = rows()
    return fitted(compiled(), watching, x.view(Counted), y), len(looked)


@program("tensors of the backend")
def _tensors(watching: Watching) -> Any:
    import keras

    x, y = rows()
    return fitted(compiled(), watching, keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y))


@program("a read-only array, changed between two fits")
def _changed(watching: Watching) -> Any:
    x, y = rows()
    model = compiled()
    x.flags.writeable = False
    first = fitted(model, watching, x, y)
    x.flags.writeable = True
    x += 1.0
    return first, fitted(model, watching, x, y), x.flags.writeable
