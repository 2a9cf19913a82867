"""The line of a layer at which it goes astray: no training, only what simple models find in what it gives."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.lab.exchange.layer_lines import layer_line
from unstuck.lab.exchange.parts import Part
from unstuck.watch.places import defined_at

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(300, 6)).astype("float32")
Y = np.sort(X, axis=1)[:, -1] + np.sort(X, axis=1)[:, 0]
KINDS = (np.median(Y) < Y).astype("int64")


class Sorted(layers.Layer):
    def call(self, x):
        ordered = ops.sort(x, axis=0)
        return ordered[:, ::5]


class Narrow(layers.Layer):
    def __init__(self):
        super().__init__()
        self.width = 10.0

    def call(self, x):
        away = ops.square(x - ops.mean(x, axis=-1, keepdims=True))
        return ops.exp(-away * 100 * self.width**2)


class Sound(layers.Layer):
    def call(self, x):
        return ops.sort(x, axis=-1)


def _line(layer, y, classes):
    model = keras.Sequential([layers.Input((6,)), layer, layers.Dense(1)])
    part = Part("layer", type(layer).__name__, "network", "Dense", lambda _: None, defined_at(layer))
    found = layer_line(part, model, layer, X, y, classes=classes)
    assert layer.call.__func__ is type(layer).call  # nothing of a variant is left
    return found


@pytest.mark.parametrize(("y", "classes"), [(Y, False), (KINDS, True)], ids=["numbers", "classes"])
def test_sorting_across_the_rows_is_found_at_its_line(y, classes):
    found = _line(Sorted(), y, classes)
    assert found.place.line == Sorted.call.__code__.co_firstlineno + 1
    assert found.reads in ("ordered = ops.sort(x, axis=1)", "ordered = ops.sort(x, axis=-1)")
    assert found.before < 0.6 < 0.85 < found.after


def test_an_exponential_that_is_0_for_every_row_is_found_at_its_line():
    spread = X.std(axis=1)
    found = _line(Narrow(), (spread > np.median(spread)).astype("int64"), True)
    assert found.place.line == Narrow.call.__code__.co_firstlineno + 2


def test_a_sound_layer_has_no_such_line():
    assert _line(Sound(), Y, False) is None
