"""What a layer of the user's should have moved or tied, on live models."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.evidence.unmoved import read_unmoved
from unstuck.evidence.untracked import read_untracked

X = np.random.default_rng(0).normal(3.0, 2.0, (64, 4)).astype("float32")


class Follows(layers.Layer):
    def build(self, shape):
        self.mean = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False, name="mean")

    def become(self, value):
        new = 0.9 * self.mean + 0.1 * value
        return new

    def call(self, x, training=False):
        if training:
            self.keep(x)
        return x - self.mean

    def keep(self, x):
        self.mean.assign(self.become(ops.mean(x, axis=0)))


class Drops(Follows):
    def call(self, x, training=False):
        if training:
            self.follow(self.mean, ops.mean(x, axis=0))
        return x - self.mean

    def follow(self, mean, value):
        return 0.9 * mean + 0.1 * value


class Fixed(Follows):
    def call(self, x, training=False):
        return x - self.mean


def _fitted(layer, target=1):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4), layer, layers.Dense(target)])
    model.compile("sgd", "mse")
    initial = [np.array(ops.convert_to_numpy(each.value)) for each in model.weights]
    model.fit(X, X[:, :target], epochs=1, verbose=0)
    return model, initial


def test_a_mean_that_is_computed_and_dropped_is_placed_at_the_line_that_hands_it_back():
    (found,) = read_unmoved(*_fitted(Drops()))
    assert found.attributes == ("mean",)
    assert found.place.line == Drops.follow.__code__.co_firstlineno + 1
    assert found.place.file == __file__


@pytest.mark.parametrize("layer", [Follows, Fixed, layers.BatchNormalization])
def test_a_mean_that_is_assigned_or_meant_to_stay_is_none(layer):
    assert read_unmoved(*_fitted(layer())) == ()


class Back(layers.Layer):
    def __init__(self, partner, copies):
        super().__init__()
        self.partner, self.copies = partner, copies

    def build(self, shape):
        self.bias = self.add_weight(shape=(4,), initializer="zeros")
        self.held = np.array(ops.convert_to_numpy(self.partner.kernel)).T if self.copies else np.ones((3, 4))

    def call(self, x):
        return ops.matmul(x, ops.convert_to_tensor(self.held, "float32")) + self.bias


@pytest.mark.parametrize(("copies", "path"), [(True, "there/kernel"), (False, "")])
def test_a_copy_of_what_a_weight_began_with_is_told_from_other_numbers(copies, path):
    there = layers.Dense(3, name="there")
    inputs = keras.Input((4,))
    model = keras.Model(inputs, Back(there, copies)(there(inputs)))
    model.compile("sgd", "mse")
    initial = [np.array(ops.convert_to_numpy(each.value)) for each in model.weights]
    model.fit(X, X, epochs=1, verbose=0)
    assert [each.copy_of for each in read_untracked(model, initial)] == ([path] if copies else [])
    assert all(not each.copy_of for each in read_untracked(model))


class Keeps(layers.Layer):
    """Keeps what its own weight begins with; with `regrets` it also computes with that."""

    def __init__(self, regrets):
        super().__init__()
        self.regrets = regrets
        self.start = np.random.default_rng(2).normal(size=(4, 4)).astype("float32")

    def build(self, shape):
        self.kernel = self.add_weight(
            shape=(4, 4), initializer=lambda *_, **__: ops.convert_to_tensor(self.start)
        )

    def call(self, x):
        pulled = self.kernel - ops.convert_to_tensor(self.start) if self.regrets else self.kernel
        return ops.matmul(x, pulled)


@pytest.mark.parametrize("regrets", [False, True])
def test_what_a_weight_of_its_own_begins_with_is_no_copy(regrets):
    model, initial = _fitted(Keeps(regrets))
    assert not [each for each in read_untracked(model, initial) if each.copy_of]


class Kept(layers.Layer):
    """Makes a copy for its constructor's use alone."""

    def __init__(self, partner):
        super().__init__()
        self.held = np.array(ops.convert_to_numpy(partner.kernel))
        self.scale = float(np.abs(self.held).max())

    def call(self, x):
        return x * self.scale


def test_a_copy_that_no_batch_meets_is_none():
    inputs, there = keras.Input((4,)), layers.Dense(4)
    mapped = there(inputs)
    model = keras.Model(inputs, Kept(there)(mapped))
    model.compile("sgd", "mse")
    initial = [np.array(ops.convert_to_numpy(each.value)) for each in model.weights]
    model.fit(X, X, epochs=1, verbose=0)
    assert not [each for each in read_untracked(model, initial) if each.copy_of]
