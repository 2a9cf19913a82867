"""Metric definitions: each figure can be counted by hand."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import experiments

ASK = experiments()["metric-definitions"]


def _model(units=1, activation="sigmoid", **compiled):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, activation=activation)])
    model.compile(**compiled)
    return model


def _rows(count=200):
    x = np.random.default_rng(0).normal(size=(count, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


def test_exact_equality_is_told_from_right_decisions():
    x, y = _rows()
    model = _model(
        optimizer=keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=[keras.metrics.Accuracy()]
    )
    answer = ASK(recipe_of(model, x, y, epochs=10, batch_size=20), Clock(30))
    assert answer.supports == ("exact-equality-accuracy",)
    assert answer.refutes == ()
    assert answer.shows["exact equality"] == answer.shows["compile"] < 0.1
    assert answer.shows["right decisions"] > 0.95
    assert answer.shows["right decisions"] == answer.shows["binary, threshold 0.5"]
    assert "compile's accuracy gives" in answer.says


def test_a_fitting_metric_refutes_all_three():
    x, y = _rows()
    model = _model(optimizer=keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    answer = ASK(recipe_of(model, x, y, epochs=5, batch_size=20), Clock(30))
    assert answer.supports == ()
    assert set(answer.refutes) == set(ASK.decides)
    assert answer.shows["compile"] == pytest.approx(answer.shows["right decisions"], abs=1e-6)


def test_numbers_can_count_only_where_they_are_0_or_1():
    x, _ = _rows(100)
    y = (x @ np.float32([1, 2, 3])).astype("float32")
    y[:5] = 0.0, 1.0, 1.0, 0.0, 1.0
    model = _model(activation="linear", optimizer="sgd", loss="mse", metrics=["accuracy"])
    answer = ASK(recipe_of(model, x, y, epochs=5, batch_size=20), Clock(30))
    assert answer.supports == ("accuracy-on-continuous-target",)
    assert (answer.shows["countable"], answer.shows["targets"]) == (5, 100)
    assert "5 of 100 targets can ever count" in answer.says
    predicted = answer.shows["R2"]
    assert predicted > 0.5


def test_a_metric_of_the_largest_unit_misses_single_labels():
    x, _ = _rows(300)
    y = (x > 0).astype("float32")
    model = _model(
        3,
        optimizer=keras.optimizers.Adam(0.1),
        loss="binary_crossentropy",
        metrics=["categorical_accuracy"],
    )
    answer = ASK(recipe_of(model, x, y, epochs=10, batch_size=30), Clock(30))
    assert answer.supports == ("metric-does-not-match-task",)
    assert answer.shows["by label"] == pytest.approx(answer.shows["binary, threshold 0.5"])
