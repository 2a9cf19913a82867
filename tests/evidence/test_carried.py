"""Metrics that keep something from one epoch to the next, on real fits."""

import keras
import numpy as np
import pytest

from unstuck.evidence.carried import carried_over, leaves_some


class Mean(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(name="mean_error", **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.rows = self.add_weight(name="rows", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = keras.ops.abs(keras.ops.reshape(y_true, (-1, 1)) - y_pred)
        self.total.assign_add(keras.ops.sum(error))
        self.rows.assign_add(keras.ops.sum(keras.ops.ones_like(error)))

    def result(self):
        return self.total / keras.ops.maximum(self.rows, 1.0)


class KeepsRows(Mean):
    def reset_state(self):
        self.total.assign(0.0)


class KeepsAll(Mean):
    def reset_state(self):
        pass


class Clean(Mean):
    def reset_state(self):
        self.total.assign(0.0)
        self.rows.assign(0.0)


X = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
Y = X[:, 0]


def fitted(metric):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[metric])
    model.fit(X, Y, epochs=3, verbose=0)
    return model, model.predict(X, verbose=0)


@pytest.mark.backend
def test_what_reset_state_leaves_is_named_with_the_figures_and_nothing_is_changed():
    metric = KeepsRows()
    model, answers = fitted(metric)
    before = [float(each.value) for each in metric.variables]
    found = carried_over(model, Y, answers)
    assert [float(each.value) for each in metric.variables] == before
    error = float(np.abs(Y[:, None] - answers).mean())
    assert (found.metric, found.rows, found.kept) == ("mean_error", 64, ("rows",))
    assert found.right == pytest.approx(error, rel=1e-5)
    assert (found.first, found.second) == pytest.approx((error / 2, error / 3), rel=1e-4)
    assert found.place.line == KeepsRows.reset_state.__code__.co_firstlineno


@pytest.mark.parametrize("metric", [Mean, Clean, KeepsAll, keras.metrics.MeanAbsoluteError])
def test_a_metric_that_begins_anew_or_is_meant_to_run_through_is_not_named(metric):
    model, answers = fitted(metric())
    assert carried_over(model, Y, answers) is None


@pytest.mark.parametrize(
    ("metric", "some"), [(Mean, False), (Clean, False), (KeepsAll, False), (KeepsRows, True)]
)
def test_whether_there_is_something_to_look_at_takes_no_rows(metric, some):
    model, _ = fitted(metric())
    before = [float(each.value) for each in model.metrics[1].variables]
    assert leaves_some(model) is some
    assert [float(each.value) for each in model.metrics[1].variables] == before
