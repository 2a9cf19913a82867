"""Head swap: what trained weights know behind an activation that hides it."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError, experiments

ASK = experiments()["head-swap"]


def _fitted(layers, x, y, loss, weights=None, epochs=1, metrics=("accuracy",)):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(optimizer=keras.optimizers.SGD(0.0 if weights else 0.5), loss=loss, metrics=list(metrics))
    if weights:
        model.set_weights(weights)
    return recipe_of(model, x, y, epochs=epochs, batch_size=20)


def _rows(count=200):
    x = np.random.default_rng(0).normal(size=(count, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


KNOWS = [np.float32([[4], [0], [0]]), np.float32([0])]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras warns of such a softmax itself
@pytest.mark.parametrize("carrier", ["dense", "layer"])
def test_a_softmax_over_one_unit_hides_what_the_weights_know(carrier):
    x, y = _rows()
    dense = keras.layers.Dense
    layers = [dense(1, activation="softmax")] if carrier == "dense" else [dense(1), keras.layers.Softmax()]
    answer = ASK(_fitted(layers, x, y, "binary_crossentropy", KNOWS), Clock(30))
    assert answer.supports == ("softmax-over-one-unit",)
    assert answer.shows["score"] == pytest.approx(y.mean(), abs=0.02)
    assert answer.shows["swapped"]["sigmoid"] == {"score": 1.0, "auc": 1.0}
    assert "the same answer, 1, for every row" in answer.says


def test_logits_read_as_probabilities():
    x, y = _rows()
    shifted = [np.float32([[0.8], [0], [0]]), np.float32([0])]
    recipe = _fitted([keras.layers.Dense(1)], x, y, "binary_crossentropy", shifted)
    answer = ASK(recipe, Clock(30))
    # At .5 the line lies at x = .625: every positive row below that is decided wrong.
    wrong = float(((x[:, 0] > 0) & (x[:, 0] <= 0.625)).mean())
    assert answer.shows["score"] == pytest.approx(1 - wrong, abs=0.02)
    assert answer.shows["swapped"]["sigmoid"]["score"] == 1.0
    assert answer.supports == ("logits-taken-as-probabilities",)
    assert "softmax-over-one-unit" in answer.refutes


def test_a_relu_output_cuts_what_is_negative():
    x, _ = _rows()
    y = (2 * x[:, 0]).astype("float32")
    weights = [np.float32([[2], [0], [0]]), np.float32([0])]
    recipe = _fitted([keras.layers.Dense(1, activation="relu")], x, y, "mse", weights, metrics=("mae",))
    answer = ASK(recipe, Clock(30))
    assert answer.supports == ("relu-output",)
    assert answer.shows["swapped"]["linear"]["score"] == pytest.approx(1.0, abs=1e-6)


def test_a_sound_head_is_cleared():
    x, y = _rows()
    recipe = _fitted([keras.layers.Dense(1, activation="sigmoid")], x, y, "binary_crossentropy", epochs=5)
    answer = ASK(recipe, Clock(30))
    assert answer.supports == ()
    assert "softmax-over-one-unit" in answer.refutes
    assert "logits-taken-as-probabilities" in answer.refutes
    assert answer.shows["swapped"]["linear"]["score"] == answer.shows["score"]


def test_without_time_it_is_not_asked():
    x, y = _rows(40)
    recipe = _fitted([keras.layers.Dense(1, activation="sigmoid")], x, y, "binary_crossentropy")
    with pytest.raises(UnaskableError, match="time"):
        ASK(recipe, Clock(0))
