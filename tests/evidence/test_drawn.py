"""What a training began with, on real layers."""

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.evidence.drawn import read_drawn
from unstuck.evidence.unmoved import read_asleep
from unstuck.watch.backend import backend

pytestmark = pytest.mark.backend


def values(model):
    return [backend().to_numpy(each.value).copy() for each in model.weights]


def network(*added, spread=None):
    keras.utils.set_random_seed(5)
    start = keras.initializers.RandomNormal(stddev=spread) if spread else "glorot_uniform"
    hidden = [layers.Dense(64, activation="relu", kernel_initializer=start) for _ in range(2)]
    return keras.Sequential([layers.Input((32,)), *hidden, *added, layers.Dense(8)])


def test_the_scale_is_that_of_the_deviation_over_the_default_draw():
    usual, small = network(), network(spread=1e-3)
    assert [each.scale for each in read_drawn(usual, values(usual))] == pytest.approx([1.0] * 3, rel=0.1)
    first, second, last = read_drawn(small, values(small))
    assert first.scale == pytest.approx(1e-3 / np.sqrt(2 / 96), rel=0.1)
    assert second.scale == pytest.approx(1e-3 / np.sqrt(2 / 128), rel=0.1)
    assert last.scale == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("start", ["he_normal", "lecun_uniform", "orthogonal", "he_uniform", "glorot_normal"])
def test_every_usual_draw_is_within_a_factor_of_two(start):
    keras.utils.set_random_seed(5)
    model = keras.Sequential([layers.Input((48,)), layers.Dense(64, kernel_initializer=start)])
    assert 0.5 < read_drawn(model, values(model))[0].scale < 2.0


def test_a_trained_layer_is_not_new():
    model = network()
    assert all(each.new for each in read_drawn(model, values(model)))
    model.compile("adam", "mse")
    draw = np.random.default_rng(0)
    model.fit(draw.normal(size=(64, 32)), draw.normal(size=(64, 8)), epochs=1, verbose=0)
    model.layers[0].trainable = False
    first, *others = read_drawn(model, values(model))
    assert not first.trainable
    assert not first.new
    assert all(each.trainable for each in others)


def test_without_the_first_weights_nothing_is_said():
    model = network()
    assert read_drawn(model, None) == ()
    assert read_drawn(model, values(model)[:-1]) == ()
    assert read_asleep(model, None) is None


def test_batch_normalisation_that_trained_has_moved_its_averages():
    model = network(layers.BatchNormalization(name="norm"))
    began = values(model)
    found = read_asleep(model, began)
    assert found is not None
    assert found.layers == ("norm",)
    model.compile("adam", "mse")
    draw = np.random.default_rng(0)
    model.fit(draw.normal(size=(64, 32)), draw.normal(size=(64, 8)), epochs=1, verbose=0)
    assert read_asleep(model, began) is None


def test_a_frozen_normalisation_is_meant_to_stay():
    model = network(layers.BatchNormalization())
    model.layers[2].trainable = False
    assert read_asleep(model, values(model)) is None
