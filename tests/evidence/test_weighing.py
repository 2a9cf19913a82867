"""How much a row of each class counts, and where its weight was made."""

import keras
import numpy as np
import pytest
from keras import layers

import unstuck

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(600, 3)).astype("float32")
RARE = (X[:, 0] + 0.3 * X[:, 1] > 1.6).astype("int32")


def as_frequent(labels):
    counts = np.bincount(labels)
    shares = 2 * counts / counts.sum()
    return shares[labels].astype("float32")


def turned(labels):
    counts = np.bincount(labels)
    shares = counts.sum() / (2 * counts)
    return shares[labels].astype("float32")


def told(weights=None, **given):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    watch = unstuck.Watch()
    if weights is not None:
        model.fit(X, RARE, sample_weight=weights(RARE), epochs=3, callbacks=[watch], verbose=0)
    else:
        model.fit(X, RARE, epochs=3, callbacks=[watch], verbose=0, **given)
    run = watch.diagnosis.run
    return {each.rule: each for each in (*run.causes, *run.notes)}.get("rare-class-counts-less")


def test_weights_that_grow_with_the_frequency_are_told():
    found = told(as_frequent)
    rows, weights = found.shows["rows"], found.shows["weights"]
    assert rows == pytest.approx(RARE.mean())
    assert weights == pytest.approx(rows**2 / (rows**2 + (1 - rows) ** 2))
    assert found.certainty == "measured"


def test_class_weights_are_read_in_the_same_way_at_their_line():
    found = told(class_weight={0: 5.0, 1: 1.0})
    assert found is not None
    assert told(class_weight={0: 1.0, 1: 5.0}) is None


def test_weights_against_the_frequency_are_right():
    assert told(turned) is None
