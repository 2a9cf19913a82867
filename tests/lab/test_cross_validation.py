"""An unlucky split is told from a network that does not generalise."""

import keras
import numpy as np
import pytest
from keras import layers
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments.cross_validation import cross_validation
from unstuck.lab.recipe import Recipe


def network(columns, units, rate=0.03):
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(units, activation="relu")
    model = keras.Sequential([layers.Input((columns,)), hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def test_a_network_that_does_not_carry_over():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(60, 20)).astype("float32"), draw.integers(0, 2, 60).astype("float32")
    recipe = recipe_of(network(20, 128), x, y, epochs=10, batch_size=8, validation_split=0.25)
    answer = cross_validation(recipe, Clock(600))
    assert answer.supports == ("overfitting",)
    assert len(answer.shows["held_out"]) == 5
    assert answer.shows["low"] < 0.6
    assert answer.shows["gap"] > 0.3


def test_a_one_sided_split_lies_outside_all_others():
    draw = np.random.default_rng(0)
    y = np.repeat([0.0, 1.0], 100).astype("float32")
    x = (y[:, None] + draw.normal(size=(200, 2))).astype("float32")
    recipe = recipe_of(network(2, 4, 0.01), x, y, epochs=4, batch_size=16, validation_split=0.4)
    answer = cross_validation(recipe, Clock(600))
    assert "one-sided-validation-split" in answer.supports
    assert answer.shows["own_split"] < answer.shows["range"][0]
    assert "harder than the rest" in answer.says


def test_a_sound_network_supports_nothing():
    x = np.random.default_rng(0).normal(size=(160, 2)).astype("float32")
    y = (x[:, 0] > 0).astype("float32")
    held_out = (x[:40], y[:40])
    recipe = recipe_of(network(2, 4), x[40:], y[40:], epochs=4, batch_size=16, validation_data=held_out)
    answer = cross_validation(recipe, Clock(600))
    assert answer.supports == ()
    assert answer.shows["own_split"] == pytest.approx(answer.shows["mean"], abs=0.1)
    assert "what any split gives" in answer.says


def test_few_rows_cannot_be_cut():
    with pytest.raises(UnaskableError, match="too few"):
        cross_validation(Recipe(x=np.ones((10, 2)), y=np.arange(10) % 2), Clock(60))
