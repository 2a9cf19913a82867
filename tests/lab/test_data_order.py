"""Sorted labels, and the same rows mixed."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments import _train, data_order


@pytest.fixture(autouse=True)
def _same_on_any_machine(monkeypatch):
    """As many updates however fast the machine is."""
    monkeypatch.setattr(_train, "SECONDS", 1000.0)


def asked(recipe):
    return data_order.data_order(recipe, Clock(2000))


def clouds(mixed, epochs=1, rate=0.3, **fit):
    """Two clouds of rows that overlap little, one class after the other or mixed."""
    keras.utils.set_random_seed(7)
    draw = np.random.default_rng(0)
    y = np.repeat([0, 1], 80)
    x = (draw.normal(size=(160, 3)) + 2.0 * y[:, None]).astype("float32")
    if mixed:
        order = draw.permutation(160)
        x, y = x[order], y[order]
    layers = keras.layers.Dense(8, "relu"), keras.layers.Dense(2, "softmax")
    model = keras.Sequential([keras.layers.Input((3,)), *layers])
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    return recipe_of(model, x, y, epochs=epochs, batch_size=8, **fit)


@pytest.mark.backend
def test_sorted_labels_hold_the_score_down():
    answer = asked(clouds(mixed=False, shuffle=False))
    assert answer.supports == ("one-class-batches",)
    assert answer.shows["gains"]["shuffled"] > 0.1
    assert answer.shows["updates"] == 20


def test_mixed_rows_need_no_shuffling():
    answer = asked(clouds(mixed=True, shuffle=False))
    assert answer.refutes == ("one-class-batches",)
    assert answer.supports == ()


def test_a_split_off_the_end_of_sorted_rows_is_one_sided():
    answer = asked(clouds(mixed=False, epochs=2, validation_split=0.5))
    assert answer.supports == ("one-sided-validation-split",)
    assert answer.refutes == ("one-class-batches",)
    assert max(answer.shows["held_out_scores"]["own"]) == 0.0


def test_a_split_off_the_end_of_mixed_rows_is_fair():
    answer = asked(clouds(mixed=True, epochs=2, rate=0.1, validation_split=0.25))
    assert "one-sided-validation-split" in answer.refutes


def test_more_rows_than_there_is_time_for_pass_in_the_same_order(monkeypatch):
    monkeypatch.setattr(data_order, "MOST", 10)
    answer = asked(clouds(mixed=False, shuffle=False))
    assert answer.shows["rows"] == 80
    assert answer.supports == ("one-class-batches",)


def test_fit_that_shuffles_leaves_nothing_to_ask():
    with pytest.raises(UnaskableError, match="shuffles the rows"):
        asked(clouds(mixed=False))
