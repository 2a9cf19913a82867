"""What the fits of one model tell of each other: rows that judge after they trained, and rows forgotten."""

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.evidence.earlier import EarlierFits
from unstuck.evidence.facts import Place
from unstuck.evidence.gather import gather
from unstuck.evidence.made.before import made_before
from unstuck.evidence.row_marks import Rescaled
from unstuck.rules.bounds import dealt_out, forgets, judged_after_training
from unstuck.watch import hook

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(300, 20)).astype("float32")
SIGNS = (ROWS[:, 0] > 0).astype("float32")
LEVELS = np.clip(ROWS[:, 0] * 2 + 5, 0, 9).astype("int32")
FOLDS = np.array_split(RNG.permutation(300), 3)


@pytest.fixture
def told():
    """What each fit from now on is told of the fits before it."""
    fits, found = EarlierFits(), []

    def observe(seen):
        found.append(fits.beside(seen, gather(seen)).earlier)
        assert not seen.errors

    hook.install()
    hook.listen(observe)
    yield found
    hook.stop_listening(observe)


def made(units=1, rate=0.01):
    loss = "binary_crossentropy" if units == 1 else "sparse_categorical_crossentropy"
    last = layers.Dense(units, activation="sigmoid" if units == 1 else "softmax")
    model = keras.Sequential([keras.Input((20,)), layers.Dense(16, activation="relu"), last])
    model.compile(keras.optimizers.Adam(rate), loss)
    return model


def fit(model, rows, judged=None, *, scaled=False, labels=SIGNS, epochs=1):
    middle, width = (ROWS[rows].mean(0), ROWS[rows].std(0)) if scaled else (0.0, 1.0)
    held = None if judged is None else ((ROWS[judged] - middle) / width, labels[judged])
    model.fit((ROWS[rows] - middle) / width, labels[rows], validation_data=held, epochs=epochs, verbose=0)


def without(fold):
    return np.concatenate([rows for number, rows in enumerate(FOLDS) if number != fold])


@pytest.mark.parametrize("scaled", [False, True])
def test_one_model_over_all_folds_is_judged_by_rows_that_trained_it(told, scaled):
    model = made()
    for fold, judged in enumerate(FOLDS):
        fit(model, without(fold), judged, scaled=scaled)
    assert not judged_after_training(told[0])
    shown = [each for each in told if judged_after_training(each)]
    assert shown if scaled else len(shown) == 2  # of a scaled column both ends must be in both fits
    assert {(each.judged, each.judged_before, each.judged_here) for each in shown} == {(100, 100, 0)}


def test_folds_show_in_the_rows_that_are_left_out(told):
    model = made()
    for fold in range(3):
        fit(model, without(fold))
    assert [dealt_out(each) for each in told] == [False, False, True]
    assert (told[2].rows, told[2].left_out, told[2].left_out_twice) == (300, (100, 100, 100), 0)


def test_a_model_that_is_made_or_set_back_for_each_fold_is_another_training(told):
    model = made()
    begun = model.get_weights()
    for fold, judged in enumerate(FOLDS):
        model.set_weights(begun)
        fit(model, without(fold), judged)
    for fold, judged in enumerate(FOLDS):
        fit(made(), without(fold), judged)
    assert {each.fits for each in told} == {1}


def test_rows_that_are_trained_further_or_come_in_parts_are_no_folds(told):
    model = made()
    for _ in range(3):
        fit(model, without(0), FOLDS[0])
    model = made()
    for rows in np.array_split(without(0), 4):
        fit(model, rows, FOLDS[0])
    model = made()
    for start in range(0, 150, 50):  # a window that moves on, judged by what comes next
        fit(model, np.arange(start, start + 100), np.arange(start + 100, start + 150))
    assert max(each.fits for each in told) == 4
    assert not any(judged_after_training(each) or dealt_out(each) for each in told)


def test_parts_in_the_order_of_their_classes_are_forgotten_and_mixed_ones_are_not(told):
    model = made(10, 0.03)
    for rows in np.array_split(np.argsort(LEVELS, kind="stable"), 4):
        fit(model, rows, labels=LEVELS, epochs=20)
    last = told[-1].forgotten
    assert forgets(last), last
    assert last.fits == 4
    assert last.now < last.majority < last.then
    model = made(10, 0.03)
    for rows in np.array_split(RNG.permutation(300), 4):
        fit(model, rows, labels=LEVELS, epochs=20)
    assert not any(each.forgotten and forgets(each.forgotten) for each in told[4:])


def test_rows_are_found_again_on_another_scale():
    first = ROWS[:200].astype("float64")
    known = Rescaled(first)
    kept = np.union1d(np.arange(150), (first[:, 0].argmin(), first[:, 0].argmax()))  # of one column both ends
    found, judged = known.marks(first[kept] * 3.0 - 1.0, first[150:] * 3.0 - 1.0)
    assert (found.distinct, judged.distinct) == (1.0, 1.0)
    assert np.isin(found.numbers, known.first.numbers).sum() == len(kept)
    assert np.isin(judged.numbers, known.first.numbers).sum() == 50
    assert known.marks(ROWS[200:].astype("float64") * 2.0, None) is None


SCRIPT = """\
def build():
    net = keras.Sequential([])
    return net


class Folds:
    def __init__(self):
        self.net = build()

    def fold(self):
        self.net.fit(x, y)
"""


def test_the_line_is_that_which_has_the_model_made(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(SCRIPT, encoding="utf-8")
    found = made_before(Place(file=str(script), line=2), Place(file=str(script), line=11))
    assert found.line == 8
