"""A problem that one hidden unit cannot solve and eight can."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.build import build
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments import _train, capacity_ladder
from unstuck.lab.experiments._train_widths import deepened, hidden_widths, widened


@pytest.fixture(autouse=True)
def _same_on_any_machine(monkeypatch):
    """As many updates however fast the machine is, and the two rungs that decide."""
    monkeypatch.setattr(_train, "SECONDS", 1000.0)
    monkeypatch.setattr(capacity_ladder, "UPDATES", (60,))
    monkeypatch.setattr(capacity_ladder, "RATES", (1.0,))
    monkeypatch.setattr(capacity_ladder, "WIDTHS", (4.0,))


def asked(recipe):
    return capacity_ladder.capacity_ladder(recipe, Clock(2000))


def ring(units, labels=None, epochs=20):
    """Rows inside and outside a ring: the inside is no half-plane, so one unit cannot cut it out."""
    keras.utils.set_random_seed(7)
    x = np.random.default_rng(0).normal(size=(128, 2)).astype("float32")
    y = ((x**2).sum(axis=1) < 1.4).astype("int32") if labels is None else labels
    layers = keras.layers.Dense(units, "relu"), keras.layers.Dense(2, "softmax")
    model = keras.Sequential([keras.layers.Input((2,)), *layers])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return recipe_of(model, x, y, epochs=epochs, batch_size=64)


def test_one_unit_is_too_small_for_a_ring(monkeypatch):
    monkeypatch.setattr(capacity_ladder, "WIDTHS", (8.0,))
    answer = asked(ring(1))
    assert answer.supports == ("model-too-small",)
    assert answer.shows["lifts"]["8"] > answer.shows["noise"]["8"]
    assert "8 times the units" in answer.says


def test_sixteen_units_are_not_too_small():
    answer = asked(ring(16))
    assert answer.refutes == ("model-too-small",)
    assert answer.supports == ()


def test_random_labels_make_no_model_too_small():
    labels = np.random.default_rng(1).integers(0, 2, size=128)
    assert asked(ring(16, labels)).supports == ()


def test_a_model_without_hidden_layers_cannot_be_asked():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    recipe = recipe_of(model, np.ones((20, 2)), np.arange(20.0), batch_size=10)
    with pytest.raises(UnaskableError, match="no hidden layer"):
        asked(recipe)


def test_widths_of_hidden_layers_alone_are_changed():
    recipe = ring(6)
    widths = hidden_widths(recipe)
    assert list(widths.values()) == [6]
    model = build(widened(recipe, widths, 2.0), weights="fresh")
    assert [layer.units for layer in model.layers] == [12, 2]
    assert [layer.units for layer in build(deepened(recipe, widths)).layers] == [6, 6, 2]


def test_convolutions_and_recurrent_layers_are_hidden_layers_too():
    keras.utils.set_random_seed(7)
    layers = keras.layers.Conv1D(3, 2, activation="relu"), keras.layers.LSTM(4), keras.layers.Dense(1)
    model = keras.Sequential([keras.layers.Input((5, 2)), *layers])
    model.compile("sgd", "mse")
    recipe = recipe_of(model, np.ones((8, 5, 2)), np.arange(8.0), batch_size=8)
    assert sorted(hidden_widths(recipe).values()) == [3, 4]
    wide = build(widened(recipe, hidden_widths(recipe), 4.0))
    assert (wide.layers[0].filters, wide.layers[1].units, wide.layers[2].units) == (12, 16, 1)
