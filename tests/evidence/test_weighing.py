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


class Balance:
    """A weight for each row by its class, rare ones more; whole numbers where it is told to floor them."""

    def __init__(self, labels, floor):
        counts = np.bincount(labels)
        self.of_class = counts.min() // counts if floor else counts.mean() / counts

    def __call__(self, labels):
        return self.of_class[labels].astype("float32")


@pytest.mark.parametrize("floor", [True, False])
def test_weights_of_one_of_two_outputs_are_read_by_class(floor):
    keras.utils.set_random_seed(0)
    inputs = layers.Input((3,))
    heads = {
        "rare": layers.Dense(1, activation="sigmoid", name="rare")(inputs),
        "size": layers.Dense(1, name="size")(inputs),
    }
    model = keras.Model(inputs, heads)
    model.compile(
        "adam",
        {"rare": "binary_crossentropy", "size": "mse"},
        metrics={"rare": ["accuracy"], "size": ["mae"]},
    )
    watch, balance = unstuck.Watch(), Balance(RARE, floor)
    weights = {"rare": balance(RARE), "size": np.ones(len(X), "float32")}
    model.fit(X, {"rare": RARE, "size": X[:, 0]}, sample_weight=weights, callbacks=[watch], verbose=0)
    run = watch.diagnosis.run
    found = [each for each in (*run.causes, *run.notes) if each.rule == "zero-sample-weights"]
    assert [(each.output, each.shows["classes_of_weight_0"]) for each in found] == [("rare", 1)] * floor
