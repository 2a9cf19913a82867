"""Inputs zeroed: who looks at the input, and at which."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import experiments

ASK = experiments()["inputs-zeroed"]


def _fitted(x, y, weights):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="binary_crossentropy", metrics=["accuracy"])
    model.set_weights([np.float32(each) for each in weights])
    return recipe_of(model, x, y, epochs=1, batch_size=20)


def _rows(count=200):
    x = np.random.default_rng(0).normal(size=(count, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


def test_an_answer_that_depends_on_the_input():
    x, y = _rows()
    answer = ASK(_fitted(x, y, ([[5], [0], [0]], [0])), Clock(30))
    assert answer.refutes == ("constant-inputs",)
    assert answer.shows["depends_on_input"] is True
    assert answer.shows["score"] == 1.0
    assert answer.shows["replaced"]["zeros"]["score"] == pytest.approx(1 - y.mean(), abs=0.02)


def test_a_model_that_ignores_its_inputs():
    x, y = _rows()
    answer = ASK(_fitted(x, y, ([[0], [0], [0]], [1])), Clock(30))
    assert answer.shows["depends_on_input"] is False
    assert answer.refutes == ("constant-inputs",)
    assert "ignores its inputs" in answer.says


def test_equal_rows():
    x, y = _rows()
    answer = ASK(_fitted(np.ones_like(x), y, ([[5], [0], [0]], [0])), Clock(30))
    assert answer.supports == ("constant-inputs",)
    assert answer.shows["inputs_vary"] is False


def test_one_of_two_inputs_counts():
    x, y = _rows()
    keras.utils.set_random_seed(0)
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    joined = keras.layers.Concatenate()([left, right])
    model = keras.Model([left, right], keras.layers.Dense(1, activation="sigmoid")(joined))
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="binary_crossentropy", metrics=["accuracy"])
    model.set_weights([np.float32([[0], [0], [0], [5], [0], [0]]), np.float32([0])])
    recipe = recipe_of(model, {"left": x[::-1].copy(), "right": x}, y, epochs=1, batch_size=20)
    replaced = ASK(recipe, Clock(30)).shows["replaced"]
    assert replaced["input left"]["score"] == 1.0
    assert replaced["input right"]["score"] < 0.7


def test_words_are_replaced_by_the_most_frequent():
    ids = np.random.default_rng(0).integers(0, 5, size=(100, 6))
    y = (ids[:, 0] > 2).astype("float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            keras.layers.Embedding(5, 3),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    answer = ASK(recipe_of(model, ids, y, epochs=8, batch_size=20), Clock(30))
    assert answer.shows["score"] > 0.9
    assert answer.shows["replaced"]["their mean"]["score"] < 0.8
