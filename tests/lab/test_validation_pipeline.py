"""Validation pipeline: a missed scaling is no overfitting."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError, experiments

ASK = experiments()["validation-pipeline"]


def _images(count, seed):
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 2, count).astype("float32")
    x = draw.uniform(0, 255, size=(count, 8, 8, 1))
    x[:, :, :4] *= (1 - 0.5 * y)[:, None, None, None]
    return x.astype("float32"), y


def _recipe(x, y, **fit):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="tanh"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return recipe_of(model, x, y, epochs=15, batch_size=32, **fit)


def test_a_missed_standardisation_is_no_overfitting():
    (x, y), (x2, y2) = _images(400, 0), _images(200, 1)
    answer = ASK(_recipe((x - x.mean()) / x.std(), y, validation_data=(x2, y2)), Clock(60))
    shows = answer.shows
    assert shows["training"] > 0.9 > 0.8 > shows["validation"]
    assert max(shows["validation_mapped"].values()) > 0.9
    assert answer.refutes == ("overfitting",)
    assert not shows["scaled_alike"]
    scaling = shows["scalings"][0]
    assert scaling["std"][1] / scaling["std"][0] == pytest.approx(x.std(), rel=0.1)
    assert "The scaling makes the gap" in answer.says


def test_overfitting_stays_where_the_scaling_is_the_same():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(150, 60)).astype("float32")
    y = draw.integers(0, 2, 150).astype("float32")
    answer = ASK(_recipe(x, y, validation_split=0.4), Clock(60))
    assert answer.shows["training"] > 0.95
    assert answer.shows["validation"] < 0.7
    assert answer.supports == ("overfitting",)
    assert answer.refutes == ()


def test_without_validation_rows_it_cannot_be_asked():
    x, y = _images(40, 0)
    with pytest.raises(UnaskableError, match="no validation rows"):
        ASK(_recipe(x, y), Clock(30))
