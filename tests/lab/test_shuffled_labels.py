"""What the network learns of labels that mean nothing."""

import keras
import numpy as np
import pytest
from keras import layers
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments.shuffled_labels import shuffled_labels, with_dealt_labels
from unstuck.lab.recipe import Recipe


def network(columns, units):
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(units, activation="relu")
    model = keras.Sequential([layers.Input((columns,)), hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def test_true_labels_are_told_from_meaningless_ones():
    x = np.random.default_rng(0).normal(size=(160, 2)).astype("float32")
    y = (x[:, 0] > 0).astype("float32")
    recipe = recipe_of(network(2, 4), x, y, epochs=4, batch_size=16, validation_split=0.25)
    answer = shuffled_labels(recipe, Clock(600))
    assert answer.refutes == ("nothing-to-learn",)
    assert answer.supports == ()
    assert min(answer.shows["true"]) > max(answer.shows["dealt"])
    assert len(answer.shows["true_held_out"]) == 3


def test_a_network_that_learns_by_heart():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(48, 20)).astype("float32"), draw.integers(0, 2, 48).astype("float32")
    recipe = recipe_of(network(20, 128), x, y, epochs=10, batch_size=8, validation_split=0.25)
    answer = shuffled_labels(recipe, Clock(600))
    assert answer.supports == ("overfitting",)
    assert answer.refutes == ()
    assert np.mean(answer.shows["dealt"]) > 0.95
    assert "by heart" in answer.says


def test_only_training_labels_are_dealt_and_weights_go_with_them():
    y = np.random.default_rng(0).normal(size=40)
    recipe = Recipe(
        x=np.random.default_rng(1).normal(size=(40, 2)), y=y, sample_weight=y, validation_split=0.25
    )
    dealt = with_dealt_labels(recipe, 0)
    assert sorted(dealt.y[:30]) == sorted(y[:30])
    assert (dealt.y[:30] != y[:30]).sum() > 20
    assert (dealt.y[30:] == y[30:]).all()
    assert (dealt.sample_weight == dealt.y).all()
    assert (dealt.y == with_dealt_labels(recipe, 0).y).all()


def test_a_series_is_moved_along():
    y = np.cumsum(np.random.default_rng(0).normal(size=100))
    dealt = with_dealt_labels(Recipe(x=np.zeros((100, 1)), y=y), 0).y
    assert np.isin(np.diff(dealt), np.diff(y)).sum() == 98  # all steps but the one over the seam


def test_without_labels_it_cannot_be_asked():
    with pytest.raises(UnaskableError, match="no labels"):
        with_dealt_labels(Recipe(x=np.zeros((100, 1))), 0)
