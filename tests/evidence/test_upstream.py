"""What the program still holds of its rows before they went to fit."""

import keras
import numpy as np
from keras import layers

import unstuck
from unstuck.evidence.handed import one_for_all
from unstuck.evidence.upstream import _pairs, tried_on

DRAW = np.random.default_rng(0)
WORDS = [f"word{number}" for number in range(12)]


def small(x, classes=2):
    first = layers.Embedding(40, 4) if x.dtype.kind == "i" else layers.Dense(8, activation="relu")
    model = keras.Sequential([layers.Input(x.shape[1:], dtype=x.dtype.name), first, layers.Flatten()])
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def watched(*args, **rest):
    watch = unstuck.Watch()
    args[0].fit(*args[1:], callbacks=[watch], verbose=0, **rest)
    return watch.diagnosis.run


def test_words_that_all_get_one_number():
    labels = DRAW.integers(0, 2, 400)
    texts = [" ".join(DRAW.choice(WORDS[:6] if label else WORDS[6:], 5)) for label in labels]
    numbers = dict.fromkeys(WORDS, 1)
    ids = np.array([[numbers[word] for word in text.split()] for text in texts], "int32")
    ids[::3, -1] = 0
    run = watched(small(ids), ids, labels, epochs=2)
    first = run.causes[0]
    assert (first.rule, first.certainty) == ("signal-lost-before-fit", "measured")
    assert "From texts with labels, 400 rows" in first.says
    assert "numbers gives all its keys one and the same number" in first.says


def test_rows_that_were_put_together_anew_are_counted():
    rows = DRAW.normal(size=(600, 5)).astype("float32")
    kinds = (rows[:, 0] + rows[:, 1] > 0).astype("int64")
    x, y = rows[DRAW.permutation(600)][:500], kinds[DRAW.permutation(600)][:500]
    first = watched(small(x), x, y, epochs=2).causes[0]
    assert first.rule == "signal-lost-before-fit"
    assert first.shows["found"] == 500
    assert 200 < first.shows["agree"] < 300


def test_where_the_rows_hold_what_tells_the_targets_nothing_is_said():
    rows = DRAW.normal(size=(600, 5)).astype("float32")
    kinds = (rows[:, 0] + rows[:, 1] > 0).astype("int64")
    noise = DRAW.integers(0, 2, 600)
    for targets in (kinds, noise):
        run = watched(small(rows), rows, targets, epochs=2)
        assert "signal-lost-before-fit" not in {each.rule for each in (*run.causes, *run.notes)}


def test_rows_that_fit_got_as_they_are_held_lost_nothing():
    """A walk: the next value is told well by the last one, the step between them hardly by anything."""
    walk = np.cumsum(DRAW.normal(size=700)).astype("float32")
    windows = np.lib.stride_tricks.sliding_window_view(walk, 9)
    x, y = windows[:, :8], windows[:, 8]
    model = keras.Sequential([layers.Input((8, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    run = watched(model, x[:600, :, None], y[:600], epochs=2)
    assert "signal-lost-before-fit" not in {each.rule for each in (*run.causes, *run.notes)}


def test_of_several_labels_for_the_same_rows_none_is_taken_for_the_targets():
    rows, passed = DRAW.normal(size=(300, 2)), DRAW.integers(0, 2, 200)
    held = {"rows": rows, "first": (rows[:, 0] > 0).astype(int), "second": (rows[:, 1] > 0).astype(int)}
    assert list(_pairs(held, passed, classes=True, drawn=True)) == []
    held["passed"] = DRAW.permutation(300) % 2
    (pair,) = _pairs(held, held["passed"], classes=True, drawn=False)
    assert pair.targets == "passed"


def test_a_copy_of_the_targets_is_no_input():
    targets = DRAW.integers(0, 3, 300)
    held = {"codes": np.stack([targets + 7, DRAW.integers(0, 3, 300)], axis=1), "targets": targets}
    assert list(_pairs(held, targets, classes=True, drawn=False)) == []
    held["codes"] = DRAW.normal(size=(300, 2))
    (pair,) = _pairs(held, targets, classes=True, drawn=False)
    assert tried_on(pair, classes=True).skill < 0.2


def test_a_dict_of_one_number_for_many_keys():
    assert one_for_all({"a": dict.fromkeys(WORDS, 1), "b": {}}) == "a"
    assert one_for_all({"a": {word: k for k, word in enumerate(WORDS)}, "b": {"one": 1}}) == ""
