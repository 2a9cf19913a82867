"""The standard parts take what the user's took and give what they gave."""

import keras
import numpy as np
import pytest

from unstuck.lab.exchange.standard import NoStandardError, layer_for, loss_for, network_for

DRAW = np.random.default_rng(0)


def _floats(*shape):
    return DRAW.normal(size=shape).astype("float32")


@pytest.mark.parametrize(
    ("x", "shape", "embeds"),
    [
        (_floats(8, 4), (1,), False),
        (_floats(8, 80), (3,), False),
        (_floats(8, 12, 2), (3,), False),
        (_floats(8, 12, 2), (12, 3), False),
        (_floats(8, 8, 8, 1), (10,), False),
        (_floats(8, 8, 8, 1), (8, 8, 2), False),
        (DRAW.integers(0, 9, (8, 6)), (2,), True),
        (DRAW.integers(0, 9, (8, 6)), (6, 9), True),
        ([_floats(8, 3), DRAW.integers(0, 5, (8, 1))], (1,), True),
        ({"left": _floats(8, 3), "right": _floats(8, 5)}, (2,), False),
    ],
    ids=["table", "signal", "series", "by step", "image", "by pixel", "words", "tags", "two", "named"],
)
def test_a_network_for_rows_of_each_kind(x, shape, embeds):
    network = network_for(x, shape, "linear", embeds=embeds)
    assert network.predict(x, verbose=0).shape == (8, *shape)


def test_no_network_for_steps_that_no_input_has():
    with pytest.raises(NoStandardError):
        network_for(_floats(8, 4), (6, 2), "linear", embeds=False)


@pytest.mark.parametrize(
    ("given", "made", "name"),
    [
        ([_floats(8, 6, 4)], _floats(8, 6, 5), "GRU"),
        ([_floats(8, 6, 4), _floats(8, 6, 4)], _floats(8, 6, 4), "GRU"),
        ([_floats(8, 5, 5, 2)], _floats(8, 5, 5, 3), "Conv2D"),
        ([_floats(8, 20)], _floats(8, 12, 2), "Conv1D"),
        ([_floats(8, 7)], _floats(8, 3), "Dense"),
        ([_floats(8, 6, 4)], _floats(8, 3), "Dense"),
        ([_floats(8, 3), _floats(8, 5)], _floats(8, 2), "Dense"),
        ([DRAW.integers(0, 9, (8, 6))], _floats(8, 6, 4), "Embedding"),
    ],
)
def test_a_layer_of_the_same_shapes(given, made, name):
    layer, says = layer_for(given, made)
    assert says == f"keras.layers.{name}"
    answered = layer(given[0] if len(given) == 1 else given)
    assert tuple(answered.shape) == made.shape


def test_the_loss_that_fits_targets_and_output():
    codes, hot = np.arange(6) % 3, np.eye(3)[np.arange(6) % 3]
    assert loss_for("classes", codes, (3,), "softmax")[1] == "keras.losses.SparseCategoricalCrossentropy"
    assert loss_for("classes", hot, (3,), "linear")[1].startswith("keras.losses.CategoricalCrossentropy(from")
    assert loss_for("two classes", codes % 2, (1,), "sigmoid")[1] == "keras.losses.BinaryCrossentropy"
    assert loss_for("numbers", _floats(6, 2), (2,), "linear")[1] == "keras.losses.MeanSquaredError"
    with pytest.raises(NoStandardError):
        loss_for("two classes", codes % 2 * 2 - 1, (1,), "linear")
    assert isinstance(loss_for("classes", codes, (3,), "softmax")[0], keras.losses.Loss)
