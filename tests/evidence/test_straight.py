"""Whether a real network's scores are one straight line through its inputs."""

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.evidence.straight import off_line
from unstuck.rules.architecture.missing_nonlinearity import ONE_LINE

pytestmark = pytest.mark.backend


def scores(hidden, units, activation, rows=400):
    """The inputs in two batches, and the answers of a drawn network to them."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([layers.Input((5,))])
    for _ in range(3):
        model.add(layers.Dense(16, activation=hidden))
    model.add(layers.Dense(units, activation=activation))
    x = np.random.default_rng(0).normal(size=(rows, 5)).astype("float32")
    return [x[:250], x[250:]], np.asarray(model.predict(x, verbose=0))


@pytest.mark.parametrize(("units", "activation"), [(1, "sigmoid"), (4, "softmax"), (2, None)])
def test_linear_layers_are_one_line_and_others_are_not(units, activation):
    assert off_line(*scores(None, units, activation), activation) < ONE_LINE
    for hidden in ("relu", "tanh"):
        assert off_line(*scores(hidden, units, activation), activation) > 100 * ONE_LINE


def test_the_share_is_that_of_least_squares():
    draw = np.random.default_rng(1)
    x, noise = draw.normal(size=(4000, 3)), draw.normal(size=4000)
    y = x @ [1.0, -2.0, 0.5] + 0.5 * noise
    expected = 0.25 / (1.0 + 4.0 + 0.25 + 0.25)
    assert off_line([x], y[:, None].astype("float32"), None) == pytest.approx(expected, rel=0.1)


def test_what_cannot_be_asked_is_not_answered():
    inputs, answers = scores("relu", 1, "sigmoid")
    assert off_line(inputs, answers, "relu") is None
    assert off_line([each[:10] for each in inputs], answers[:20], "sigmoid") is None
    assert off_line(inputs, np.full_like(answers, 0.5), "sigmoid") is None
    assert off_line([np.array([["a"]] * 400)], answers, "sigmoid") is None
    assert off_line(inputs, np.zeros((400, 3, 2), "float32"), None) is None
