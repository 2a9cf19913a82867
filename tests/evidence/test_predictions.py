"""Predictions from arrays, against plain loops."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unstuck.evidence.activity import padding
from unstuck.evidence.decisions import Answers, Task, task_of
from unstuck.evidence.facts import Head, Loss, Metric, Metrics, Predictions, ValidationPredictions
from unstuck.evidence.predictions import area_under_curve, best_threshold, compare, describe, renumbered
from unstuck.evidence.sample import batch_size, leaves, over, samples, spaced
from unstuck.watch.rows import Rows

SIGMOID = Head(activation="sigmoid")
SOFTMAX = Head(activation="softmax", units=3, shape=(3,))
LINEAR = Head(activation="linear")
BINARY = Loss(name="binary_crossentropy")
LOGITS = Loss(name="binary_crossentropy", from_logits=True)
SPARSE = Loss(name="sparse_categorical_crossentropy")
CATEGORICAL = Loss(name="categorical_crossentropy")


def column(*values):
    return np.array(values, "float32")[:, None]


def described(outputs, targets, head=None, loss=None, metric=None, mask=None, kind=Predictions):
    outputs, targets = np.asarray(outputs), None if targets is None else np.asarray(targets)
    metrics = Metrics(uses=(metric,)) if metric else None
    return describe(
        kind, task_of(outputs, targets, head, loss), outputs, targets, head=head, metrics=metrics, mask=mask
    )


@pytest.mark.parametrize(
    ("outputs", "targets", "head", "loss", "form", "threshold"),
    [
        (np.zeros((4, 1)), [0, 1, 0, 1], SIGMOID, BINARY, "threshold", 0.5),
        (np.zeros((4, 1)), [[0], [1], [0], [1]], LINEAR, LOGITS, "threshold", 0.0),
        (np.zeros((4, 1)), [0, 1, 0, 1], LINEAR, BINARY, "threshold", 0.5),
        (np.zeros((4, 1)), [0, 1, 0, 1], SIGMOID, LOGITS, "threshold", 0.5),
        (np.zeros((4, 1)), [-1, 1, -1, 1], LINEAR, Loss(name="hinge"), "threshold", 0.0),
        (np.zeros((4, 1)), [-1, 1, -1, 1], SIGMOID, BINARY, "threshold", 0.5),
        (np.zeros((4, 1)), [0, 1, 0, 1], LINEAR, Loss(name="hinge"), "threshold", 0.0),
        (np.zeros((4, 1)), [0.5, 0.1, 0.9, 1.0], SIGMOID, BINARY, "numbers", 0.5),
        (np.zeros((4, 1)), [0, 1, 2, 3], LINEAR, Loss(), "numbers", 0.5),
        (np.zeros((4, 1)), [0, 1, 2, 3], LINEAR, SPARSE, "argmax", 0.5),
        (np.zeros((4, 3)), [0, 1, 2, 1], SOFTMAX, SPARSE, "argmax", 0.5),
        (np.zeros((4, 3)), [[0], [1], [2], [1]], SOFTMAX, SPARSE, "argmax", 0.5),
        (np.zeros((3, 3)), np.eye(3), SOFTMAX, CATEGORICAL, "argmax", 0.5),
        (np.zeros((3, 3)), np.eye(3) * 0.9 + 0.1 / 3, SOFTMAX, CATEGORICAL, "argmax", 0.5),
        (np.zeros((3, 3)), np.eye(3) * 0.9, SOFTMAX, Loss(), "numbers", 0.5),
        (np.zeros((2, 3)), [[1, 1, 0], [0, 0, 0]], SIGMOID, BINARY, "labels", 0.5),
        (np.zeros((2, 3)), [[1, 1, 0], [0, 0, 0]], LINEAR, LOGITS, "labels", 0.0),
        (np.zeros((2, 5, 3)), [[0, 1, 2, 2, 1], [0, 0, 0, 0, 0]], SOFTMAX, SPARSE, "argmax", 0.5),
        (np.zeros((2, 1)), ["a", "b"], SIGMOID, BINARY, "numbers", 0.5),
        (np.zeros((2, 1)), None, SIGMOID, None, "numbers", 0.5),
    ],
)
def test_the_task_follows_the_output(outputs, targets, head, loss, form, threshold):
    task = task_of(outputs, None if targets is None else np.array(targets), head, loss)
    assert task.form == form
    if form in ("threshold", "labels"):
        assert task.threshold == threshold


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-3, 3, width=16), st.booleans()), min_size=1, max_size=30))
def test_one_unit_against_loops(pairs):
    scores, positive = np.array([s for s, _ in pairs]), np.array([p for _, p in pairs])
    found = described(scores[:, None].astype("float32"), positive.astype(int), LINEAR, LOGITS)
    right = [(s > 0) == p for s, p in pairs]
    assert found.accuracy == pytest.approx(np.mean(right))
    recalls = [np.mean([r for r, (_, p) in zip(right, pairs, strict=True) if p == k]) for k in set(positive)]
    assert found.balanced_accuracy == pytest.approx(np.mean(recalls))
    wins = [(a > b) + (a == b) / 2 for a, p in pairs for b, q in pairs if p and not q]
    assert found.auc == (pytest.approx(np.mean(wins)) if wins else None)
    candidates = [-10.0, *scores, *[(a + b) / 2 for a in scores for b in scores]]
    best = max(np.mean((scores > cut) == positive) for cut in candidates)
    assert found.best_threshold_accuracy == pytest.approx(best)
    assert np.mean((scores > found.best_threshold) == positive) == pytest.approx(best)
    chances = 1 / (1 + np.exp(-scores))
    margin = np.mean([(2 * c - 1) * (1 if p else -1) for c, p in zip(chances, positive, strict=True)])
    task = task_of(scores[:, None], positive.astype(int), LINEAR, LOGITS)
    assert Answers.of(task, scores[:, None], positive.astype(int)).margin == pytest.approx(margin, abs=1e-6)


@settings(max_examples=60)
@given(st.integers(2, 5), st.integers(1, 20), st.integers(0, 10**6))
def test_argmax_against_loops_whatever_the_form_of_the_labels(classes, rows, seed):
    random = np.random.default_rng(seed)
    outputs = random.dirichlet(np.ones(classes), rows).astype("float32")
    labels = random.integers(0, classes, rows)
    head = Head(activation="softmax", units=classes, shape=(classes,))
    sparse = described(outputs, labels, head, SPARSE)
    hot = described(outputs, np.eye(classes)[labels], head, CATEGORICAL)
    right = [max(range(classes), key=lambda k: row[k]) == y for row, y in zip(outputs, labels, strict=True)]
    assert sparse.accuracy == hot.accuracy == pytest.approx(np.mean(right))
    assert sparse.decided == hot.decided
    assert sum(n for _, n in sparse.decided) == rows
    task = task_of(outputs, labels, head, SPARSE)
    margins = [row[y] - max(np.delete(row, y)) for row, y in zip(outputs, labels, strict=True)]
    assert Answers.of(task, outputs, labels).margin == pytest.approx(np.mean(margins), abs=1e-6)
    assert sparse.row_sum_minimum == pytest.approx(1, abs=1e-5)


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(1, 12), st.integers(0, 10**6))
def test_several_labels_against_loops(labels, rows, seed):
    random = np.random.default_rng(seed)
    outputs = random.random((rows, labels + 1)).astype("float32")
    targets = random.integers(0, 2, outputs.shape)
    targets[0] = 1  # two ones in a row: no one-hot rows
    found = described(outputs, targets, SIGMOID, BINARY)
    single = [
        (o > 0.5) == t for a, b in zip(outputs, targets, strict=True) for o, t in zip(a, b, strict=True)
    ]
    assert found.label_accuracy == pytest.approx(np.mean(single))
    whole = [all((a > 0.5) == b) for a, b in zip(outputs, targets, strict=True)]
    assert found.accuracy == pytest.approx(np.mean(whole))
    assert found.decided == ()


@given(classes=st.integers(2, 4), rows=st.integers(1, 30), seed=st.integers(0, 2**16))
@settings(max_examples=40, deadline=None)
def test_classes_numbered_in_another_order_against_all_orders(classes, rows, seed):
    draw = np.random.default_rng(seed)
    decided, labels = draw.integers(0, classes, (2, rows))
    best = max(
        np.mean(np.array(order)[decided] == labels) for order in itertools.permutations(range(classes))
    )
    found = renumbered(decided, labels)
    assert found.accuracy == pytest.approx(best)
    assert all(np.sum((decided == one) & (labels == other)) == count for one, other, count in found.pairs)


def test_permuting_rows_changes_nothing():
    random = np.random.default_rng(1)
    outputs, targets = random.random((50, 1)).astype("float32"), random.integers(0, 2, 50)
    order = random.permutation(50)
    first = described(outputs, targets, SIGMOID, BINARY)
    second = described(outputs[order], targets[order], SIGMOID, BINARY)
    for name, value in vars(first).items():
        same = value if value is None or isinstance(value, tuple) else pytest.approx(value, abs=1e-12)
        assert getattr(second, name) == same, name


def test_numbers_against_numbers():
    outputs, targets = column(0.2, 0.7, 0.9, 0.4), np.array([0.0, 0.5, 1.0, 1.0])
    found = described(outputs, targets, SIGMOID, BINARY, Metric())
    assert found.accuracy is None
    assert found.decided == ()
    assert found.exact_possible == 0.75
    assert found.exact_hits == found.reported == 0.5
    errors = outputs[:, 0] - targets
    assert found.mse == pytest.approx(np.mean(errors**2))
    assert found.mae == pytest.approx(np.mean(abs(errors)))
    assert found.r2 == pytest.approx(1 - np.sum(errors**2) / np.sum((targets - targets.mean()) ** 2))


def test_constant_answers_have_exactly_no_spread():
    found = described(np.full((1000, 1), 0.1, "float32"), np.arange(1000) % 2, SIGMOID, BINARY)
    assert found.std == 0.0
    assert found.decided == ((0, 1000),)
    assert found.one_class_share == 1.0
    assert found.auc == 0.5


def test_softmax_over_one_unit_says_one_always():
    head = Head(activation="softmax", softmax_size=1)
    found = described(np.ones((8, 1), "float32"), np.arange(8) % 2, head, BINARY, Metric())
    assert found.decided == ((1, 8),)
    assert found.accuracy == found.reported == 0.5
    assert found.at_bound == 1.0
    assert found.row_sum_maximum is None


def test_a_softmax_over_the_wrong_axis_is_seen():
    outputs = np.random.default_rng(0).dirichlet(np.ones(4), (6, 3)).transpose(0, 2, 1)
    found = described(outputs.astype("float32"), None)
    assert outputs.shape == (6, 4, 3)
    assert found.other_axis_sums_one == 1
    assert found.row_sum_minimum < 1 < found.row_sum_maximum
    assert described(outputs.transpose(0, 2, 1), None).other_axis_sums_one is None


def test_answers_that_are_no_numbers():
    found = described(column(np.nan, 0.9, np.inf, 0.2), [0, 1, 1, 0], SIGMOID, BINARY)
    assert found.nonfinite == 2
    assert (found.minimum, found.maximum) == (pytest.approx(0.2), pytest.approx(0.9))
    assert found.decided == ((0, 1), (1, 2))
    assert found.accuracy == 0.75
    assert found.auc is None
    assert found.mse is None
    lost = described(np.full((3, 2), np.nan), [0, 1, 1], SOFTMAX, SPARSE)
    assert math.isnan(lost.minimum)
    assert lost.decided == ()
    assert lost.accuracy == 0.0


def test_shares_of_entries_and_rows():
    outputs = np.array([[0, 0], [1.5, -1], [0.5, 1], [0, 0]], "float32")
    found = described(outputs, None, Head(activation="relu", units=2, shape=(2,)))
    assert found.outside_unit == 0.25
    assert found.zero_rows == 0.5
    assert found.at_bound == 0.5
    assert (found.rows, found.units) == (4, 2)


@pytest.mark.parametrize(
    ("resolved", "outputs", "targets", "expected"),
    [
        ("binary_accuracy", [[0.6], [0.4], [0.7]], [1, 1, 0], 1 / 3),
        ("binary_accuracy", [[0.6, 0.4]], [[1, 0]], 1.0),
        ("accuracy", [[1.0], [0.4]], [1, 0], 0.5),
        ("categorical_accuracy", [[0.6, 0.4], [0.2, 0.8]], [[1, 0], [1, 0]], 0.5),
        ("sparse_categorical_accuracy", [[0.6, 0.4], [0.2, 0.8]], [[0], [0]], 0.5),
        ("sparse_categorical_accuracy", [[[0.6, 0.4], [0.2, 0.8]]], [[0, 1]], 1.0),
        ("categorical_accuracy", [[0.6, 0.4], [0.2, 0.8]], [0, 1], None),
        ("top_k_categorical_accuracy", [[0.6, 0.4]], [[1, 0]], None),
    ],
)
def test_reported_is_what_the_named_metric_gives(resolved, outputs, targets, expected):
    found = described(np.array(outputs, "float32"), np.array(targets), metric=Metric(resolved=resolved))
    assert found.reported == (None if expected is None else pytest.approx(expected))


def test_the_threshold_of_the_metric_is_the_users():
    logits, targets = column(0.2, 0.4, -1, 2), [1, 1, 0, 1]
    found = described(logits, targets, LINEAR, LOGITS, Metric(threshold=0.5))
    assert (found.accuracy, found.reported) == (1.0, 0.5)


def test_masked_steps_do_not_count():
    outputs = np.array([[[0.9, 0.1], [0.9, 0.1]], [[0.9, 0.1], [0.9, 0.1]]], "float32")
    targets = np.array([[0, 1], [0, 1]])
    mask = np.array([[True, False], [True, False]])
    metric = Metric(resolved="sparse_categorical_accuracy")
    found = described(outputs, targets, SOFTMAX, SPARSE, metric, mask)
    assert (found.accuracy, found.reported) == (1.0, 1.0)
    assert found.decided == ((0, 2),)


def test_what_changed_since_the_start():
    task = Task(form="threshold")
    targets = np.array([1, 0])
    before = Answers.of(task, column(0.4, 0.4), targets)
    after = Answers.of(task, column(0.6, 0.45), targets)
    found = compare(Predictions(), before, after)
    assert found.decisions_changed == 0.5
    assert found.margin_start == pytest.approx(0)
    assert found.margin_end == pytest.approx((0.2 + 0.1) / 2)


def test_validation_rows_are_read_like_training_rows():
    assert isinstance(described(column(0.1), [0], kind=ValidationPredictions), ValidationPredictions)


def test_curve_and_threshold_of_one_class():
    scores, none = np.array([0.1, 0.2]), np.array([False, False])
    assert area_under_curve(scores, none) is None
    assert best_threshold(scores, none, 0.5) == (0.5, 1.0)
    cut, share = best_threshold(scores, none, 0.15)
    assert share == 1.0
    assert cut == 0.2


@settings(max_examples=60)
@given(st.integers(1, 5000), st.integers(1, 200))
def test_spaced_rows_are_distinct_and_spread(count, take):
    take = min(count, take)
    rows = spaced(count, take)
    assert len(set(rows.tolist())) == take
    assert all(i * count // take <= row < (i + 1) * count // take for i, row in enumerate(rows))


def test_a_period_in_the_rows_does_not_hide_a_class():
    for period in range(2, 12):
        labels = np.arange(8192) % period
        assert len(np.unique(labels[spaced(8192, 1024)])) == period
        assert len(np.unique(labels[spaced(8192, 1024)][::8])) == period


def test_batches_have_one_shape_and_rows_sorted_by_class_keep_their_mix():
    x, y = np.zeros((50000, 4), "float64"), np.repeat([0, 1], 25000)
    head = {"": SIGMOID}
    taught, judged = samples(Rows(x=[x], y=y), Rows(x=[x[:500]], y=y[:500]), head)
    sizes = {len(rows) for rows in (*taught.indices, *judged.indices)}
    assert len(sizes) == 1
    assert 900 <= sum(map(len, taught.indices)) <= 1024
    assert sum(map(len, judged.indices)) >= 480
    batch = taught.batch(0)
    assert abs(batch.y.mean() - 0.5) < 0.02
    assert batch.x[0].dtype == "float32"
    assert len(np.unique(np.concatenate(taught.indices))) == sum(map(len, taught.indices))


def test_batches_of_big_rows_and_of_few_rows():
    big = Rows(x=np.zeros((40, 512, 512), "float32"), y=np.zeros(40))
    taught, judged = samples(big, None, {})
    assert judged is None
    assert len(taught.indices[0]) == 7
    few, one = samples(Rows(x=np.zeros((5, 2)), y=np.zeros(5)), Rows(x=np.zeros((1, 2)), y=np.zeros(1)), {})
    assert (len(few.indices[0]), len(one.indices[0])) == (5, 1)
    assert batch_size([250, 1000], 10**9) in (125, 100)


def test_structures_are_gone_through():
    structure = {"a": [1, None], "b": (2,)}
    assert over(lambda leaf: leaf + 1, structure) == {"a": [2, None], "b": [3]}
    assert leaves(structure) == [1, 2]


def test_padding_is_a_run_at_an_edge():
    ids = np.array([[5, 6, 0, 0], [7, 0, 0, 0], [1, 2, 3, 4]])
    assert padding(ids).tolist() == [[0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 0, 0]]
    assert padding(ids[:, ::-1]).tolist() == [[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0]]
    assert not padding(np.arange(12).reshape(3, 4)).any()
    assert not padding(np.full((3, 4), np.nan)).any()
