"""Layers added to recipes of real models, which are then built and trained."""

import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from unstuck.lab.build import build, fit_arrays
from unstuck.lab.recipe import UntreatableError
from unstuck.remedies.remedy import catalogue

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))
from recipes import recipe_of


@pytest.fixture(scope="module")
def recipe():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.Dense(1, activation="sigmoid", name="end"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    x = np.random.default_rng(0).normal(300.0, 20.0, (40, 4)).astype("float32")
    return recipe_of(model, x, (x[:, 0] > 300).astype("float32"), epochs=1, batch_size=8)


def treated(name, recipe, **values):
    return catalogue()[name].treat(recipe, None, values)


@pytest.mark.parametrize(
    ("name", "values", "kinds"),
    [
        ("deepen", {"units": 5, "activation": "silu"}, ["Dense", "Dense", "Dense"]),
        ("add-batch-normalisation", {}, ["Dense", "BatchNormalization", "Dense"]),
        ("add-dropout", {"rate": 0.3}, ["Dense", "Dropout", "Dense"]),
        ("normalise-in-model", {}, ["Normalization", "Dense", "Dense"]),
        ("add-penalty", {"penalty": 1e-4}, ["Dense", "Dense"]),
        ("set-initialiser", {"initialiser": "he_normal"}, ["Dense", "Dense"]),
        ("schedule-learning-rate", {"kind": "warm-up", "value": 0.01, "updates": 5}, ["Dense", "Dense"]),
        ("schedule-learning-rate", {"kind": "exponential", "value": 0.01, "updates": 5}, ["Dense", "Dense"]),
    ],
)
def test_a_treated_recipe_builds_and_trains(recipe, name, values, kinds):
    changed = treated(name, recipe, **values)
    model = build(changed)
    assert [type(layer).__name__ for layer in model.layers] == kinds
    assert [layer.kind for layer in changed.layers] == ["InputLayer", *kinds]
    history = model.fit(fit_arrays(changed.x), fit_arrays(changed.y), batch_size=8, verbose=0)
    assert np.isfinite(history.history["loss"][0])


def test_the_normalisation_layer_scales_the_rows(recipe):
    model = build(treated("normalise-in-model", recipe))
    scaled = keras.ops.convert_to_numpy(model.layers[0](recipe.x))
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-4)
    assert np.allclose(scaled.std(axis=0), 1, atol=1e-4)


def test_a_layer_with_another_initialiser_is_drawn_anew_and_the_others_stay(recipe):
    model = build(treated("set-initialiser", recipe, initialiser="zeros"))
    hidden, end = (keras.ops.convert_to_numpy(layer.kernel) for layer in model.layers)
    assert not hidden.any()
    known = dict(zip(recipe.paths, recipe.initial, strict=True))
    assert np.array_equal(end, next(value for path, value in known.items() if path.endswith("end/kernel")))


def test_a_recurrent_layer_begins_with_a_state_that_keeps_its_length():
    keras.utils.set_random_seed(0)
    start = keras.initializers.RandomNormal(stddev=0.5)
    rnn = keras.layers.SimpleRNN(4, activation="relu", recurrent_initializer=start)
    model = keras.Sequential([keras.Input((6, 1)), rnn, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    recipe = recipe_of(model, np.ones((8, 6, 1), "float32"), np.ones(8), epochs=1, batch_size=8)
    at = next(each.place for each in recipe.layers if each.kind == "SimpleRNN")
    values = {"initialiser": "orthogonal", "argument": "recurrent_initializer"}
    changed = catalogue()["set-initialiser"].treat(recipe, at, values)
    kernel = keras.ops.convert_to_numpy(build(changed).layers[0].cell.recurrent_kernel)
    assert np.allclose(kernel @ kernel.T, np.eye(4), atol=1e-5)


def test_a_layer_with_a_penalty_gets_no_second(recipe):
    changed = treated("add-penalty", recipe, penalty=1e-4)
    assert len(build(changed).losses) == 1
    assert all(keras.ops.convert_to_numpy(each) > 0 for each in build(changed).losses)
    with pytest.raises(UntreatableError, match="a regulariser already"):
        treated("add-penalty", changed, penalty=1e-4)


def test_two_layers_of_one_kind_have_two_names(recipe):
    once = treated("add-dropout", recipe, rate=0.3)
    twice = treated("add-dropout", once, rate=0.2)
    assert [layer.kind for layer in twice.layers].count("Dropout") == 2
    assert len({layer.name for layer in twice.layers}) == 5


def test_other_models_are_not_given_layers(recipe):
    functional = replace(recipe, kind="Functional")
    for name in ("add-dropout", "deepen", "normalise-in-model", "add-batch-normalisation"):
        with pytest.raises(UntreatableError, match="only a Sequential model"):
            treated(name, functional, rate=0.3, units=4, activation="relu")


def test_rows_cut_short_fit_the_model():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Embedding(9, 2), keras.layers.LSTM(2), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    ids = np.array([[3, 4, 5, 0, 0, 0]] * 8)
    short = treated("truncate-padding", recipe_of(model, ids, np.ones(8), epochs=1, batch_size=8), steps=3)
    assert short.x.shape == (8, 3)
    assert build(short).input_shape == (None, 3)
    with pytest.raises(UntreatableError, match="not longer"):
        treated("truncate-padding", short, steps=3)
