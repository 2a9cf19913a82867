"""Decisions at the threshold in use and at one that other rows chose: figures by hand, what stays quiet."""

from pathlib import Path

import keras
import numpy as np
import pytest

from unstuck.evidence.compiled import read_metrics
from unstuck.evidence.elsewhere import decided_elsewhere
from unstuck.evidence.meaning.thresholds import UsedThreshold, threshold_in_use
from unstuck.rules.objective.threshold_off_scale import GIVEN_AWAY

RNG = np.random.default_rng(0)
HALF = UsedThreshold(0.5)

LIMIT = 0.75


def near(y_true, distance):
    called = keras.ops.cast(distance < LIMIT, "float32")
    return keras.ops.mean(keras.ops.cast(keras.ops.equal(called, y_true), "float32"))


def sure(y_true, y_pred):
    return keras.ops.mean(keras.ops.cast(keras.ops.equal(y_pred > 0.3, y_true > 0.5), "float32"))


def error(y_true, y_pred):
    return keras.ops.mean(keras.ops.abs(y_true - y_pred))


def found(probability, yes, used=HALF, groups=None):
    groups = np.arange(len(yes)) if groups is None else groups
    return decided_elsewhere(probability, yes, groups, used)


def test_answers_that_part_the_classes_elsewhere():
    yes = RNG.random((600, 8)) < 0.4
    scores = np.where(yes, 0.3, 0.05) + RNG.normal(scale=0.02, size=yes.shape)  # a softmax over several tags
    moved = found(scores, yes)
    assert moved.right == pytest.approx(1.0 - yes.mean())
    assert moved.balanced == pytest.approx(0.5)
    assert moved.right_moved > 0.99
    assert 0.1 < moved.chosen < 0.25
    assert moved.gains_more_than(GIVEN_AWAY)


def test_distances_are_a_yes_below():
    yes = RNG.random((300, 1)) < 0.5
    distance = np.where(yes, 1.8, 8.9) + RNG.normal(scale=0.5, size=yes.shape)
    moved = found(distance, yes, UsedThreshold(0.5, below=True, metric="pair_accuracy", own=True))
    assert moved.right == pytest.approx(1.0 - yes.mean(), abs=0.02)
    assert moved.right_moved > 0.99
    assert 3 < moved.chosen < 8


@pytest.mark.parametrize("share", [0.5, 0.2, 0.05])
def test_sound_probabilities_gain_nothing_however_rare_the_class(share):
    """Probabilities that hold what they say: a half is the best threshold, whatever the shares."""
    odds = np.exp(RNG.normal(scale=2.0, size=(2000, 1)) + np.log(share / (1 - share)))
    chance = odds / (1 + odds)
    yes = RNG.random(chance.shape) < chance
    assert not found(chance, yes).gains_more_than(GIVEN_AWAY / 5)


def test_a_rare_class_that_counts_more_on_purpose_is_quiet():
    """Class weights move the odds by their ratio: accuracy is given away for the rare class."""
    odds = np.exp(RNG.normal(scale=2.0, size=(4000, 1)) + np.log(0.05 / 0.95))
    yes = RNG.random(odds.shape) < odds / (1 + odds)
    weighed = 19 * odds / (1 + 19 * odds)
    moved = found(weighed, yes)
    assert moved.right_moved - moved.right > GIVEN_AWAY  # more rows are right elsewhere ...
    assert not moved.gains_more_than(GIVEN_AWAY)  # ... and fewer of the rare class


def test_chance_chooses_no_threshold():
    for _ in range(20):
        yes = RNG.random((60, 1)) < 0.5
        moved = found(RNG.random(yes.shape), yes)
        assert moved is None or not moved.gains_more_than(GIVEN_AWAY)


def test_places_of_one_row_are_one_draw_and_few_rows_are_none():
    yes = np.repeat(RNG.random((30, 1)) < 0.5, 20, axis=0)
    scores = np.where(yes, 0.3, 0.1)
    assert found(scores, yes, groups=np.repeat(np.arange(30), 20)) is None  # 15 rows a half
    assert found(scores, yes).rows == 600
    assert found(np.full((100, 1), np.nan), yes[:100]) is None


def _model(metric):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[metric])
    x = np.zeros((4, 2), "float32")
    model.evaluate(x, np.zeros((4, 1), "float32"), verbose=0)
    return model, read_metrics(model, None, None, None)[""]


@pytest.mark.parametrize(
    ("metric", "at", "below", "own", "text"),
    [
        (near, 0.75, True, True, "LIMIT = 0.75"),
        (sure, 0.3, False, True, "    return keras.ops.mean(keras.ops.cast(keras.ops.equal(y_pred > 0.3"),
        (keras.metrics.BinaryAccuracy(threshold=0.2), 0.2, False, False, ""),
    ],
)
def test_where_a_metric_turns(metric, at, below, own, text):
    model, metrics = _model(metric)
    used = threshold_in_use(model, 0, metrics, RNG.normal(size=(50, 1)) * 4)
    assert (used.at, used.below, used.own) == (at, below, own)
    if text:
        lines = Path(used.place.file).read_text(encoding="utf-8").split("\n")
        assert lines[used.place.line - 1].startswith(text)


@pytest.mark.parametrize("metric", [error, "mae", keras.metrics.AUC()])
def test_what_counts_no_decisions_turns_nowhere(metric):
    model, metrics = _model(metric)
    assert threshold_in_use(model, 0, metrics, RNG.normal(size=(50, 1))) is None
