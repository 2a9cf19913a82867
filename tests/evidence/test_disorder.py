"""Rows that reach fit in another order, levelled, or with targets that lie too far ahead."""

import keras
import numpy as np
import pytest
from keras import layers

import unstuck
from unstuck.evidence.disorder import _in_blocks, _same_in_all
from unstuck.evidence.made.statements import behind

DRAW = np.random.default_rng(0)


def watched(width, units=1, loss="mse"):
    """A small model and what watches it; each test calls fit itself, so that the rows have their names."""
    model = keras.Sequential([layers.Input((width,)), layers.Dense(8, activation="relu")])
    model.add(layers.Dense(units, activation="softmax" if units > 1 else None))
    model.compile("adam", loss, metrics=["accuracy"] if units > 1 else [])
    return model, unstuck.Watch()


def causes(watch):
    return {each.rule: each for each in watch.diagnosis.run.causes}


def clouds(count=400):
    kinds = DRAW.integers(0, 3, count)
    return (DRAW.normal(size=(3, 5))[kinds] * 2 + DRAW.normal(size=(count, 5))).astype("float32"), kinds


def by_name(rows):
    names = sorted(f"scan_{number}.npy" for number in range(len(rows)))
    return rows[[int(name[5:-4]) for name in names]]


def test_rows_in_the_order_of_their_sorted_names_are_told_at_the_line_that_sorts():
    x, kinds = clouds()
    x = by_name(x)
    model, watch = watched(5, 3, "sparse_categorical_crossentropy")
    model.fit(x[:300], kinds[:300], epochs=2, callbacks=[watch], verbose=0)
    found = causes(watch)["rows-in-another-order"]
    assert "10, 100, 101" in found.says
    assert found.shows["order"] == "sorted names"
    assert found.where.line == by_name.__code__.co_firstlineno + 1


def test_rows_in_no_order_are_not_told_to_be_in_one():
    x, kinds = clouds()
    mixed = kinds[DRAW.permutation(len(kinds))]
    model, watch = watched(5, 3, "sparse_categorical_crossentropy")
    model.fit(x, mixed, epochs=2, callbacks=[watch], verbose=0)
    assert "rows-in-another-order" not in causes(watch)


def waves(steps=700):
    series = np.zeros(steps)
    for t in range(2, steps):
        series[t] = 1.2 * series[t - 1] - 0.5 * series[t - 2] + DRAW.normal(0, 0.3)
    return series.astype("float32")


def windows(series, width, begin):
    x = np.lib.stride_tricks.sliding_window_view(series, width)
    y = series[begin:]
    return x[: len(y)].copy(), y.copy()


def test_a_target_that_lies_a_window_too_late_is_counted():
    x, y = windows(waves(), 8, 16)
    model, watch = watched(8)
    model.fit(x, y, epochs=2, callbacks=[watch], verbose=0)
    found = causes(watch)["target-too-far-ahead"]
    assert found.shows["ahead"] == 9
    assert "9 steps after the last one of its window" in found.says
    assert found.where.line == windows.__code__.co_firstlineno + 2


def test_the_value_that_follows_is_not_too_far():
    x, y = windows(waves(), 8, 8)
    model, watch = watched(8)
    model.fit(x, y, epochs=2, callbacks=[watch], verbose=0)
    assert "target-too-far-ahead" not in causes(watch)


def level(x):
    return ((x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)).astype("float32")


def test_rows_that_were_levelled_one_by_one_are_suspected_where_nothing_is_found_in_them():
    kinds = DRAW.integers(0, 2, 300)
    x = 3.0 * kinds[:, None] + DRAW.normal(size=(300, 6))
    x = level(x)
    model, watch = watched(6, 2, "sparse_categorical_crossentropy")
    model.fit(x, kinds, epochs=2, callbacks=[watch], verbose=0)
    found = causes(watch)["rows-levelled"]
    assert found.certainty == "suspected"
    assert found.where.line == level.__code__.co_firstlineno + 1


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (level(DRAW.normal(size=(50, 6))), "mean and deviation"),
        (DRAW.normal(size=(50, 6)), ""),
        (np.eye(6)[DRAW.integers(0, 6, 50)], ""),
        (np.hstack([np.zeros((50, 1)), np.ones((50, 1)), DRAW.integers(0, 17, (50, 30)) / 16]), ""),
    ],
    ids=["levelled", "drawn", "one-hot", "grey levels"],
)
def test_what_is_the_same_in_all_rows(rows, what):
    assert _same_in_all(rows.astype(np.float64)) == what


@pytest.mark.parametrize(
    ("y", "together"),
    [
        (np.repeat([0, 1, 2], 60), True),
        (DRAW.integers(0, 3, 180), False),
        (np.tile([0, 1, 2], 60), False),
        (np.arange(180), False),
    ],
    ids=["sorted", "drawn", "in turn", "each its own"],
)
def test_classes_that_stand_together_are_not_put_in_another_order(y, together):
    assert _in_blocks(y) == together


SOURCE = """
def load(folder):
    files = sorted(folder.glob("*.npy"))
    x = np.stack([np.load(f) for f in files]).astype("float32") / 16
    y = np.loadtxt(folder)
    return x.reshape(-1, 8), y

x, y = load(here)
x = x[:, :5]
model.fit(x, y)
"""


def test_a_name_is_followed_into_the_function_that_made_it(tmp_path):
    file = tmp_path / "train.py"
    file.write_text(SOURCE)
    assert [each.lineno for each in behind(str(file), "x", 10)] == [9, 8, 6, 4, 3]
    assert [each.lineno for each in behind(str(file), "y", 10)] == [8, 6, 5]
    assert behind(str(file), "z", 10) == []


WITHIN = """
def train(rows, labels):
    model.fit(rows, labels)

def load():
    rows = read()
    return rows

x = load()
train(x[:9], y)
"""


def test_a_parameter_is_followed_to_the_call_and_other_scopes_are_left_alone(tmp_path):
    file = tmp_path / "train.py"
    file.write_text(WITHIN)
    assert [each.lineno for each in behind(str(file), "rows", 3)] == [10, 9, 7, 6]
