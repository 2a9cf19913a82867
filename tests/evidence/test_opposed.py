"""An output behind a reversed gradient is not to learn, and is not judged."""

import keras
import numpy as np
import pytest
from keras import layers, ops

import unstuck
from unstuck.evidence.model import read_heads
from unstuck.watch.places import place_of


class Reversed(layers.Layer):
    def call(self, x):
        return 3 * ops.stop_gradient(x) - 2 * x


class Handed(layers.Layer):
    def call(self, x):
        return 2 * x - ops.stop_gradient(x)


class Negative(layers.Layer):
    def call(self, x):
        return -x


def _model(between):
    inputs = keras.Input((4,))
    shared = layers.Dense(8, activation="relu")(inputs)
    kind = layers.Dense(1, activation="sigmoid", name="kind")(shared)
    hidden = layers.Dense(4, activation="relu")(between(shared))
    site = layers.Dense(1, activation="sigmoid", name="site")(hidden)
    return keras.Model(inputs, {"kind": kind, "site": site})


@pytest.mark.parametrize(
    ("between", "opposed"),
    [
        (Reversed(), True),
        (layers.Lambda(lambda x: 2 * ops.stop_gradient(x) - x), True),
        (Handed(), False),
        (Negative(), False),
        (layers.Dropout(0.2), False),
    ],
    ids=["a layer", "a Lambda", "forwards", "negative values", "Keras's own"],
)
def test_an_output_behind_a_layer_that_turns_gradients_round_is_opposed(between, opposed):
    heads = read_heads(_model(between), place_of)
    assert {name: head.opposed for name, head in heads.items()} == {"kind": False, "site": opposed}


def test_what_an_adversary_does_not_learn_is_no_symptom():
    keras.utils.set_random_seed(0)
    draw = np.random.default_rng(0)
    x = draw.normal(size=(600, 4)).astype("float32")
    kind, site = (x[:, 0] > 0).astype("int32"), draw.integers(0, 2, 600)
    told = {}
    for between in (Reversed(), Negative()):
        model = _model(between)
        model.compile(
            keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=[["accuracy"], ["accuracy"]]
        )
        watch = unstuck.Watch()
        model.fit(x, {"kind": kind, "site": site}, epochs=6, callbacks=[watch], verbose=0)
        told[type(between)] = {each.output for each in watch.diagnosis.run.symptoms}
    assert "site" in told[Negative]
    assert "site" not in told[Reversed]
