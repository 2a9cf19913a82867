"""Where a loss that is not a number comes from."""

import keras
import numpy as np
import pytest
from keras import layers, ops

import unstuck

X = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int32")


class Away(layers.Layer):
    def build(self, shape):
        self.shift = self.add_weight(shape=(4,), initializer="zeros")

    def call(self, x):
        centre = ops.convert_to_tensor(X[:3])
        squared = ops.sum(ops.square(ops.expand_dims(x + self.shift, 1) - centre), axis=-1)
        return ops.sqrt(squared)


class Logs(layers.Layer):
    def call(self, x):
        least = ops.relu(x)
        return ops.log(least) / 3


class Roots(layers.Layer):
    def call(self, x):
        return ops.sqrt(ops.square(x) + 1e-3)


def _run(layer, rate=0.01):
    keras.utils.set_random_seed(0)
    first = [] if isinstance(layer, Away) else [layers.Dense(4)]
    model = keras.Sequential([keras.Input((4,)), *first, layer, layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(rate), "mse")
    watch = unstuck.Watch()
    model.fit(X, Y, epochs=2, callbacks=[watch], verbose=0)
    return watch.diagnosis.run


@pytest.mark.parametrize(("layer", "below", "what"), [(Away, 3, "gradient"), (Logs, 2, "value")])
def test_the_layer_and_the_line_in_which_it_begins_are_told(layer, below, what):
    first = _run(layer()).causes[0]
    assert first.rule == "layer-not-finite"
    assert first.shows["what"] == what
    assert first.where.line == layer.call.__code__.co_firstlineno + below


def test_a_sound_layer_that_a_rate_drives_apart_is_not_blamed():
    run = _run(Roots(), rate=1e6)
    assert "layer-not-finite" not in {each.rule for each in (*run.causes, *run.notes)}
