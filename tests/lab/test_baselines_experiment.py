"""Answers that need no training, beside the trained network."""

import keras
import numpy as np
import pytest
from keras import layers
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError, experiments
from unstuck.lab.experiments.baselines import baselines
from unstuck.lab.recipe import Recipe


def network(columns=2, units=8, activation="sigmoid", loss="binary_crossentropy"):
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(units, activation="relu")
    model = keras.Sequential([layers.Input((columns,)), hidden, layers.Dense(1, activation=activation)])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss=loss, metrics=["accuracy"])
    return model


def test_it_trains_nothing():
    assert not experiments()["baselines"].trains


def test_classes_against_the_most_frequent_one():
    x = np.random.default_rng(0).normal(size=(200, 2)).astype("float32")
    y = (x[:, 0] > -0.5).astype("float32")
    recipe = recipe_of(network(), x, y, epochs=5, batch_size=16, validation_split=0.25)
    answer = baselines(recipe, Clock(60))
    judged = answer.shows["validation"]
    assert judged["most_frequent"] == pytest.approx(y[150:].mean())
    assert judged["guessing"] == 0.5
    assert judged["network"] > 0.9
    assert answer.refutes == ("nothing-to-learn",)


def test_an_untrained_network_is_no_better():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(200, 2)).astype("float32"), draw.integers(0, 2, 200).astype("float32")
    recipe = recipe_of(network(), x, y, epochs=1, batch_size=100, validation_split=0.25)
    answer = baselines(recipe, Clock(60))
    assert answer.refutes == ()
    assert "validation" in answer.shows


def test_numbers_against_mean_and_yesterday():
    walk = np.cumsum(np.random.default_rng(0).normal(size=200)).astype("float32")
    x = np.stack([walk[:-2], walk[1:-1]], axis=1)
    recipe = recipe_of(network(activation=None, loss="mse"), x, walk[2:], epochs=1, batch_size=16)
    table = baselines(recipe, Clock(60)).shows["training"]
    assert table["mean"] == pytest.approx(walk[2:].var(), rel=1e-5)
    assert table["row_before"] == pytest.approx(np.mean(np.diff(walk[2:]) ** 2), rel=1e-5)
    assert table["network"] > 0


def test_without_targets_it_cannot_be_asked():
    with pytest.raises(UnaskableError, match="no targets"):
        baselines(Recipe(x=np.ones((30, 2))), Clock(60))
