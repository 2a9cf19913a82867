"""Taps see what passes and change nothing of it."""

import numpy as np

from unstuck.watch import taps
from unstuck.watch.rows import map_leaves
from unstuck.watch.taps import Tap, leaves

X = np.arange(80, dtype="float32").reshape(20, 4)
Y = np.arange(20) % 3


def batches():
    for start in range(0, 20, 5):
        yield X[start : start + 5], Y[start : start + 5]


def test_a_stream_is_seen_and_let_go_of():
    tap = Tap()
    for batch in batches():
        tap.see(batch)
    assert np.array_equal(tap.rows(None).x, X)
    assert np.array_equal(tap.rows(None).y, Y)
    rows = tap.rows(2)  # later batches are another epoch's: the same rows again
    assert np.array_equal(rows.x, X[:10])
    assert [len(target) for target in rows.batch_targets] == [5, 5]
    assert len(set(rows.batch_digests)) == 2
    tap.clear()
    assert tap.rows(None) is None


def test_a_reused_buffer_is_copied():
    buffer, tap = np.zeros((2, 1), "float32"), Tap()
    for value in range(4):
        buffer[:] = value
        tap.see((buffer, buffer[:, 0]))
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
