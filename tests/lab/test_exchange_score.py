"""How answers are scored alike in every training that is compared."""

from dataclasses import replace

import numpy as np
import pytest

from unstuck.lab.exchange.score import judge_of, range_of

DRAW = np.random.default_rng(0)


def test_classes_by_the_largest_unit():
    right = np.arange(90) % 3
    judge = judge_of(right, np.zeros((90, 3)), is_open=False)
    assert (judge.form, judge.measure, judge.floor) == ("classes", "accuracy", pytest.approx(1 / 3))
    assert judge(np.eye(3)[right]) == 1.0
    assert judge(np.tile([1.0, 0, 0], (90, 1))) == pytest.approx(1 / 3)
    assert judge(np.full((90, 3), np.nan)) == judge.floor
    one_hot = judge_of(np.eye(3)[right], np.zeros((90, 3)), is_open=False)
    assert one_hot.form == "classes"
    assert one_hot(np.eye(3)[right]) == 1.0


def test_lopsided_classes_by_the_share_found_of_each():
    right = (np.arange(100) < 10).astype(int)
    judge = judge_of(right, np.zeros((100, 1)), is_open=False)
    assert judge.measure == "balanced accuracy"
    assert judge.floor == 0.5
    assert judge(np.zeros((100, 1))) == 0.5
    assert judge(right[:, None] * 0.1) == 1.0  # a threshold of its own choice


def test_a_threshold_of_one_half_tells_answers_that_rank_well_from_decisions():
    right = (np.arange(100) < 10).astype(int)
    judge = judge_of(right, np.zeros((100, 1)), is_open=True)
    small = right[:, None] * 0.1
    at_half = replace(judge, cut=0.5)
    assert at_half.measure == "balanced accuracy at a threshold of 0.5"
    assert (judge(small), at_half(small), at_half(right[:, None] * 0.9)) == (1.0, 0.5, 1.0)
    assert at_half(1.0 - right[:, None]) == 0.0  # upside down is wrong here


def test_two_classes_at_the_threshold_that_serves_best_upside_down_only_where_that_is_open():
    right = np.arange(100) % 2
    judge = judge_of(right, np.zeros((100, 1)), is_open=False)
    assert judge(right[:, None] * 3.0 - 40) == 1.0
    assert judge(-right[:, None].astype(float)) == 0.5
    # A distance is small for what is alike: where the loss leaves the direction open, either counts.
    assert judge_of(right, np.zeros((100, 1)), is_open=True)(-right[:, None].astype(float)) == 1.0


def test_numbers_and_those_on_another_scale():
    y = DRAW.normal(size=(200, 2))
    as_they_are = judge_of(y, np.zeros((200, 2)), is_open=False)
    open_ = judge_of(y, np.zeros((200, 2)), is_open=True)
    assert as_they_are(y) == pytest.approx(1.0)
    assert as_they_are(y * 9 + 4) == 0.0
    assert open_(y * 9 + 4) == pytest.approx(1.0)
    assert open_(np.zeros((200, 2))) == 0.0


def test_several_labels_and_steps_of_a_row():
    y = DRAW.integers(0, 2, (100, 4))
    labels = judge_of(y, np.zeros((100, 4)), is_open=False)
    assert labels.form == "labels"
    assert labels(y.astype(float)) == 1.0
    assert labels(np.zeros((100, 4))) == pytest.approx(0.5)
    tags = DRAW.integers(0, 5, (40, 6))
    steps = judge_of(tags, np.zeros((40, 6, 5)), is_open=False)
    assert steps(np.eye(5)[tags]) == 1.0


def test_what_does_not_compare_is_not_judged():
    assert judge_of(np.zeros((10, 3)), np.zeros((10, 2)), is_open=False) is None
    assert judge_of(np.array(["a"] * 10), np.zeros((10, 2)), is_open=False) is None


def test_the_range_of_untrained_answers():
    logits = DRAW.normal(size=(50, 3))
    assert range_of(logits) == "linear"
    assert range_of(np.exp(logits) / np.exp(logits).sum(1, keepdims=True)) == "softmax"
    assert range_of(1 / (1 + np.exp(-logits))) == "sigmoid"
    assert range_of(np.zeros((50, 1))) == "linear"


def test_answers_without_a_unit_for_each_class_are_no_scores_of_classes():
    digits = np.arange(100) % 10
    assert judge_of(digits, np.zeros((100, 10)), is_open=False) is not None
    assert judge_of(digits, np.zeros((100, 8)), is_open=False) is None
