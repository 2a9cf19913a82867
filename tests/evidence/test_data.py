"""Labels, splits, inputs and batches from the user's rows; any container as numpy."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unstuck.evidence.data import (
    read_batches,
    read_labels,
    read_split,
    targets_of,
)
from unstuck.evidence.facts import Fit, Layer, Model
from unstuck.evidence.inputs import SAMPLED_ENTRIES, describe_input, read_inputs
from unstuck.watch.rows import Rows, as_rows

ONE = ("",)


class TestAsRows:
    def test_numpy_arrays_are_not_copied(self):
        x = np.zeros((3, 2))
        assert as_rows(x) is x
        assert as_rows({"a": x})["a"] is x
        assert as_rows([x, x])[1] is x

    def test_lists_of_numbers_and_rows_are_one_array(self):
        assert as_rows([1, 2, 3]).tolist() == [1, 2, 3]
        assert as_rows([[1, 2], [3, 4]]).shape == (2, 2)
        assert as_rows(["a", "b"]).dtype.kind == "U"

    def test_ragged_lists_become_objects(self):
        rows = as_rows([[1, 2], [3]])
        assert (rows.dtype, rows.shape) == (object, (2,))

    def test_frames_and_series(self):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
        assert as_rows(frame).tolist() == [[1.0, 3.0], [2.0, 4.0]]
        assert as_rows(frame["a"]).tolist() == [1.0, 2.0]
        assert as_rows([frame, frame["a"]])[1].shape == (2,)

    @pytest.mark.backend
    def test_tensors(self):
        import keras

        tensor = keras.ops.arange(6, dtype="float32")
        assert as_rows(tensor).tolist() == [0, 1, 2, 3, 4, 5]
        assert as_rows([tensor, tensor])[0].shape == (6,)
        half = as_rows(keras.ops.cast(tensor, "bfloat16"))
        assert describe_input(half).maximum == 5.0

    def test_a_torch_tensor_that_needs_gradients(self):
        torch = pytest.importorskip("torch")
        assert as_rows(torch.ones(3, 2, requires_grad=True)).shape == (3, 2)

    def test_sparse_matrices_up_to_a_size(self):
        sparse = pytest.importorskip("scipy.sparse")
        assert as_rows(sparse.eye(3, format="csr")).tolist() == np.eye(3).tolist()
        assert as_rows(sparse.csr_matrix((100_000, 100_000))) is None

    def test_what_is_no_data(self):
        assert as_rows(None) is None
        assert as_rows(object()) is None
        assert as_rows(3.0) is None


class TestTargets:
    one, two = np.zeros(4), np.ones((4, 2))

    @pytest.mark.parametrize("y", [[one, two], (one, two), {"a": one, "b": two}, {"b": two, "a": one}])
    def test_by_output(self, y):
        found = targets_of(Rows(y=y), ("a", "b"))
        assert found["a"] is self.one
        assert found["b"] is self.two

    def test_dicts_are_read_by_name_and_may_miss_outputs(self):
        assert list(targets_of(Rows(y={"b": self.two}), ("a", "b"))) == ["b"]
        assert targets_of(Rows(y={"out": self.one}), ONE)[""] is self.one
        assert targets_of(Rows(y=None), ONE) == {}

    def test_batches_that_passed_stand_in_when_they_are_more(self):
        rows = Rows(y=np.zeros(2), complete=False, batch_targets=[np.zeros(2), np.ones(2), np.ones(1)])
        assert targets_of(rows, ONE)[""].tolist() == [0, 0, 1, 1, 1]
        labels = read_labels(rows, ONE)[""]
        assert (labels.count, labels.sampled, labels.majority) == (5, True, 0.6)


class TestLabels:
    @pytest.mark.parametrize(
        ("y", "form"),
        [
            (np.array(["cat", "dog"]), "text"),
            (np.array([b"a", b"b"]), "text"),
            (np.array([[1, 2], [3]], dtype=object), "text"),
            (np.array([0, 1, 1], dtype=object), "binary"),
            (np.array([None, "a"], dtype=object), "text"),
            (np.array(["2020-01-01"], dtype="datetime64[D]"), "text"),
            (np.array([True, False]), "binary"),
            (np.array([np.nan, np.inf]), "continuous"),
            (np.zeros((0,)), "empty"),
            (np.zeros((0, 3)), "empty"),
            (np.array([1 + 2j]), "text"),
        ],
    )
    def test_odd_types_are_described(self, y, form):
        assert read_labels(Rows(y=y), ONE)[""].form == form

    def test_very_many_entries_are_thinned(self):
        labels = read_labels(Rows(y=np.zeros((1000, 128, 128), "uint8")), ONE)[""]
        assert labels.sampled
        assert labels.count < 1000

    def test_split(self):
        y = np.repeat([0, 1], 50)
        (split,) = read_split(Rows(y=y[:90]), Rows(y=y[90:]), "validation_split", 0.1, ONE).values()
        assert (split.validation.majority, split.validation.count, split.how) == (1.0, 10, "validation_split")
        assert read_split(Rows(y=y), None, "validation_split", 0.1, ONE)[""].validation.levels == ((1.0, 10),)
        assert read_split(Rows(y=y), None, "validation_data", 0.0, ONE) == {}


class TestInputs:
    def test_against_plain_numpy(self):
        generator = np.random.default_rng(3)
        x = generator.normal(5, 2, (300, 4)).astype("float32") * [1, 10, 100, 0]
        x[:, 3] = 7
        found = describe_input(x, "x", "Dense")
        assert (found.count, found.shape, found.columns, found.feeds) == (300, (4,), 4, "Dense")
        assert found.minimum == x.min()
        assert found.maximum == x.max()
        assert found.mean == pytest.approx(x.mean())
        assert found.std == pytest.approx(x.std())
        assert found.column_std_min == pytest.approx(x[:, :3].std(axis=0).min())
        assert found.column_std_max == pytest.approx(x.std(axis=0).max())
        assert found.column_absolute_max == pytest.approx(np.abs(x.mean(axis=0)).max())
        assert (found.constant_columns, found.nonfinite, found.distinct_rows) == (1, 0, 1.0)

    def test_missing_numbers_are_counted_and_left_out(self):
        x = np.arange(24, dtype="float32").reshape(8, 3)
        x[2, 1], x[3, 1], x[0, 0] = np.nan, np.inf, -np.inf
        found = describe_input(x)
        finite = x[np.isfinite(x)]
        assert found.nonfinite == 3
        assert (found.minimum, found.maximum) == (finite.min(), finite.max())
        assert found.mean == pytest.approx(finite.mean())
        assert found.column_std_max == pytest.approx(max(np.std(c[np.isfinite(c)]) for c in x.T))
        assert describe_input(np.full((4, 2), np.nan)).nonfinite == 8

    def test_one_odd_row_among_many_is_found(self):
        """Minimum, maximum, NaN and varying columns are those of all rows, not of the sample."""
        x = np.zeros((SAMPLED_ENTRIES, 2), "float32")
        x[1, 0], x[3, 0] = np.nan, 9
        x[5, 1] = -4
        found = describe_input(x)
        assert (found.minimum, found.maximum, found.nonfinite) == (-4, 9, 1)
        assert found.constant_columns == 0

    def test_a_pattern_in_the_columns_does_not_fool_the_counts(self):
        x = np.tile(np.arange(8) / 8, (200_000, 1))
        assert describe_input(x).distinct == 8

    def test_copies_of_rows(self):
        x = np.random.default_rng(0).normal(size=(100, 3))
        x[50:] = x[:50]
        assert describe_input(x).distinct_rows == 0.5

    @pytest.mark.parametrize(
        ("x", "dtype"),
        [
            (np.array(["a b", "c"]), "<U3"),
            (np.array([[1, 2], [3]], dtype=object), "object"),
            (np.zeros((0, 4)), "float64"),
            (np.array([], dtype=object), "object"),
            (np.zeros((3, 0)), "float64"),
            (np.array([1 + 1j]), "complex128"),
        ],
    )
    def test_odd_types_are_described(self, x, dtype):
        found = describe_input(x, "text")
        assert (found.dtype, found.count, found.padding) == (dtype, len(x), None)

    def test_numbers_in_objects_and_booleans(self):
        assert describe_input(np.array([[1, 2.5], [3, 4]], dtype=object)).maximum == 4
        assert describe_input(np.array([[True, False]])).maximum == 1

    def test_layers_are_matched_by_name_or_order(self):
        a, b = np.zeros((4, 3)), np.ones((4, 2), "int32")
        readers = [("ids", "Embedding", 9), ("table", "Dense", None)]
        by_name = read_inputs(Rows(x={"table": a, "ids": b}), None, None, readers).training
        assert [(each.name, each.feeds, each.input_dim) for each in by_name] == [
            ("ids", "Embedding", 9),
            ("table", "Dense", None),
        ]
        by_order = read_inputs(Rows(x=[b, a]), Rows(x=[b, a]), None, readers)
        assert [each.feeds for each in by_order.validation] == ["Embedding", "Dense"]
        alone = read_inputs(Rows(x=b), None, Model(layers=(Layer(kind="Embedding", input_dim=5),)))
        assert (alone.training[0].are_ids, alone.training[0].input_dim) == (True, 5)
        assert read_inputs(Rows(), None).training == ()


class TestPadding:
    def padded(self, side, steps=40, rows=60, value=0):
        generator = np.random.default_rng(1)
        x = generator.integers(1, 90, (rows, steps))
        lengths = generator.integers(3, steps, rows)
        where = np.arange(steps)[None] < lengths[:, None]
        where = where if side == "post" else where[:, ::-1]
        return np.where(where, x, value), lengths

    @pytest.mark.parametrize(("side", "value"), [("post", 0), ("pre", 0), ("post", 99)])
    def test_ids(self, side, value):
        x, lengths = self.padded(side, value=value)
        found = describe_input(x, feeds="Embedding").padding
        runs = 40 - lengths
        assert (found.value, found.steps) == (value, 40)
        assert found.trailing == (np.median(runs) if side == "post" else 0)
        assert found.leading == (np.median(runs) if side == "pre" else 0)
        assert found.share == pytest.approx(runs.sum() / x.size)
        assert found.length_95 == pytest.approx(np.percentile(lengths, 95))

    def test_steps_of_features(self):
        ids, lengths = self.padded("post")
        x = np.repeat(ids[..., None], 3, axis=2).astype("float32")
        found = describe_input(x, feeds="LSTM").padding
        assert found.trailing == np.median(40 - lengths)
        assert describe_input(x, feeds="Dense").padding is None

    def test_a_row_of_nothing_but_padding(self):
        x = np.zeros((4, 6), int)
        x[:2, :3] = 5
        found = describe_input(x, feeds="Embedding").padding
        assert found.share == pytest.approx((3 + 3 + 6 + 6) / 24)

    def test_a_frequent_last_word_is_no_padding(self):
        x = np.random.default_rng(0).integers(1, 500, (200, 20))
        x[:, -1] = 4
        assert describe_input(x, feeds="Embedding").padding is None

    def test_tables_have_no_time_axis(self):
        x, _ = self.padded("post")
        assert describe_input(x, feeds="Dense").padding is None


def entropy(labels):
    counts = Counter(labels).values()
    return -sum(n / len(labels) * math.log(n / len(labels)) for n in counts)


class TestBatches:
    def test_rows_in_order(self):
        y = np.repeat([0, 1], 64)
        found = read_batches(Rows(x=y, y=y), Fit(shuffle=False, batch_size=32))
        assert (found.seen, found.size, found.how) == (4, 32, "order")
        assert found.label_entropy == 0
        assert found.prior_entropy == pytest.approx(math.log(2))
        assert 0.65 < found.expected_entropy < math.log(2)

    def test_nothing_is_known_of_shuffled_arrays(self):
        y = np.repeat([0, 1], 64)
        assert read_batches(Rows(x=y, y=y), Fit(shuffle=True)) is None
        assert read_batches(Rows(x=y, y=y), None) is None
        assert read_batches(Rows(x=y), Fit(shuffle=False)) is None

    @given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=9), min_size=1, max_size=8))
    @settings(max_examples=60, deadline=None)
    def test_against_counting(self, batches):
        rows = Rows(complete=False, batch_targets=[np.array(batch) for batch in batches])
        found = read_batches(rows, None)
        flat = [label for batch in batches for label in batch]
        assert found.seen == len(batches)
        if len(set(flat)) > max(2, len(flat) // 5) and not set(flat) <= {0, 1}:
            assert found.prior_entropy == 0.0  # too many levels for so few rows: no classes
            return
        weighted = sum(len(batch) * entropy(batch) for batch in batches) / len(flat)
        assert found.label_entropy == pytest.approx(weighted, abs=1e-12)
        assert found.prior_entropy == pytest.approx(entropy(flat), abs=1e-12)
        assert found.expected_entropy <= found.prior_entropy + 1e-12

    def test_names_of_classes_do_not_matter(self):
        y = np.random.default_rng(0).integers(0, 3, 96)
        parts = np.split(y, 6)
        forms = [parts, [part * 10 + 5 for part in parts], [np.eye(3)[part] for part in parts]]
        found = [read_batches(Rows(complete=False, batch_targets=batches), None) for batches in forms]
        assert len({round(each.label_entropy, 12) for each in found}) == 1

    def test_the_expectation_is_that_of_random_batches(self):
        generator = np.random.default_rng(7)
        y = generator.integers(0, 5, 4096)
        found = read_batches(Rows(x=y, y=y), Fit(shuffle=False, batch_size=16))
        assert found.label_entropy == pytest.approx(found.expected_entropy, rel=0.02)

    def test_copies_of_batches(self):
        batches = [np.array([0, 1])] * 4
        rows = Rows(complete=False, batch_targets=batches, batch_digests=[1, 1, 1, 2])
        assert read_batches(rows, None).distinct == 0.5

    def test_targets_that_are_no_classes(self):
        y = np.random.default_rng(0).normal(size=(64, 2))
        found = read_batches(Rows(complete=False, batch_targets=np.split(y, 4)), None)
        assert (found.seen, found.label_entropy, found.prior_entropy) == (4, 0.0, 0.0)

    def test_of_several_outputs_the_one_with_classes(self):
        y = {"score": np.random.default_rng(0).normal(size=64), "kind": np.repeat([0, 1], 32)}
        found = read_batches(Rows(x=y["kind"], y=y), Fit(shuffle=False, batch_size=32))
        assert (found.label_entropy, found.prior_entropy) == (0.0, pytest.approx(math.log(2)))

    def test_sorted_rows_of_a_large_set_are_looked_at_to_the_end(self):
        y = np.repeat([0, 1], 100_000)
        assert read_batches(Rows(x=y, y=y), Fit(shuffle=False, batch_size=8)).prior_entropy > 0.69
