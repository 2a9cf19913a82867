"""What fit is given stays what it is to the user's code, and is seen all the same."""

import inspect
import multiprocessing
import sys

import numpy as np
import pytest

from unstuck.watch import hook

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 4)).astype("float32"), RNG.integers(0, 2, 24)
BATCH = 6


def compiled():
    import keras

    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def fitted(data, watched, **arguments):
    """A fit of two epochs: its history, and the targets that were seen passing, by batch."""
    seen = []

    def note(observation):
        seen.extend(observation.training.batch_targets if observation.training is not None else ())
        assert observation.errors == []

    if watched:
        hook.install()
        hook.listen(note)
    try:
        history = compiled().fit(data, epochs=2, verbose=0, **arguments).history
    finally:
        hook.stop_listening(note)
    return history, seen


def strict_dataset(**settings):
    """A PyDataset whose code looks at what it is, and counts what it is asked for."""
    import keras

    class Strict(keras.utils.PyDataset):
        def __init__(self):
            super(type(self), self).__init__(**settings)
            self.asked = []

        def __len__(self):
            assert type(self) is Strict
            return len(X) // BATCH

        def __getitem__(self, index):
            assert type(self) is Strict
            assert "__getitem__" in type(self).__dict__
            self.asked.append(index)
            return X[index * BATCH :][:BATCH], Y[index * BATCH :][:BATCH]

        def on_epoch_end(self):
            super(type(self), self).on_epoch_end()
            self.asked.append("end")

    return Strict()


@pytest.mark.backend
@pytest.mark.parametrize("settings", [{}, {"workers": 2}], ids=["alone", "threads"])
def test_a_pydataset_is_asked_the_same_and_knows_itself(settings):
    def asked(watched):
        data = strict_dataset(**settings)
        before = set(vars(data))
        history, seen = fitted(data, watched, shuffle=False)
        assert set(vars(data)) == before
        return (history, [each for each in data.asked if settings == {} or each == "end"]), seen

    plain, _ = asked(watched=False)
    observed, seen = asked(watched=True)
    assert observed == plain
    assert sorted(map(tuple, seen)) == sorted(tuple(Y[start:][:BATCH]) for start in range(0, len(Y), BATCH))


class Pickled:
    """Rows for the workers of a DataLoader, one at a time."""

    def __len__(self):
        return len(X)

    def __getitem__(self, index):
        return X[index], Y[index]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_data_loader_draws_the_same_random_numbers(workers):
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader

    def order(watched):
        torch.manual_seed(7)
        context = multiprocessing.get_context("fork") if workers else None
        loader = DataLoader(
            Pickled(), batch_size=BATCH, shuffle=True, num_workers=workers, multiprocessing_context=context
        )
        history, seen = fitted(loader, watched, shuffle=False)
        assert type(loader) is DataLoader
        return (history, torch.rand(1).item()), seen

    plain, _ = order(watched=False)
    observed, seen = order(watched=True)
    assert observed == plain
    assert len(seen) == len(X) // BATCH


def test_a_generator_stays_the_users_own():
    def run(watched):
        said = []

        def batches():
            try:
                while True:
                    for start in range(0, len(X), BATCH):
                        back = yield X[start : start + BATCH], Y[start : start + BATCH]
                        said.append((inspect.isgenerator(stream), stream.gi_running, back))
            finally:
                said.append("closed")

        stream = batches()
        history, seen = fitted(stream, watched, shuffle=False, steps_per_epoch=4)
        assert stream.gi_frame is not None
        assert np.array_equal(stream.send("more")[0], X[:BATCH])
        stream.close()
        return (history, said), seen

    plain, _ = run(watched=False)
    observed, seen = run(watched=True)
    assert observed == plain
    assert np.array_equal(seen[0], Y[:BATCH])


@pytest.mark.backend
def test_a_tf_dataset_keeps_order_size_and_seed():
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("tf.data is tested where TensorFlow is the backend")
    tensorflow = sys.modules["tensorflow"]

    def run(watched):
        order = []

        def note(batch):
            order.append(batch.tolist())
            return np.int64(0)

        def noted(x, y):
            with tensorflow.control_dependencies([tensorflow.numpy_function(note, [y], tensorflow.int64)]):
                return tensorflow.identity(x), y

        keras.utils.set_random_seed(3)
        data = tensorflow.data.Dataset.from_tensor_slices((X, Y)).shuffle(24).batch(BATCH).map(noted)
        history, seen = fitted(data, watched, shuffle=False)
        return (history, order, repr(data.element_spec), data.options()), seen

    plain, _ = run(watched=False)
    observed, seen = run(watched=True)
    assert observed == plain
    assert [target.tolist() for target in seen] == plain[1][:4]


def test_what_another_keras_makes_is_not_looked_at_and_trains():
    from unstuck.watch.adapters import attach
    from unstuck.watch.taps import Tap

    class PyDatasetAdapter:
        """An adapter without the source that is known."""

    tap = Tap()
    attach(PyDatasetAdapter(), tap)
    assert "_get_iterator" in tap.error
