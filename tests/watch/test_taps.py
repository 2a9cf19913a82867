"""Taps see what passes and change nothing of it."""

import sys

import numpy as np
import pytest

from unstuck.evidence.rows import map_leaves
from unstuck.watch import taps
from unstuck.watch.taps import Tap, kind_of, leaves, tap_stream

X = np.arange(80, dtype="float32").reshape(20, 4)
Y = np.arange(20) % 3


def batches():
    for start in range(0, 20, 5):
        yield X[start : start + 5], Y[start : start + 5]


def test_a_generator_passes_unchanged_and_is_seen():
    tap = Tap()
    stream, undo = tap_stream(batches(), tap)
    assert kind_of(stream) == "generator"
    passed = list(stream)
    assert all(
        np.array_equal(a, b)
        for one, two in zip(passed, batches(), strict=True)
        for a, b in zip(one, two, strict=True)
    )
    assert np.array_equal(tap.rows(None).x, X)
    assert np.array_equal(tap.rows(None).y, Y)
    rows = tap.rows(2)  # later batches are another epoch's: the same rows again
    assert np.array_equal(rows.x, X[:10])
    assert [len(target) for target in rows.batch_targets] == [5, 5]
    assert len(set(rows.batch_digests)) == 2
    undo()
    assert tap.rows(None) is None


def test_a_reused_buffer_is_copied():
    buffer = np.zeros((2, 1), "float32")

    def reusing():
        for value in range(4):
            buffer[:] = value
            yield buffer, buffer[:, 0]

    tap = Tap()
    list(tap_stream(reusing(), tap)[0])
    assert tap.rows(None).y.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_memory_is_bounded_and_the_sample_spread_over_the_stream(monkeypatch):
    monkeypatch.setattr(taps, "SAMPLE_BYTES", 2000)
    tap = Tap()
    for number in range(200):
        tap.see((np.full((4, 10), number, "float32"), np.full(4, number)))
    rows = tap.rows(None)
    assert rows.x.nbytes <= 2000
    assert rows.y.max() > 100


def test_a_broken_batch_is_an_error_line_not_an_exception():
    class Broken:
        def __array__(self, *_, **__):
            raise RuntimeError("planted")

    tap = Tap()
    tap.see((Broken(), Broken()))
    assert tap.error == "RuntimeError: planted"


def test_nested_structures_keep_their_shape():
    structure = {"b": [X, (Y, None)], "a": Y}
    assert len(leaves(structure)) == 3
    assert leaves(structure)[0] is Y
    assert map_leaves(len, structure) == {"b": [20, (20, None)], "a": 20}


@pytest.mark.backend
def test_a_pydataset_keeps_its_class_after_the_fit():
    import keras

    class Rows(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return X[index * 5 : index * 5 + 5], Y[index * 5 : index * 5 + 5]

    dataset, tap = Rows(), Tap()
    given, undo = tap_stream(dataset, tap)
    assert given is dataset
    assert isinstance(given, Rows)
    assert len(given) == 4
    for index in (2, 0):
        given[index]
    assert tap.rows(None).y.tolist() == Y[[10, 11, 12, 13, 14, 0, 1, 2, 3, 4]].tolist()
    undo()
    assert type(dataset) is Rows


def test_a_data_loader_draws_the_same_random_numbers():
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    def order(tapped):
        torch.manual_seed(7)
        loader, tap = DataLoader(TensorDataset(torch.arange(30)), batch_size=4, shuffle=True), Tap()
        undo = tap_stream(loader, tap)[1] if tapped else lambda: None
        seen = [batch[0].tolist() for _ in range(2) for batch in loader] + [torch.rand(1).item()]
        undo()
        assert type(loader) is DataLoader
        return seen

    assert order(tapped=True) == order(tapped=False)


@pytest.mark.backend
def test_a_tf_dataset_keeps_order_size_and_seed():
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("tf.data is tested where TensorFlow is the backend")
    tensorflow = sys.modules["tensorflow"]

    def order(tapped):
        tensorflow.random.set_seed(3)
        dataset = tensorflow.data.Dataset.from_tensor_slices((X, Y)).shuffle(20).batch(6)
        tap = Tap()
        given = tap_stream(dataset, tap)[0] if tapped else dataset
        assert int(given.cardinality()) == 4
        assert given.element_spec == dataset.element_spec
        passed = [batch[1].numpy().tolist() for _ in range(2) for batch in given]
        return passed, tap

    plain, _ = order(tapped=False)
    seen, tap = order(tapped=True)
    assert seen == plain
    assert [target.tolist() for target in tap.rows(4).batch_targets] == seen[:4]
