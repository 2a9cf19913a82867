"""Gradients out of slots: the formulas on numbers, and against autodiff on the batch that was trained on."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from unstuck.evidence.dynamics import read_dynamics
from unstuck.watch.backend import backend
from unstuck.watch.slots import (
    SlotReading,
    difference_norm,
    gradient_norm,
    norm,
    slot_gradient,
    slot_reading,
)
from unstuck.watch.vitals import make_vitals

numbers = arrays(np.float64, 4, elements=st.floats(-100, 100))
decays = st.floats(0.0, 0.999)


@given(numbers, numbers, decays)
def test_running_mean_gives_its_gradient_back(slot, gradient, decay):
    reading = SlotReading(rule="mean", decay=decay)
    after = decay * slot + (1 - decay) * gradient
    np.testing.assert_allclose(slot_gradient(reading, slot, after, 1), gradient, atol=1e-8)


@given(numbers, numbers, decays)
def test_running_mean_of_squares_gives_the_absolute_gradient(slot, gradient, decay):
    reading = SlotReading(rule="mean-square", decay=decay)
    after = decay * np.abs(slot) + (1 - decay) * gradient**2
    np.testing.assert_allclose(slot_gradient(reading, np.abs(slot), after, 1), np.abs(gradient), atol=1e-4)


@given(numbers, numbers, st.floats(0.0, 0.99), st.floats(1e-3, 1.0))
def test_momentum_gives_its_gradient_back(slot, gradient, momentum, rate):
    reading = SlotReading(rule="momentum", decay=momentum)
    after = momentum * slot - rate * gradient
    np.testing.assert_allclose(slot_gradient(reading, slot, after, 1, rate), gradient, atol=1e-7)


@given(numbers, numbers, st.integers(1, 5), st.floats(0.0, 0.99))
def test_several_steps_of_the_same_gradient_give_that_gradient(slot, gradient, updates, decay):
    for reading in (
        SlotReading(rule="mean", decay=decay),
        SlotReading(rule="momentum", decay=decay),
        SlotReading(rule="difference"),
        SlotReading(rule="difference", weight_decay=0.5),
    ):
        after = slot
        for _ in range(updates):
            if reading.rule == "mean":
                after = decay * after + (1 - decay) * gradient
            elif reading.rule == "momentum":
                after = decay * after - 0.1 * gradient
            elif not reading.weight_decay:
                after = after - 0.1 * gradient
            else:
                after = after * (1 - 0.1 * 0.5) - 0.1 * gradient
        tolerance = 1e-6 if not reading.weight_decay else 0.2 * updates * np.abs(gradient).max() + 1e-6
        np.testing.assert_allclose(
            slot_gradient(reading, slot, after, updates, 0.1), gradient, atol=tolerance
        )


def test_norms_are_those_of_numpy_across_chunks():
    rng = np.random.default_rng(0)
    before, after = rng.normal(size=(2, 300, 700)).astype("float32")
    assert norm(before) == pytest.approx(np.linalg.norm(before.astype("float64")), rel=1e-12)
    assert difference_norm(before, after) == pytest.approx(np.linalg.norm(after - before), rel=1e-6)
    assert norm(np.array([1e30, 1e30], "float32")) == pytest.approx(1.414e30, rel=1e-3)
    assert np.isnan(norm(np.array([np.nan, 1.0])))


def test_a_gradient_below_the_rounding_of_the_weights_is_not_claimed():
    reading = SlotReading(rule="difference")
    before = np.full(100, 0.3, "float32")
    after = before.copy()
    after[:10] = np.nextafter(after[:10], np.float32(1))
    assert gradient_norm(reading, before, after, 1, 1e-9) is None
    assert gradient_norm(reading, before, before, 1, 1e-9) == 0.0


OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.01),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "lamb": lambda: keras.optimizers.Lamb(0.01),
    "lion": lambda: keras.optimizers.Lion(0.01),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "sgd with decay": lambda: keras.optimizers.SGD(0.1, weight_decay=0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "scheduled": lambda: keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
    "centered rmsprop": lambda: keras.optimizers.RMSprop(0.01, centered=True),
    "adagrad": lambda: keras.optimizers.Adagrad(0.01),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "loss scale": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)),
}
ON_EVERY_BACKEND = ("adam", "sgd", "momentum", "rmsprop", "scheduled")


CASES = [
    pytest.param(name, marks=[pytest.mark.backend] if name in ON_EVERY_BACKEND else []) for name in OPTIMIZERS
]


class Keep(keras.callbacks.Callback):
    """Keeps the weights before each batch."""

    async_safe = True

    def __init__(self, model):
        super().__init__()
        self.watched, self.kept = model, []

    def on_train_batch_begin(self, batch, logs=None):
        self.kept.append(backend().live_state(self.watched)[0])


@pytest.mark.parametrize("name", CASES)
def test_slots_give_the_gradient_of_autodiff(name, seeded):
    model = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(2)]
    )
    model.compile(OPTIMIZERS[name](), "mse")
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 24, 4)).astype("float32")
    y = y[:, :2]
    keep, vitals = Keep(model), make_vitals()
    model.fit(x, y, batch_size=8, shuffle=False, verbose=0, callbacks=[keep, vitals])
    signs = vitals.result()
    assert not signs.errors

    def loss(weights, x, y):
        predicted, _ = model.stateless_call(weights, [], x)
        return keras.ops.mean((predicted - y) ** 2), predicted

    probe = backend().gradient(loss)
    assert [step.number for step in signs.pairs][:1] == [1]
    for step in signs.pairs:
        rows = slice(8 * (step.number - 1), 8 * step.number)
        (value, _), gradients = probe(keep.kept[step.number - 1], x[rows], y[rows])
        expected = [np.linalg.norm(backend().to_numpy(gradient)) for gradient in gradients]
        np.testing.assert_allclose(step.gradient_norms, expected, rtol=2e-3)
        assert step.loss == pytest.approx(float(backend().to_numpy(value)), rel=1e-4)


def test_an_optimizer_that_moves_weights_its_own_way_is_not_read():
    class Odd(keras.optimizers.SGD):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient * 2, variable, learning_rate)

    class Named(keras.optimizers.Adam):
        """Only a name."""

    assert slot_reading(Odd(0.1)) is None
    assert slot_reading(keras.optimizers.Ftrl()) is None
    assert slot_reading(keras.optimizers.Adafactor()) is None
    assert slot_reading(Named(0.1)) == slot_reading(keras.optimizers.Adam(0.1))


@pytest.mark.backend
def test_what_moved_and_what_did_not(seeded):
    frozen = keras.layers.Dense(5, trainable=False, name="frozen")
    inner = keras.Sequential([keras.layers.Dense(4, name="deep")], name="inner")
    model = keras.Sequential([keras.layers.Input((3,)), frozen, inner, keras.layers.Dense(1, name="head")])
    model.compile("adam", "mse")
    rng = np.random.default_rng(1)
    vitals = make_vitals()
    model.fit(rng.normal(size=(16, 3)), rng.normal(size=(16, 1)), verbose=0, callbacks=[vitals])
    dynamics = read_dynamics(model, vitals.result())
    kernels = {each.layer: each for each in dynamics.variables if each.path.endswith("kernel")}
    assert set(kernels) == {"frozen", "deep", "head"}
    assert kernels["frozen"].moved == 0.0
    assert not kernels["frozen"].in_optimizer
    assert not kernels["frozen"].trainable
    assert kernels["deep"].moved > 0.0
    assert kernels["deep"].in_optimizer
    assert kernels["head"].weight_norm != kernels["head"].initial_norm
    assert dynamics.trained == tuple(v.path for v in model.trainable_variables)


def test_nan_weights_are_counted(seeded):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    vitals = make_vitals()
    x = np.full((8, 3), np.nan)
    model.fit(x, np.zeros((8, 2)), verbose=0, callbacks=[vitals])
    kernel = read_dynamics(model, vitals.result()).variables[0]
    assert kernel.nonfinite == 6
    assert kernel.moved == float("inf")
    assert not vitals.result().errors


@pytest.mark.backend
def test_lost_weights_are_taken_from_the_last_snapshot(seeded):
    if keras.backend.backend() != "jax":
        pytest.skip("only JAX can lose the weights: a step that is broken off has taken their buffers")
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    vitals = make_vitals()
    model.fit(np.ones((8, 3)), np.zeros((8, 2)), verbose=0, callbacks=[vitals])
    signs = vitals.result()
    model.weights[0].value.delete()
    kernel = read_dynamics(model, signs).variables[0]
    assert kernel.weight_norm == pytest.approx(float(np.linalg.norm(signs.last_weights[0])))
    assert vitals.result().updates == 1
