"""Networks that can learn a batch by heart, and some that cannot."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments import _train, overfit_one_batch
from unstuck.lab.experiments._train_score import chosen_rows


@pytest.fixture(autouse=True)
def _same_on_any_machine(monkeypatch):
    """As many updates however fast the machine is."""
    monkeypatch.setattr(_train, "SECONDS", 1000.0)
    monkeypatch.setattr(overfit_one_batch, "UPDATES", (60,))


def asked(recipe):
    return overfit_one_batch.overfit_one_batch(recipe, Clock(2000))


def rows(classes=2, count=120):
    draw = np.random.default_rng(0)
    return draw.normal(size=(count, 8)).astype("float32"), draw.integers(0, classes, size=count)


def recipe_for(
    layers, loss="sparse_categorical_crossentropy", rate=0.03, classes=2, epochs=30, y=None, **fit
):
    keras.utils.set_random_seed(7)
    x, labels = rows(classes)
    model = keras.Sequential([keras.layers.Input((8,)), *layers])
    model.compile(keras.optimizers.Adam(rate), loss)
    return recipe_of(model, x, labels if y is None else y, epochs=epochs, batch_size=60)


def network(units, classes=2, activation="relu"):
    return keras.layers.Dense(units, activation), keras.layers.Dense(classes, "softmax")


@pytest.mark.backend
def test_a_network_learns_32_rows_by_heart():
    answer = asked(recipe_for(network(32)))
    assert answer.shows["learned"]
    assert answer.shows["scores"][0] >= 31 / 32
    assert {"dead-relu", "vanishing-gradient", "saturated-activations"} <= set(answer.refutes)


def test_many_more_updates_than_the_run_had():
    assert "too-few-updates" in asked(recipe_for(network(32), epochs=1)).supports


def test_a_regression_is_scored_by_r2():
    x, _ = rows()
    layers = keras.layers.Dense(32, "relu"), keras.layers.Dense(1)
    shows = asked(recipe_for(layers, "mse", y=x[:, 0] * x[:, 1])).shows
    assert shows["kind"] == "r2"
    assert shows["learned"]


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
def test_softmax_over_one_unit_learns_at_no_rate_and_no_width(monkeypatch):
    monkeypatch.setattr(overfit_one_batch, "UPDATES", (100,))
    layers = keras.layers.Dense(4, "relu"), keras.layers.Dense(1, "softmax")
    answer = asked(recipe_for(layers, "binary_crossentropy"))
    assert answer.shows["scores"] == [0.5] * 6
    assert answer.supports == ()
    assert answer.refutes == ("model-too-small",)


def test_one_hidden_unit_is_too_small_for_ten_classes(monkeypatch):
    monkeypatch.setattr(overfit_one_batch, "UPDATES", (150,))
    monkeypatch.setattr(overfit_one_batch, "OTHER_RATES", (0.1,))
    monkeypatch.setattr(overfit_one_batch, "AROUND_DEFAULT", ())
    monkeypatch.setattr(overfit_one_batch, "WIDER", 32.0)
    answer = asked(recipe_for(network(1, classes=10), classes=10))
    assert answer.supports == ("model-too-small",)
    assert answer.shows["wider_score"] >= 31 / 32


@pytest.mark.parametrize(
    ("rate", "cause"), [(3e-5, "learning-rate-too-low"), (3.0, "learning-rate-too-high")]
)
def test_where_only_another_rate_learns_it_the_rate_is_to_blame(rate, cause):
    answer = asked(recipe_for(network(64), rate=rate))
    assert answer.supports == (cause,)
    assert not answer.shows["scores"][0] >= 0.95


def test_batch_statistics_and_dropout_do_not_hide_what_was_learned():
    layers = (
        keras.layers.Dense(64, "relu"),
        keras.layers.BatchNormalization(momentum=0.999),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(2, "softmax"),
    )
    assert asked(recipe_for(layers)).shows["learned"]


def test_rows_are_distinct_and_of_every_class():
    x, y = rows(classes=4, count=200)
    x[100:] = x[:100]
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(4, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    chosen = chosen_rows(recipe_of(model, x, y, batch_size=50), 32)
    assert len(np.unique(x[chosen], axis=0)) == 32
    assert np.bincount(y[chosen]).tolist() == [8, 8, 8, 8]


def test_equal_inputs_cannot_be_learned_by_heart():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(2, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    recipe = recipe_of(model, np.ones((40, 2)), np.arange(40) % 2, batch_size=20)
    with pytest.raises(UnaskableError, match="inputs that were looked at are equal"):
        asked(recipe)
