"""Rows permuted: chance for answers dealt out anew, and rows that must not see each other."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import experiments

ASK = experiments()["rows-permuted"]


def _fitted(layers, x, y, loss, weights, **compiled):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(x.shape[1:]), *layers])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss, **compiled)
    model.set_weights([np.float32(each) for each in weights])
    return recipe_of(model, x, y, epochs=1, batch_size=20)


def _rows(count=200):
    x = np.random.default_rng(0).normal(size=(count, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


def test_what_was_learned_falls_to_chance():
    x, y = _rows()
    recipe = _fitted(
        [keras.layers.Dense(1, activation="sigmoid")], x, y, "binary_crossentropy", ([[5], [0], [0]], [0])
    )
    answer = ASK(recipe, Clock(30))
    assert answer.shows["score"] == 1.0
    assert answer.shows["permuted"] == pytest.approx(y.mean() ** 2 + (1 - y.mean()) ** 2, abs=0.02)
    assert answer.shows["p_value"] == 1 / 200
    assert answer.shows["moved_by_neighbours"] < 1e-3
    assert answer.refutes == ("softmax-over-wrong-axis",)


def test_nothing_learned_stays_at_chance():
    x, y = _rows()
    recipe = _fitted(
        [keras.layers.Dense(1, activation="sigmoid")], x, y, "binary_crossentropy", ([[0], [5], [0]], [0])
    )
    answer = ASK(recipe, Clock(30))
    assert answer.shows["p_value"] > 0.05
    assert "nothing was learned" in answer.says


def test_numbers_are_judged_by_r2():
    x, _ = _rows()
    recipe = _fitted([keras.layers.Dense(1)], x, 2 * x[:, 0], "mse", ([[2], [0], [0]], [0]))
    answer = ASK(recipe, Clock(30))
    assert answer.shows["measure"] == "R2"
    assert answer.shows["score"] == pytest.approx(1.0)
    assert answer.shows["permuted"] == pytest.approx(-1.0, abs=0.1)


def test_a_softmax_along_the_batch_is_found():
    x, _ = _rows()
    y = (x[:, 0] > 0).astype("int32")
    layers = [keras.layers.Dense(2), keras.layers.Softmax(axis=0)]
    recipe = _fitted(layers, x, y, "sparse_categorical_crossentropy", ([[-2, 2], [0, 0], [0, 0]], [0, 0]))
    answer = ASK(recipe, Clock(30))
    assert answer.supports == ("softmax-over-wrong-axis",)
    assert answer.shows["moved_by_neighbours"] > 0.01
    assert "computed across rows" in answer.says


def test_a_softmax_over_the_classes_is_cleared():
    x, _ = _rows()
    y = (x[:, 0] > 0).astype("int32")
    layers = [keras.layers.Dense(2, activation="softmax")]
    recipe = _fitted(layers, x, y, "sparse_categorical_crossentropy", ([[-2, 2], [0, 0], [0, 0]], [0, 0]))
    assert ASK(recipe, Clock(30)).refutes == ("softmax-over-wrong-axis",)
