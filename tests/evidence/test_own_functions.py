"""What is seen of layers that apply a function of the user's own, on rows that went through them."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.evidence.activity import read_activity, summarise

ROWS = np.random.default_rng(0).normal(size=(200, 8)).astype("float32")


class Steep(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, values):
        return ops.tanh(self.factor * values)


class Step(layers.Layer):
    def call(self, values):
        return ops.sign(values)


class Gate(layers.Layer):
    def __init__(self, start, trainable):
        super().__init__()
        self.start, self.trains = start, trainable

    def build(self, shape):
        self.open = self.add_weight(shape=shape[-1:], initializer=self.start, trainable=self.trains)

    def call(self, values):
        return values * self.open


def seen(layer):
    values = keras.ops.convert_to_numpy(layer(ROWS))
    (found,) = read_activity([layer], [[summarise(layer, values)]], len(ROWS)).layers
    return found


@pytest.mark.parametrize("factor", [0.5, 30.0])
def test_a_function_that_has_become_flat_is_told_by_its_values(factor):
    share = np.mean(np.abs(np.tanh(factor * ROWS)) > 0.99)
    assert seen(Steep(factor)).saturated == pytest.approx(share if factor > 1 else 0.0, abs=0.01)


def test_a_step_and_a_relu_are_not_flat_on_both_sides():
    assert seen(Step()).saturated == 0.0
    assert seen(layers.ReLU(max_value=2.0)).saturated == 0.0


def test_units_behind_a_threshold_that_nothing_passes_are_dead():
    assert seen(layers.ReLU(threshold=6.0)).dead == 1.0
    assert seen(layers.ReLU(threshold=0.5)).dead == 0.0
    assert seen(layers.Dropout(0.5)).dead == 0.0


def test_a_gate_that_is_shut_and_does_not_train_lets_nothing_through():
    assert seen(Gate("zeros", False)).dead == 1.0
    assert seen(Gate("ones", False)).dead == 0.0
    assert seen(Gate("zeros", True)).dead == 0.0
