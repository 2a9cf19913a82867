"""The range test against problems whose stable rates are known."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments import _train, learning_rate_range

UPDATES = 24


@pytest.fixture(autouse=True)
def _same_on_any_machine(monkeypatch):
    """As many updates however fast the machine is."""
    monkeypatch.setattr(_train, "SECONDS", 1000.0)
    monkeypatch.setattr(learning_rate_range, "UPDATES", (UPDATES,))


def asked(recipe):
    return learning_rate_range.learning_rate_range(recipe, Clock(2000))


def plane():
    """Linear regression without noise: x, y and the Hessian of its mean squared error."""
    draw = np.random.default_rng(0)
    x = (draw.normal(size=(64, 4)) * [3, 1, 1, 0.5]).astype("float32")
    y = (x @ np.array([1.0, 2.0, -1.0, 1.0])).astype("float32")[:, None]
    return x, y, 2 * x.T.astype(np.float64) @ x / len(x)


def line(rate, epochs=UPDATES, optimizer="SGD"):
    keras.utils.set_random_seed(7)
    x, y, _ = plane()
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(getattr(keras.optimizers, optimizer)(rate), "mse")
    return recipe_of(model, x, y, epochs=epochs, batch_size=64)


def gates(rate, epochs, optimizer="Adam", **fit):
    """Which of two classes a product of signs says: a network learns it in some dozens of updates."""
    keras.utils.set_random_seed(7)
    draw = np.random.default_rng(1)
    x = draw.normal(size=(96, 2)).astype("float32")
    y = (x[:, 0] * x[:, 1] > 0).astype("int32")
    layers = keras.layers.Dense(24, "relu"), keras.layers.Dense(2, "softmax")
    model = keras.Sequential([keras.layers.Input((2,)), *layers])
    model.compile(getattr(keras.optimizers, optimizer)(rate), "sparse_categorical_crossentropy")
    return recipe_of(model, x, y, epochs=epochs, batch_size=48, **fit)


@pytest.mark.backend
def test_gradient_descent_diverges_above_two_over_the_largest_curvature():
    x, y, hessian = plane()
    recipe = line(0.01)
    shows = asked(recipe).shows
    largest = 2 / np.linalg.eigvalsh(hessian).max()
    assert largest / np.sqrt(10) < shows["diverges"] <= largest * np.sqrt(10)
    assert shows["best_rate"] < largest
    assert shows["low"] <= shows["best_rate"] <= shows["high"] < shows["diverges"]
    for rate, loss in zip(shows["rates"], shows["losses"], strict=True):
        if rate < 0.9 * largest:
            assert loss == pytest.approx(descended(recipe, rate, x, y), rel=1e-3, abs=1e-6)


def descended(recipe, rate, x, y):
    """The loss of gradient descent in numpy, over the last quarter of the updates."""
    weights, losses = recipe.initial[0].astype(np.float64), []
    for _ in range(UPDATES):
        error = x @ weights - y
        losses.append(float((error**2).mean()))
        weights = weights - rate * 2 * x.T @ error / len(x)
    return np.mean(losses[-UPDATES // 4 :])


def test_rates_reach_over_five_decades_and_hold_the_users_own():
    shows = asked(line(2e-5)).shows
    assert 2e-5 in shows["rates"]
    assert max(shows["rates"]) / min(shows["rates"]) >= 0.99e5


@pytest.mark.parametrize(
    ("rate", "supported", "refuted"),
    [
        (1e-6, "learning-rate-too-low", "learning-rate-too-high"),
        (3.0, "learning-rate-too-high", "learning-rate-too-low"),
    ],
)
def test_a_rate_outside_what_works(rate, supported, refuted):
    answer = asked(line(rate))
    assert supported in answer.supports
    assert refuted in answer.refutes
    assert f"at {rate:.2g}, the rate of this training" in answer.says


def test_a_rate_that_works_is_not_to_blame():
    answer = asked(line(0.05))
    assert {"learning-rate-too-high", "learning-rate-too-low", "saturated-divergence"} <= set(answer.refutes)
    assert answer.supports == ()


def test_few_updates_at_a_good_rate_are_too_few():
    answer = asked(gates(0.03, epochs=2))
    assert answer.supports == ("too-few-updates",)
    assert "learning-rate-too-low" in answer.refutes


def test_a_longer_run_at_a_lower_rate_counts_as_longer():
    recipe = line(2e-4, epochs=2)
    assert "learning-rate-too-low" in asked(recipe).supports
    assert "learning-rate-too-low" not in asked(replace(recipe, epochs=1000)).supports


def test_an_exploded_rate_is_divergence():
    assert "saturated-divergence" in asked(line(100.0)).supports


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
def test_where_no_rate_helps_nothing_is_claimed():
    keras.utils.set_random_seed(7)
    draw = np.random.default_rng(0)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, activation="softmax")])
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    x, y = draw.normal(size=(40, 3)), draw.integers(0, 2, size=40)
    answer = asked(recipe_of(model, x, y, epochs=2, batch_size=20))
    assert (answer.supports, answer.refutes) == ((), ())
    assert "falls at none of them" in answer.says


def test_the_rate_of_a_schedule_is_its_first():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.02, 10, 0.5)
    assert asked(line(schedule)).shows["users_rate"] == pytest.approx(0.02)


def test_the_answer_is_the_same_twice():
    recipe = gates(0.01, epochs=3)
    assert asked(recipe) == asked(recipe)


def test_a_slow_model_is_said_to_be_too_slow():
    with pytest.raises(UnaskableError, match="too long to try"):
        learning_rate_range.learning_rate_range(line(0.01), Clock(0.01))
