"""The adapters: what each backend answers must be the same thing."""

import itertools
import random

import keras
import numpy as np
import pytest

from unstuck.watch.backend import backend

pytestmark = [pytest.mark.backend, pytest.mark.usefixtures("seeded")]


def small_net():
    """A network with everything that has state: slots, moving averages, a seed."""
    model = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(5, activation="tanh"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def rows(count=24):
    x = np.random.default_rng(0).normal(size=(count, 4)).astype("float32")
    return x, (x[:, 0] > 0).astype("int32")


class Look(keras.callbacks.Callback):
    """Reads the state before every batch."""

    async_safe = True

    def __init__(self, model):
        super().__init__()
        self.watched, self.states = model, []

    def on_train_batch_begin(self, batch, logs=None):
        adapter = backend()
        adapter.wait(self.watched)
        self.states.append(adapter.live_state(self.watched))


def test_the_adapter_is_that_of_the_running_backend():
    assert backend().name == keras.backend.backend()


def test_state_is_readable_in_the_middle_of_fit_and_is_copied():
    model = small_net()
    look = Look(model)
    model.fit(*rows(), batch_size=8, epochs=2, verbose=0, callbacks=[look])
    kernels = [trainable[0] for trainable, _, _ in look.states]
    assert len(kernels) == 6
    assert all(np.abs(a - b).max() > 0 for a, b in itertools.pairwise(kernels))
    trainable, fixed, slots = look.states[-1]
    assert len(trainable) == len(model.trainable_variables)
    assert len(fixed) == len(model.non_trainable_variables)
    assert [slot.shape for slot in slots] == [tuple(v.shape) for v in model.optimizer.variables]


def test_state_of_what_is_not_built_is_empty():
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("adam", "mse")
    assert backend().live_state(model)[0] == []
    assert backend().live_state(model)[2] == []


def quadratic(tensors, scale):
    """Half the squared norm of the first tensor, scaled; the second tensor plays no part."""
    return 0.5 * keras.ops.sum(tensors[0] ** 2) * scale, keras.ops.sum(tensors[0])


def test_gradient_is_that_of_the_function():
    adapter = backend()
    first, second = np.array([1.0, -2.0, 3.0], "float32"), np.array([5.0], "float32")
    (value, total), gradients = adapter.gradient(quadratic)([first, second], np.float32(2.0))
    assert float(adapter.to_numpy(value)) == pytest.approx(14.0)
    assert float(adapter.to_numpy(total)) == pytest.approx(2.0)
    np.testing.assert_allclose(adapter.to_numpy(gradients[0]), 2.0 * first)
    assert gradients[1] is None or not adapter.to_numpy(gradients[1]).any()


def test_gradient_of_a_whole_model_leaves_its_state_alone():
    model, adapter = small_net(), backend()
    x, y = rows()
    before = [np.array(weight) for weight in model.get_weights()]

    def loss(trainable, fixed, x, y):
        predicted, _ = model.stateless_call(trainable, fixed, x, training=True)
        return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y, predicted)), predicted

    fixed = [variable.value for variable in model.non_trainable_variables]
    _, gradients = adapter.gradient(loss)([v.value for v in model.trainable_variables], fixed, x, y)
    shapes = [adapter.to_numpy(gradient).shape for gradient in gradients]
    assert shapes == [tuple(variable.shape) for variable in model.trainable_variables]
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert all(getattr(variable.value, "grad", None) is None for variable in model.trainable_variables)


def test_compiled_gives_what_predict_gives():
    model, adapter = small_net(), backend()
    x, _ = rows()

    def predict(trainable, fixed, x):
        return model.stateless_call(trainable, fixed, x, training=False)[0]

    state = [[v.value for v in group] for group in (model.trainable_variables, model.non_trainable_variables)]
    predicted = adapter.to_numpy(adapter.compiled(predict)(*state, x))
    np.testing.assert_allclose(predicted, model.predict(x, verbose=0), atol=1e-6)


def test_random_guard_restores_every_stream():
    adapter = backend()
    keras.random.normal((1,))

    def draw():
        own = adapter.to_numpy(keras.random.normal((2,)))
        shuffled = keras.layers.Dropout(0.5)(np.ones((1, 8), "float32"), training=True)
        return random.random(), np.random.random(), own.tolist(), adapter.to_numpy(shuffled).tolist()

    with adapter.random_guard():
        first = draw()
    assert draw() == first


def test_random_guard_drops_a_global_generator_that_a_probe_made():
    adapter = backend()
    keras.utils.clear_session()
    with adapter.random_guard():
        keras.random.normal((2,))
    from keras.src.backend.common import global_state

    assert global_state.get_global_attribute("global_seed_generator") is None
