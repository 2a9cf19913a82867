"""The baselines against brute force: no constant answer does better, and one does as well."""

import math

import numpy as np
import pytest

from unstuck.evidence.baselines import read_baselines
from unstuck.evidence.facts import Labels, Loss

GENERATOR = np.random.default_rng(5)


def baselines(y, name="mean_squared_error", **loss):
    return read_baselines(Labels.of(y), y, Loss(name=name, **loss))


def keras_loss(name, y, answer, smoothing=0.0):
    """The loss Keras computes for the same answer on every row."""
    import keras

    kinds = {
        "binary_crossentropy": keras.losses.BinaryCrossentropy,
        "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
        "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
        "mean_squared_error": keras.losses.MeanSquaredError,
        "mean_absolute_error": keras.losses.MeanAbsoluteError,
        "mean_squared_logarithmic_error": keras.losses.MeanSquaredLogarithmicError,
    }
    given = {"label_smoothing": smoothing} if smoothing else {}
    answer = np.atleast_1d(answer).astype("float32")
    y = y.reshape(len(y), -1) if name != "sparse_categorical_crossentropy" else y
    predicted = np.broadcast_to(answer, (len(y), len(answer)))
    return float(kinds[name](**given)(y.astype("float32"), np.array(predicted)))


ONE_HOT = np.eye(4)[GENERATOR.choice(4, 200, p=[0.5, 0.3, 0.15, 0.05])]


@pytest.mark.parametrize(
    ("name", "y", "best", "smoothing"),
    [
        ("binary_crossentropy", (GENERATOR.random(200) < 0.2).astype(float), None, 0.0),
        ("binary_crossentropy", (GENERATOR.random(200) < 0.2).astype(float), None, 0.2),
        ("binary_crossentropy", GENERATOR.random(200), None, 0.0),
        ("binary_crossentropy", ONE_HOT, None, 0.0),
        ("categorical_crossentropy", ONE_HOT, None, 0.0),
        ("categorical_crossentropy", ONE_HOT, None, 0.1),
        ("sparse_categorical_crossentropy", ONE_HOT.argmax(axis=1), ONE_HOT.mean(axis=0), 0.0),
        ("mean_squared_error", GENERATOR.normal(3, 2, 200), None, 0.0),
        ("mean_squared_error", GENERATOR.normal(3, 2, (200, 3)) * [1, 5, 10], None, 0.0),
        ("mean_absolute_error", GENERATOR.exponential(2, 201), "median", 0.0),
        ("mean_squared_logarithmic_error", GENERATOR.exponential(2, 200), "log", 0.0),
    ],
)
def test_constant_loss_is_what_keras_gives_and_nothing_constant_is_lower(name, y, best, smoothing):
    found = baselines(y, name, label_smoothing=smoothing).constant_loss
    mean = y.mean(axis=0) if best is None else best
    if best is None and smoothing:
        mean = mean * (1 - smoothing) + smoothing * (1 / y.shape[1] if y.ndim > 1 else 0.5)
    if isinstance(best, str):
        mean = np.median(y) if best == "median" else np.expm1(np.log1p(y).mean())
    assert found == pytest.approx(keras_loss(name, y, mean, smoothing), rel=2e-5)
    for _ in range(20):
        other = np.atleast_1d(mean) * GENERATOR.uniform(0.7, 1.3, np.size(mean))
        if "categorical" in name:
            other = other / other.sum()
        elif name == "binary_crossentropy":
            other = np.clip(other, 0.001, 0.999)
        assert keras_loss(name, y, other, smoothing) >= found * (1 - 2e-5)


def test_classes():
    found = baselines(np.array([0, 0, 0, 1]), "binary_crossentropy")
    assert (found.majority, found.classes) == (0.75, 2)
    assert found.uniform_loss == pytest.approx(math.log(2))
    assert found.prior_loss == pytest.approx(found.constant_loss)
    assert found.mean_mse == pytest.approx(3 / 16)
    assert found.median_mae == pytest.approx(0.25)
    one_hot = baselines(ONE_HOT, "categorical_crossentropy")
    assert (one_hot.classes, one_hot.majority) == (4, ONE_HOT.mean(axis=0).max())
    assert one_hot.prior_loss == pytest.approx(one_hot.constant_loss)


def test_text_has_classes_no_numbers():
    found = baselines(np.array(["a", "b", "a"]))
    assert found.mean_mse is None
    assert found.constant_loss is None


@pytest.mark.parametrize(
    ("name", "y"),
    [
        ("binary_crossentropy", np.array([-1.0, 1.0, 1.0])),
        ("binary_crossentropy", np.array([0.0, 2.0])),
        ("sparse_categorical_crossentropy", np.array([0.5, 1.0])),
        ("sparse_categorical_crossentropy", np.array([-1, 1])),
        ("categorical_crossentropy", np.array([0.0, 1.0])),
        ("huber", np.array([0.0, 1.0])),
    ],
)
def test_no_constant_loss_where_it_is_not_known(name, y):
    assert baselines(y, name).constant_loss is None


def test_a_loss_of_the_users_own_and_no_loss():
    y = np.array([0.0, 1.0])
    assert baselines(y, "mean_squared_error", custom=True).constant_loss is None
    assert read_baselines(Labels.of(y), y).constant_loss is None


def test_persistence_of_a_series():
    series = 100 + np.cumsum(GENERATOR.normal(size=500))
    found = baselines(series)
    assert found.persistence_mse == pytest.approx(np.mean(np.diff(series) ** 2))
    assert found.persistence_mse < found.mean_mse
    assert found.majority is None
    shuffled = GENERATOR.permutation(series)
    assert baselines(shuffled).persistence_mse is None
    assert baselines(np.sort(series)).persistence_mse is None
    assert baselines(np.repeat([0, 1], 100), "binary_crossentropy").persistence_mse is None


def test_missing_and_constant_targets():
    found = baselines(np.array([1.0, np.nan, 3.0]))
    assert found.mean_mse == 1.0
    assert baselines(np.full(5, np.nan)).mean_mse is None
    constant = baselines(np.ones(5), "binary_crossentropy")
    assert (constant.majority, constant.uniform_loss, constant.constant_loss) == (1.0, 0.0, 0.0)
    assert baselines(np.zeros((0,))).mean_mse is None


def test_renamed_classes_do_not_change_the_baselines():
    y = ONE_HOT.argmax(axis=1)
    name = "sparse_categorical_crossentropy"
    one, other = baselines(y, name), baselines(3 - y, name)
    assert (one.majority, one.classes) == (other.majority, other.classes)
    assert one.constant_loss == pytest.approx(other.constant_loss)
