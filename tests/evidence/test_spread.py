"""What pictures are drawn from, out of arrays."""

import numpy as np
import pytest

from unstuck.evidence.along import label_order, padded_by_time, scales
from unstuck.evidence.decisions import Answers, task_of
from unstuck.evidence.facts import Head, Input, Labels, Loss, Metric, Metrics
from unstuck.evidence.pictures import MOST_BINS, MOST_CLASSES, MOST_ROWS
from unstuck.evidence.spread import BINS, confusion_of, spread_of

SIGMOID, SOFTMAX = Head(activation="sigmoid"), Head(activation="softmax", units=3, shape=(3,))


def answered(outputs, targets, head=None, loss=None):
    outputs, targets = np.asarray(outputs, "float32"), np.asarray(targets)
    return Answers.of(task_of(outputs, targets, head, loss), outputs, targets)


def test_constant_answers_are_one_bar_by_label():
    answers = answered(np.ones((10, 1)), [0, 1] * 5, SIGMOID, Loss(name="binary_crossentropy"))
    shown = spread_of("", answers)
    assert shown.groups == ["label 0", "label 1"]
    assert [sum(counts) for counts in shown.counts] == [5, 5]
    assert [counts[-1] for counts in shown.counts] == [5, 5]
    assert (shown.edges[0], shown.edges[-1], len(shown.edges)) == (0.0, 1.0, BINS + 1)
    assert shown.threshold == 0.5
    assert sorted(shown.decided) == [("0", 0, 5), ("1", 10, 5)]


def test_classes_are_shown_by_what_the_right_one_gets():
    outputs = np.array([[0.71, 0.19, 0.1], [0.1, 0.11, 0.79], [0.21, 0.5, 0.29]])
    shown = spread_of(
        "a", answered(outputs, [0, 2, 0], SOFTMAX, Loss(name="sparse_categorical_crossentropy"))
    )
    assert (shown.axis, shown.output, shown.groups) == ("probability of the right class", "a", ["all rows"])
    filled = [at for at, count in enumerate(shown.counts[0]) if count]
    assert [shown.edges[at] for at in filled] == pytest.approx([0.2, 0.7, 0.775])


def test_numbers_stand_beside_their_targets_with_the_threshold_that_counts_them():
    metrics = Metrics(uses=(Metric(name="accuracy", resolved="binary_accuracy", threshold=0.5),))
    shown = spread_of("", answered([[1.0], [2.0]], [1.5, 2.5]), metrics)
    assert shown.groups == ["answers", "targets"]
    assert (shown.edges[0], shown.edges[-1]) == (1.0, 2.5)
    assert shown.threshold == metrics.accuracy.threshold
    assert shown.decided == []


@pytest.mark.parametrize(
    "outputs", [[[np.nan]] * 4, [[1e308], [-1e308], [1e308], [0.0]]], ids=["no number", "too far apart"]
)
def test_answers_that_cannot_be_binned_are_no_picture(outputs):
    answers = Answers(task_of(np.zeros((4, 1)), None, None, None), np.asarray(outputs, "float64"))
    assert spread_of("", answers) is None


def test_right_against_decided_classes():
    outputs = np.eye(3)[[0, 0, 1, 2]]
    shown = confusion_of(
        "", answered(outputs, [0, 1, 1, 2], SOFTMAX, Loss(name="sparse_categorical_crossentropy"))
    )
    assert shown.classes == ["0", "1", "2"]
    assert shown.counts == [[1, 0, 0], [1, 1, 0], [0, 0, 1]]


def test_many_classes_are_folded_into_one_and_no_row_is_lost():
    generator = np.random.default_rng(0)
    right = generator.integers(0, 40, 500)
    outputs = np.eye(40)[generator.integers(0, 40, 500)]
    head = Head(activation="softmax", units=40, shape=(40,))
    shown = confusion_of("", answered(outputs, right, head, Loss(name="sparse_categorical_crossentropy")))
    assert len(shown.classes) == MOST_CLASSES
    assert shown.classes[-1] == "others"
    assert sum(map(sum, shown.counts)) == 500


def test_sorted_labels_are_seen_along_the_rows():
    labels = np.array([0] * 480 + [1] * 480)
    shown = label_order("", "training", labels, Labels.of(labels))
    assert shown.classes == ["0", "1"]
    assert shown.shares == [[1.0] * 24 + [0.0] * 24, [0.0] * 24 + [1.0] * 24]
    assert len(shown.shares[0]) == MOST_BINS


def test_rare_classes_are_others_and_columns_of_one_hot_rows_are_classes():
    labels = np.eye(20)[np.arange(100) % 20]
    shown = label_order("", "training", labels, Labels.of(labels))
    assert shown.classes == [*map(str, range(10)), "others"]
    assert np.sum(shown.shares, axis=0) == pytest.approx(np.ones(MOST_BINS))


def test_numbers_are_shown_by_their_range_and_vectors_not_at_all():
    shown = label_order("", "validation", np.array([0.5, 1.5, np.nan, 3.0]), None)
    assert shown.mean == [0.5, 1.5, None, 3.0]
    assert shown.classes == []
    assert label_order("", "training", np.random.default_rng(0).random((9, 3)), None) is None
    assert label_order("", "training", np.array(["a", "b"]), None) is None


def test_columns_by_their_scale():
    table = np.random.default_rng(0).normal(size=(500, 100)) * np.arange(1, 101)
    shown = scales(table, Input(name="x", count=500))
    assert (shown.input, shown.total, len(shown.columns)) == ("x", 100, MOST_ROWS)
    assert shown.deviations == pytest.approx(table[:, shown.columns].std(axis=0))
    assert {min(shown.deviations), max(shown.deviations)} == {
        table.std(axis=0).min(),
        table.std(axis=0).max(),
    }
    assert scales(table, Input(name="x", feeds="Embedding")) is None
    assert scales(table[:, :1], Input()) is None


def test_columns_with_missing_numbers_are_measured_without_them():
    shown = scales(np.array([[1.0, np.nan], [3.0, 5.0], [np.inf, 5.0]]), Input())
    assert (shown.means, shown.deviations) == ([2.0, 5.0], [1.0, 0.0])


def test_padding_by_time_step():
    ids = np.random.default_rng(0).integers(1, 50, (40, 96))
    ids[:, 48:] = 0
    assert padded_by_time(ids) == [0.0] * 24 + [1.0] * 24
    frames = np.repeat(ids[..., None], 2, axis=2) + np.array([0.0, 0.5]) * (ids[..., None] > 0)
    assert padded_by_time(frames) == padded_by_time(ids)
    assert padded_by_time(np.arange(5)) == []
