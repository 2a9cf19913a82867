"""Rows that are copies of each other, counted and held against counting by hand."""

import numpy as np
import pytest

from unstuck.evidence.copies import read_copies
from unstuck.watch.rows import Rows


def by_hand(x, y):
    """The same two counts, row by row."""
    held = {}
    for row, label in zip(x.reshape(len(x), -1).tolist(), y.reshape(-1).tolist(), strict=True):
        held.setdefault(tuple(row), []).append(label)
    groups = list(held.values())
    copied = sum(len(labels) for labels in groups if len(labels) > 1)
    return copied, sum(len(labels) - max(map(labels.count, labels)) for labels in groups)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", [(3,), (2, 2, 1)])
def test_counts_are_those_by_hand(seed, shape):
    draw = np.random.default_rng(seed)
    x = draw.integers(0, 2, (200, *shape)).astype("float32")
    y = draw.integers(0, 3, 200)
    found = read_copies(Rows(x=x, y=y))
    assert (found.copied, found.disagreeing) == by_hand(x, y)
    assert (found.rows, found.columns) == (200, int(np.prod(shape)))


def test_one_hot_labels_and_a_column_are_read_as_classes():
    x = np.repeat(np.arange(4.0)[:, None], 2, axis=0).repeat(2, axis=1)
    y = np.array([0, 0, 0, 1, 2, 2, 1, 0])
    assert read_copies(Rows(x=x, y=np.eye(3)[y])).disagreeing == 2
    assert read_copies(Rows(x=x, y=y[:, None].astype("float64"))).disagreeing == 2


def test_rows_that_were_copied_over_others_are_told_from_answers_on_a_scale():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(400, 20)).astype("float32"), draw.integers(0, 3, 400)
    for last in range(len(x) - 1, 0, -1):  # a shuffle through views
        other = draw.integers(0, last + 1)
        x[last], x[other] = x[other], x[last]
        y[last], y[other] = y[other], y[last]
    found = read_copies(Rows(x=x, y=y))
    assert (found.copied, found.disagreeing) == by_hand(x, y)
    assert found.copied > 200
    assert found.telling == 20
    assert read_copies(Rows(x=np.round(3 * x).clip(-5, 5), y=y)).telling == 0


def test_empty_pictures_are_counted_apart():
    x = np.random.default_rng(0).random((60, 4, 4))
    x[:20] = 0.0
    y = np.arange(60) % 2
    found = read_copies(Rows(x=x, y=y))
    assert (found.copied, found.disagreeing, found.blank) == (20, 10, 10)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros((4, 2)), np.array([0.5, 1.5, 2.0, 0.0])),
        (np.zeros((4, 2)), np.array([0.0, np.nan, 1.0, 1.0])),
        (np.zeros((4, 2)), np.zeros((4, 2))),
        (np.zeros(4), np.zeros(4)),
        ([np.zeros((4, 2)), np.zeros((4, 2))], np.zeros(4)),
        (np.array([["a"], ["b"]]), np.zeros(2)),
        (np.zeros((0, 2)), np.zeros(0)),
    ],
    ids=["numbers", "nan", "several columns", "no rows of values", "two inputs", "text", "empty"],
)
def test_what_are_no_rows_with_a_class_each_is_not_counted(x, y):
    assert read_copies(Rows(x=x, y=y)) is None
    assert read_copies(None) is None
