"""Live models with something of their author's own in them, of which a sure claim would be false.

What a loss, an activation, a layer, a metric or a step is called tells nothing of what it does. Nothing may
be called proved or measured of any of them.
"""

import functools

import keras
import numpy as np
import pytest
from keras import layers, losses, ops
from live_programs import COLUMNS, ROWS, compiled, decisions, dense, sure_claims, table

import unstuck


def on_logits(target, answer):
    return losses.binary_crossentropy(target, answer, from_logits=True)


def as_named(function, named):
    """The function under the name and the module of another, as a decorator leaves it."""
    return functools.wraps(named)(lambda *given: function(*given))


class CallsWithLogits(losses.BinaryCrossentropy):
    def __call__(self, target, answer, sample_weight=None):
        return super().__call__(target, ops.sigmoid(answer), sample_weight)


class Function:
    def __call__(self, target, answer):
        return on_logits(target, answer)


def with_call_set():
    loss = losses.BinaryCrossentropy()
    loss.call = on_logits
    return loss


def with_function_set():
    loss = losses.BinaryCrossentropy()
    loss.fn = lambda target, answer, **_: on_logits(target, answer)
    return loss


class OwnObjective(keras.Sequential):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(on_logits(y, y_pred))


class OwnStep(keras.Sequential):
    def train_step(self, data):
        return super().train_step((data[0], 1.0 - data[1]))


class GoesOn(keras.Model):
    def call(self, inputs, training=None, mask=None):
        return ops.sigmoid(super().call(inputs, training=training, mask=mask))


class SequentialGoesOn(keras.Sequential):
    def call(self, inputs, training=None, mask=None):
        return ops.sigmoid(super().call(inputs, training=training, mask=mask))


class CalledGoesOn(keras.Sequential):
    def __call__(self, *given, **named):
        return ops.sigmoid(super().__call__(*given, **named))


class Probabilities(layers.Layer):
    activation = None

    def call(self, x):
        return ops.softmax(x)


class ELU(layers.ELU):
    def call(self, x):
        return ops.sigmoid(x)


def two(head, loss="binary_crossentropy"):
    return dense(*head), loss, *decisions()


def logits(loss):
    return two([layers.Dense(1)], loss)


def chance_of_logits(model):
    """A model of the author's own over scores, compiled with a loss for probabilities."""
    return model(dense(layers.Dense(1)).layers), "binary_crossentropy", *decisions()


def functional(end, model=keras.Model):
    x, y = decisions()
    inputs = keras.Input((COLUMNS,))
    return model(inputs, end(layers.Dense(16, "relu")(inputs))), "binary_crossentropy", x, y


def nested(inner):
    return functional(inner)


def nested_functional():
    inputs = keras.Input((16,))
    return nested(GoesOn(inputs, layers.Dense(1)(inputs)))


def called_otherwise():
    last = layers.Dense(1)
    last.call = lambda x, training=None: ops.sigmoid(layers.Dense.call(last, x))
    return two([last])


def by_step(*stack):
    """Classes of each step of a sequence."""
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 5, 4)).astype("float32")
    y = (x @ random.normal(size=(4, 3))).argmax(axis=-1)
    return keras.Sequential([keras.Input((5, 4)), *stack]), "sparse_categorical_crossentropy", x, y


def mixture(mix):
    """Experts' probabilities, mixed by shares that sum to one."""

    def end(hidden):
        shares, experts = layers.Dense(4, "softmax")(hidden), layers.Dense(4, "sigmoid")(hidden)
        return mix(shares, experts)

    return functional(end)


def straight_through(hidden):
    score = layers.Dense(1)(hidden)
    return score + ops.stop_gradient(ops.sigmoid(score) - score)


class Convex(keras.constraints.Constraint):
    def __call__(self, weights):
        return ops.relu(weights) / ops.sum(ops.relu(weights))


def averaged_probabilities():
    x, y = decisions()
    last = layers.Dense(1, use_bias=False, kernel_initializer="ones", kernel_constraint=Convex())
    return keras.Sequential([keras.Input((COLUMNS,)), last]), "binary_crossentropy", 1 / (1 + np.exp(-x)), y


def silent(noise):
    x, y = table(3)
    return dense(layers.Dense(3, "softmax"), noise), "sparse_categorical_crossentropy", x, y


def silent_here_and_not_there():
    x, y = table(3)
    inputs = keras.Input((COLUMNS,))
    hidden = layers.Dense(16, "relu")(inputs)
    classes = layers.GaussianNoise(0.0)(layers.Dense(3, "softmax")(hidden))
    number = layers.Dense(1)(layers.GaussianNoise(0.4)(hidden))
    model = keras.Model(inputs, [classes, number])
    return model, ["sparse_categorical_crossentropy", "mse"], x, [y, x[:, :1]]


def normalised_again(activation, loss="mse"):
    x, y = decisions()
    target = y if loss != "mse" else 5.0 * x[:, :1]
    return dense(layers.Dense(1, activation), layers.BatchNormalization()), loss, x, target


class Bucketed(layers.Layer):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(10, 4)

    def call(self, x):
        return self.embedding(ops.cast(ops.clip(ops.floor(2 * x + 5), 0, 9), "int32"))


class Embedding(layers.Embedding):
    def call(self, x):
        return super().call(ops.mod(x, 10))


def hashed():
    x = np.random.default_rng(0).integers(0, 1000, (ROWS, 4))
    stack = [keras.Input((4,), dtype="int32"), Embedding(10, 4), layers.Flatten(), layers.Dense(1, "sigmoid")]
    return keras.Sequential(stack), "binary_crossentropy", x, (x[:, :1] % 10 > 4).astype("float32")


def bucketed():
    stack = [keras.Input((COLUMNS,)), Bucketed(), layers.Flatten(), layers.Dense(1, "sigmoid")]
    return keras.Sequential(stack), "binary_crossentropy", *decisions()


class Average(layers.Layer):
    def build(self, shape):
        self.mean = self.add_weight(shape=(shape[-1],), trainable=False, initializer="zeros")

    def call(self, x, training=False):
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(x, axis=0))
        return x - self.mean


def learns_by_itself():
    x, _ = table(2)
    return keras.Sequential([keras.Input((COLUMNS,)), Average()]), "mse", x + 3.0, x


class Draws(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(1)

    def call(self, x):
        return keras.random.normal(ops.shape(x), seed=self.seed)


def generator():
    stack = [keras.Input((4,)), Draws(), layers.Dense(8, "relu"), layers.Dense(1)]
    target = np.random.default_rng(0).normal(size=(ROWS, 1)).astype("float32")
    return keras.Sequential(stack), "mae", np.zeros((ROWS, 4), "float32"), target


def near(target, answer):
    return ops.mean(ops.cast(ops.abs(target - answer) < 0.5, "float32"), axis=-1)


def with_update_set():
    metric = keras.metrics.BinaryAccuracy()
    update = metric.update_state
    metric.update_state = lambda target, answer, sample_weight=None: update(
        ops.ones_like(target), ops.cast(ops.abs(target - answer) < 0.5, "float32")
    )
    return metric


def judged_by(metric):
    x, _ = table(2)
    return dense(layers.Dense(1)), "mse", x, x[:, :1], [metric]


PROGRAMS = {
    "a loss that is called its own way": lambda: logits(CallsWithLogits()),
    "a loss under another's name": lambda: logits(as_named(on_logits, losses.binary_crossentropy)),
    "a loss object under another's name": lambda: logits(
        functools.update_wrapper(Function(), losses.binary_crossentropy)
    ),
    "a call set on a loss": lambda: logits(with_call_set()),
    "a function set on a loss": lambda: logits(with_function_set()),
    "a model with its own objective": lambda: chance_of_logits(OwnObjective),
    "a model with its own step": lambda: chance_of_logits(OwnStep),
    "an activation under another's name": lambda: two(
        [layers.Dense(1, as_named(ops.sigmoid, keras.activations.tanh))]
    ),
    "an activation layer": lambda: two([layers.Dense(1, ELU())]),
    "a call set on a layer": called_otherwise,
    "a functional model goes on": lambda: functional(layers.Dense(1), GoesOn),
    "a sequential model goes on": lambda: chance_of_logits(SequentialGoesOn),
    "a model goes on where it is called": lambda: chance_of_logits(CalledGoesOn),
    "a model inside goes on": nested_functional,
    "a chain inside goes on": lambda: nested(SequentialGoesOn([keras.Input((16,)), layers.Dense(1)])),
    "a model for each step": lambda: by_step(
        layers.TimeDistributed(keras.Sequential([keras.Input((4,)), layers.Dense(3, "softmax")]))
    ),
    "a shape for each step": lambda: by_step(
        layers.Dense(3, "softmax"), layers.TimeDistributed(layers.Reshape((3,)))
    ),
    "own probabilities for each step": lambda: by_step(
        layers.Dense(3), layers.TimeDistributed(Probabilities())
    ),
    "a ReLU of probabilities for each step": lambda: by_step(
        layers.Dense(3, "softmax"), layers.TimeDistributed(layers.Activation("relu"))
    ),
    "experts by einsum": lambda: mixture(lambda share, each: ops.einsum("be,be->b", share, each)[:, None]),
    "experts by matmul": lambda: mixture(
        lambda share, each: ops.matmul(share[:, None, :], each[:, :, None])[:, :, 0]
    ),
    "a sigmoid straight through": lambda: functional(straight_through),
    "averaged probabilities": averaged_probabilities,
    "no GaussianNoise": lambda: silent(layers.GaussianNoise(0.0)),
    "no GaussianDropout": lambda: silent(layers.GaussianDropout(0)),
    "no AlphaDropout": lambda: silent(layers.AlphaDropout(0)),
    "noise elsewhere": silent_here_and_not_there,
    "normalised after a sigmoid": lambda: normalised_again("sigmoid"),
    "normalised after a tanh": lambda: normalised_again("tanh"),
    "normalised to logits": lambda: normalised_again("sigmoid", losses.BinaryCrossentropy(from_logits=True)),
    "ids of buckets": bucketed,
    "ids of hashes": hashed,
    "weights that are no trainable ones": learns_by_itself,
    "a generator": generator,
    "a metric under another's name": lambda: judged_by(as_named(near, keras.metrics.binary_accuracy)),
    "an update set on a metric": lambda: judged_by(with_update_set()),
}

#: Those whose training shows something that their objects alone do not.
TRAINED = (
    "a call set on a loss",
    "a model with its own objective",
    "a functional model goes on",
    "a model for each step",
    "no GaussianNoise",
    "normalised to logits",
)


@pytest.mark.parametrize("build", PROGRAMS.values(), ids=PROGRAMS)
def test_nothing_is_sure_of_what_is_the_author_s_own(build):
    model, x, y = compiled(build)
    assert sure_claims(unstuck.check(model, x, y)) == []


@pytest.mark.parametrize("name", TRAINED)
def test_nothing_is_sure_of_it_when_it_has_trained(name):
    model, x, y = compiled(PROGRAMS[name])
    # Long enough for the averages of a batch normalisation: after fewer steps its gap is there, and is told.
    history = model.fit(x, y, epochs=40, batch_size=32, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert sure_claims(unstuck.diagnose(model, x, y, history=history, reference=False)) == []
