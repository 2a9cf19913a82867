"""The gradient noise scale by brute force, and batches that are and are not too large."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments import _train, batch_size_sweep
from unstuck.lab.experiments._train import Trainer
from unstuck.lab.experiments._train_noise import noise_scale, plain


@pytest.fixture(autouse=True)
def _same_on_any_machine(monkeypatch):
    """As many updates however fast the machine is."""
    monkeypatch.setattr(_train, "SECONDS", 1000.0)
    monkeypatch.setattr(batch_size_sweep, "UPDATES", (16,))
    monkeypatch.setattr(batch_size_sweep, "MOST", 200)
    monkeypatch.setattr(batch_size_sweep, "SIZES", 3)


def asked(recipe):
    return batch_size_sweep.batch_size_sweep(recipe, Clock(2000))


def line(rows=200, noise=1.0, optimizer="adam"):
    """Noisy linear regression: the recipe, and the gradient of each row at the initial weights."""
    keras.utils.set_random_seed(7)
    draw = np.random.default_rng(0)
    x = draw.normal(size=(rows, 3)).astype("float32")
    y = (x @ np.array([1.0, -2.0, 0.5]) + noise * draw.normal(size=rows)).astype("float32")[:, None]
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer, "mse")
    recipe = recipe_of(model, x, y, epochs=1, batch_size=32)
    return recipe, 2 * (x @ recipe.initial[0].astype(np.float64) - y) * x


@pytest.mark.backend
def test_one_update_of_plain_descent_is_the_gradient():
    recipe, gradients = line(optimizer=keras.optimizers.Adam(0.01, clipnorm=0.1))
    rows = np.array([3, 5, 5, 150])
    found = Trainer(plain(recipe)).gradient(rows)
    assert found == pytest.approx(gradients[rows].mean(axis=0), rel=1e-5, abs=1e-6)


def test_the_noise_scale_is_that_of_all_rows_by_brute_force():
    recipe, gradients = line()
    mean = gradients.mean(axis=0)
    trace, squared = ((gradients - mean) ** 2).sum(axis=1).mean(), mean @ mean
    trainer = Trainer(plain(recipe))
    found = [noise_scale(trainer, Clock(1000), rows=4, draws=40, seed=seed) for seed in range(4)]
    assert np.mean([each.trace for each in found]) == pytest.approx(trace, rel=0.15)
    assert np.mean([each.squared for each in found]) == pytest.approx(squared, rel=0.15)
    assert np.mean([each.scale for each in found]) == pytest.approx(trace / squared, rel=0.25)


def test_gradients_without_noise_have_no_noise_scale():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    recipe = recipe_of(model, np.ones((20, 1)), np.zeros((20, 1)), batch_size=10)
    assert noise_scale(Trainer(plain(recipe)), Clock(1000), draws=4).scale == pytest.approx(0, abs=1e-6)


def planes(batch, epochs, rate=0.01):
    """Two classes on either side of a plane."""
    keras.utils.set_random_seed(7)
    draw = np.random.default_rng(0)
    x = draw.normal(size=(256, 4)).astype("float32")
    y = (x[:, 0] + x[:, 1] > 0).astype("int32")
    layers = keras.layers.Dense(16, "relu"), keras.layers.Dense(2, "softmax")
    model = keras.Sequential([keras.layers.Input((4,)), *layers])
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return recipe_of(model, x, y, epochs=epochs, batch_size=batch)


def test_a_batch_of_all_rows_is_too_large_for_few_epochs():
    answer = asked(planes(batch=256, epochs=4))
    assert answer.supports == ("batch-size-too-large", "too-few-updates")
    shows = answer.shows
    assert shows["epochs"] == 4
    epochs = dict(zip(shows["equal_epochs"]["sizes"], shows["equal_epochs"]["updates"], strict=True))
    assert all(updates == max(2, -(-4 * 256 // size)) for size, updates in epochs.items())
    assert set(shows["equal_updates"]["updates"]) == {16}
    assert shows["noise_scale"]["initial"] > 0


def test_a_batch_that_learns_as_well_as_smaller_ones_is_not_too_large():
    answer = asked(planes(batch=32, epochs=6, rate=0.05))
    assert answer.refutes == ("batch-size-too-large",)
    assert answer.supports == ()


def test_sizes_are_powers_of_two_around_the_users():
    assert batch_size_sweep._sizes(100, 1000) == [8, 100, 256]
    sizes = batch_size_sweep._sizes(64, 1000)
    assert 64 in sizes
    assert all(size & (size - 1) == 0 for size in sizes)
    assert max(batch_size_sweep._sizes(256, 256)) == 256


def test_a_handful_of_rows_leaves_no_choice():
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    recipe = recipe_of(model, np.arange(6.0)[:, None], np.arange(6.0), batch_size=4)
    with pytest.raises(UnaskableError, match="no choice of batch sizes"):
        asked(recipe)
