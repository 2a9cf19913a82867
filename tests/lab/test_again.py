"""What is made of arrays, layers and other objects is made again with the same ones."""

import copy
import gc
import inspect
import pickle
import weakref

import keras
import numpy as np
import pytest
from keras import layers, ops
from recipes import recipe_of

from unstuck.lab.build import build
from unstuck.lab.executors import packed
from unstuck.lab.record import NoRecipeError
from unstuck.watch import hook
from unstuck.watch.constructed import Lost, construction_of

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")


@pytest.fixture(autouse=True)
def _watched():
    hook.install()


class Radial(layers.Layer):
    def __init__(self, centres, width=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start, self.width = centres, width

    def build(self, shape):
        self.centres = self.add_weight(shape=self.start.shape, initializer="zeros")
        self.centres.assign(self.start)

    def call(self, x):
        return ops.exp(-ops.sum(ops.square(ops.expand_dims(x, 1) - self.centres), -1) / self.width)


class Tied(layers.Layer):
    def __init__(self, partner, units):
        super().__init__()
        self.partner, self.units = partner, units

    def build(self, shape):
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, x):
        return ops.matmul(x, ops.transpose(self.partner.kernel)) + self.bias


class Pair(keras.Model):
    def __init__(self, encoder, decoder, scale=2.0):
        super().__init__()
        self.encoder, self.decoder, self.scale = encoder, decoder, scale

    def call(self, x):
        return self.decoder(self.encoder(x)) * self.scale


class Weighted(keras.losses.Loss):
    def __init__(self, by):
        super().__init__()
        self.by = by

    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred) * ops.convert_to_tensor(self.by), axis=-1)


class Own(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.01, power=1.0, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.power = power

    def update_step(self, gradient, variable, learning_rate):
        self.assign_sub(variable, self.power * ops.cast(learning_rate, "float32") * gradient)


def _tied():
    squeeze = layers.Dense(3, name="squeeze")
    inputs = keras.Input((4,))
    return keras.Model(inputs, Tied(squeeze, 4)(squeeze(inputs)))


def _radial():
    return keras.Sequential([keras.Input((4,)), Radial(X[:5] + 0.1, width=3.0), layers.Dense(4)])


def _pair():
    encoder = keras.Sequential([keras.Input((4,)), Radial(X[:3])])
    return Pair(encoder, keras.Sequential([layers.Dense(4)]), scale=3.0)


@pytest.mark.parametrize("made", [_tied, _radial, _pair])
def test_a_model_of_parts_that_were_given_objects_is_built_again_as_it_was(made):
    keras.utils.set_random_seed(0)
    model = made()
    model.compile(Own(0.02, power=2.0, clipnorm=1.0), loss=Weighted(np.ones(4, "float32")))
    recipe = pickle.loads(packed(recipe_of(model, X, X, epochs=1)))
    for _ in range(2):  # nothing of one build is left for the next
        again = build(recipe, weights="trained")
        np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert (again.optimizer.power, again.optimizer.clipnorm) == (2.0, 1.0)
    np.testing.assert_array_equal(again.loss.by, np.ones(4))
    if made is _tied:
        assert again.layers[-1].partner is again.get_layer("squeeze")


def test_a_remedy_changes_an_argument_of_what_is_made_again():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4)])
    model.compile(Own(0.02, power=2.0), loss="mse")
    changed = build(recipe_of(model, X, X, epochs=1).with_optimizer(learning_rate=0.005, clipnorm=0.5))
    assert float(changed.optimizer.learning_rate) == pytest.approx(0.005)
    assert (changed.optimizer.power, changed.optimizer.clipnorm) == (2.0, 0.5)


class Reading(layers.Layer):
    def __init__(self, rows):
        super().__init__()
        self.total = float(np.sum(rows))

    def call(self, x):
        return x * self.total


def test_large_rows_are_not_kept_alive_and_it_is_said_what_is_gone():
    rows = np.ones((40_000, 4), "float32")
    gone = weakref.ref(rows)
    layer = Reading(rows)
    del rows
    gc.collect()
    assert gone() is None
    assert isinstance(construction_of(layer).args[0], Lost)
    model = keras.Sequential([keras.Input((4,)), layer, layers.Dense(4)])
    model.compile("sgd", "mse")
    with pytest.raises(NoRecipeError, match="the argument 1 of Reading is not there any more"):
        recipe_of(model, X, X, epochs=1)


class Halving(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, begin=0.1):
        self.begin = begin

    def __call__(self, step):
        return self.begin * 0.5**step


def test_a_copy_is_not_taken_for_made_without_arguments():
    made = Halving(0.3)
    assert construction_of(made).args == (0.3,)
    assert construction_of(copy.copy(made)) is None


def test_what_a_class_takes_is_told_as_before():
    class Focal(keras.losses.Loss):
        def __init__(self, gamma=2.0):
            super().__init__()

    assert str(inspect.signature(Focal)) == "(gamma=2.0)"
    assert "reduction" in inspect.signature(keras.losses.Loss).parameters
