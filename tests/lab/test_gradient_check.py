"""Gradient check: right ones pass, wrong ones are found and their layer named."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import experiments
from unstuck.lab.experiments._same_slopes import slope_of

ASK = experiments()["gradient-check"]
ops = keras.ops


@keras.saving.register_keras_serializable("gradient_check")
class Through(keras.layers.Layer):
    """A layer without weights that passes its input through a function of this module."""

    def __init__(self, way="tanh", **kwargs):
        super().__init__(**kwargs)
        self.way = way

    def call(self, x):
        return WAYS[self.way](x)

    def get_config(self):
        return {**super().get_config(), "way": self.way}


def _twice(x):
    """tanh, with twice the gradient that it has."""

    @ops.custom_gradient
    def function(x):
        value = ops.tanh(x)

        def grad(*args, upstream=None):
            upstream = args[0] if upstream is None else upstream
            return 2.0 * upstream * (1 - value * value)

        return value, grad

    return function(x)


WAYS = {
    "tanh": ops.tanh,
    "stopped": lambda x: ops.stop_gradient(ops.tanh(x)),
    "rounded": lambda x: ops.round(3 * x),
    "twice": _twice,
    "single": lambda x: ops.tanh(ops.cast(x, "float32")),
}


@keras.saving.register_keras_serializable("gradient_check")
class Scale(keras.layers.Layer):
    """Multiplies by a weight, whose gradient may be stopped."""

    def __init__(self, stopped=False, **kwargs):
        super().__init__(**kwargs)
        self.stopped = stopped

    def build(self, shape):
        self.weight = self.add_weight(shape=(shape[-1],), initializer="ones", name="weight")

    def call(self, x):
        return x * (ops.stop_gradient(self.weight) if self.stopped else self.weight)

    def get_config(self):
        return {**super().get_config(), "stopped": self.stopped}


@keras.saving.register_keras_serializable("gradient_check")
def hits(y, p):
    """A loss that counts misses."""
    return ops.mean(ops.abs(y - ops.round(p)), axis=-1)


def _recipe(middle, loss="binary_crossentropy", cls=keras.Sequential, **kwargs):
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    dense = keras.layers.Dense
    layers = [dense(8, name="first"), *middle, dense(1, activation="sigmoid", name="last")]
    model = cls([keras.Input((4,)), *layers])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss, **kwargs)
    return recipe_of(model, x, y, epochs=1, batch_size=16)


@pytest.mark.parametrize(
    "middle",
    [
        [keras.layers.ReLU()],
        [keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)],
        [Through("tanh")],
        [Through("single")],
        [Scale()],
        [keras.layers.Dense(8, kernel_regularizer="l2", activation="gelu")],
        [keras.layers.Dense(8, trainable=False)],
    ],
    ids=["relu", "norm", "tanh", "single", "scale", "penalty", "frozen"],
)
def test_right_gradients_pass(middle):
    answer = ASK(_recipe(middle), Clock(60))
    assert answer.refutes == ("gradient-check-fails",), answer.says
    assert answer.record.wrong == 0
    assert answer.record.checked >= 3
    assert abs(answer.record.analytic - answer.record.numeric) <= answer.record.bound


@pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning")
@pytest.mark.parametrize(
    ("middle", "named", "silent"),
    [
        ([Through("stopped", name="odd")], "odd", True),
        ([Through("rounded", name="odd")], "odd", True),
        ([Through("twice", name="odd")], "odd", False),
        ([keras.layers.ReLU(), Scale(stopped=True, name="odd")], "odd", True),
        ([Scale(), keras.layers.Dense(6), Through("twice", name="odd"), keras.layers.ReLU()], "odd", False),
    ],
    ids=["stopped", "rounded", "twice", "weight", "deep"],
)
def test_a_wrong_gradient_is_found_and_its_layer_named(middle, named, silent):
    answer = ASK(_recipe(middle), Clock(60))
    record = answer.record
    assert answer.supports == ("gradient-check-fails",), answer.says
    assert (record.kind, record.layer) == ("layer", named)
    assert (record.analytic == 0.0) is silent
    assert answer.shows["culprits"] == [named]
    assert record.wrong >= 1


def test_twice_the_gradient_is_measured_as_twice():
    record = ASK(_recipe([Through("twice")]), Clock(60)).record
    assert record.analytic == pytest.approx(2 * record.numeric, rel=0.02)


@pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning")
def test_a_loss_that_counts_is_named():
    answer = ASK(_recipe([], loss=hits), Clock(60))
    assert (answer.record.kind, answer.record.layer) == ("loss", "hits")
    assert answer.record.analytic == 0.0


@pytest.mark.parametrize("slope", [3.0, -2.0])
def test_the_slope_of_a_line_is_exact(slope):
    found = slope_of(lambda far: 1.0 + slope * far, slope)
    assert found.judged
    assert not found.wrong
    assert found.numeric == pytest.approx(slope, rel=1e-3)
    assert slope_of(lambda far: 1.0 + slope * far, 1.2 * slope).wrong


def test_a_quadratic_has_the_slope_of_its_middle():
    found = slope_of(lambda far: (far + 0.5) ** 2, 1.0)
    assert found.numeric == pytest.approx(1.0, rel=1e-3)
    assert not found.wrong


def test_a_kink_is_not_judged():
    assert not slope_of(abs, 0.0).wrong
    assert not slope_of(lambda far: 1.0 + abs(far), 1.0).wrong


def test_a_staircase_is_flat():
    found = slope_of(lambda far: float(np.round(40 * far)) + 1.0, 0.0)
    assert found.flat
    assert not found.wrong


class Own(keras.Sequential):
    """Trains by a step of its own, as torch users write it."""

    sign = 1.0

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        loss.backward()
        with_gradients = list(self.trainable_weights)
        gradients = [self._signed(number, v.value.grad) for number, v in enumerate(with_gradients)]
        import torch

        with torch.no_grad():
            self.optimizer.apply(gradients, with_gradients)
        self._loss_tracker.update_state(loss)
        return {"loss": self._loss_tracker.result()}

    def _signed(self, number, gradient):
        return gradient


class Reversed(Own):
    """Climbs with its first weights."""

    def _signed(self, number, gradient):
        return -gradient if number == 0 else gradient


class Halved(Own):
    """Steps half as far, which is no error."""

    def _signed(self, number, gradient):
        return gradient / 2


needs_torch = pytest.mark.skipif(keras.backend.backend() != "torch", reason="a train_step of torch")


@needs_torch
def test_a_right_train_step_passes():
    answer = ASK(_recipe([keras.layers.Activation("tanh")], cls=Own), Clock(60))
    assert answer.refutes == ("gradient-check-fails",), answer.says
    assert answer.shows["train_step"]["wrong"] == []
    assert answer.shows["train_step"]["checked"] == 4


@needs_torch
def test_a_train_step_that_climbs_is_found():
    answer = ASK(_recipe([keras.layers.Activation("tanh")], cls=Reversed), Clock(60))
    assert answer.record.kind == "train_step", answer.says
    assert answer.record.variable == "first/kernel"
    assert answer.record.analytic == pytest.approx(-answer.record.numeric, rel=0.05)


@needs_torch
def test_a_shorter_step_is_no_error():
    answer = ASK(_recipe([keras.layers.Activation("tanh")], cls=Halved), Clock(60))
    assert answer.record.wrong == 0
    assert answer.shows["train_step"]["scale"] == pytest.approx(0.5, rel=0.02)
