"""Best threshold: chosen on some rows, judged on others."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError, experiments

ASK = experiments()["best-threshold"]


def _fitted(x, y, weights, activation="sigmoid", loss="binary_crossentropy", **fit):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation=activation)])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss, metrics=["accuracy"])
    model.set_weights([np.float32([[weights[0]]]), np.float32([weights[1]])])
    return recipe_of(model, x, y, epochs=1, batch_size=20, **fit)


def _line(count=400, at=0.3):
    x = np.random.default_rng(0).uniform(-1, 1, size=(count, 1)).astype("float32")
    return x, (x[:, 0] > at).astype("float32")


@pytest.mark.parametrize("held", [0.0, 0.25])
def test_scores_that_are_cut_at_another_place(held):
    x, y = _line(at=-0.5)
    # A linear output that is the input itself: the classes part at -0.5, the metric cuts at 0.5.
    answer = ASK(_fitted(x, y, (1, 0), "linear", "mse", validation_split=held), Clock(30))
    assert answer.supports == ("threshold-off-scale",)
    assert answer.shows["best"] == pytest.approx(-0.5, abs=0.05)
    assert answer.shows["right_best"] > 0.98
    assert answer.shows["right_used"] == pytest.approx(0.5, abs=0.1)
    assert answer.shows["where"].startswith("held-out" if held else "training")


def test_a_threshold_in_its_place_is_cleared():
    x, y = _line(at=0.0)
    answer = ASK(_fitted(x, y, (3, 0)), Clock(30))
    assert answer.supports == ()
    assert set(answer.refutes) == set(ASK.decides)


def test_a_rare_class_that_is_known_and_never_answered():
    draw = np.random.default_rng(0)
    y = (draw.random(1000) < 0.1).astype("float32")
    x = (draw.normal(size=1000) + 1.5 * y).astype("float32")[:, None]
    answer = ASK(_fitted(x, y, (0.5, -3.5)), Clock(30))
    assert answer.supports == ("class-imbalance",)
    assert answer.shows["recall_used"] == pytest.approx(0.5, abs=0.02)
    assert answer.shows["recall_fair"] > 0.7


def test_scores_that_order_nothing():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, 1)).astype("float32")
    y = draw.integers(0, 2, 400).astype("float32")
    answer = ASK(_fitted(x, y, (1, 0)), Clock(30))
    assert answer.supports == ()
    assert answer.refutes == ("threshold-off-scale",)
    assert "no threshold helps" in answer.says


def test_numbers_have_no_threshold():
    x, _ = _line(40)
    with pytest.raises(UnaskableError, match="no threshold to move"):
        ASK(_fitted(x, 3 * x[:, 0], (1, 0), "linear", "mse"), Clock(30))
