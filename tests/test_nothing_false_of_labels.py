"""Live models whose odd labels are as their author meant them, and their twins whose labels are wrong.

Labels that a weight, a mask or a loss leaves out, one target for all rows, one number compared with several:
nothing may be called proved or measured of the first; of the twins the claim is true, and stays proved.
"""

import functools

import keras
import numpy as np
import pytest
from keras import layers, losses, ops
from live_programs import COLUMNS, ROWS, compiled, decisions, dense, sequences, sure_claims, table

import unstuck


def masked(target, answer):
    kept = ops.cast(target >= 0, "float32")
    return ops.mean(kept * ops.binary_crossentropy(ops.maximum(target, 0.0), answer), axis=-1)


class Masked(losses.Loss):
    def call(self, target, answer):
        return masked(target, answer)


def masked_classes(target, answer):
    target = ops.reshape(target, (-1,))
    kept = ops.cast(target >= 0, "float32")
    return kept * losses.sparse_categorical_crossentropy(ops.maximum(target, 0), answer)


def masked_error(target, answer):
    return ops.mean(ops.where(target < 0, 0.0, ops.square(target - answer)), axis=-1)


def some_without(y, none=-1):
    return np.where(np.arange(ROWS).reshape(-1, *[1] * (y.ndim - 1)) % 4 == 0, none, y).astype(y.dtype)


def without_some(loss):
    x, y = decisions()
    return dense(layers.Dense(1, "sigmoid")), loss, x, some_without(y)


def classes_without_some():
    x, y = table(3)
    return dense(layers.Dense(3, "softmax")), masked_classes, x, some_without(y)


def residual():
    """A function that is trained to satisfy an equation: what it leaves over is trained towards 0."""
    x = np.random.default_rng(0).uniform(size=(ROWS, 1)).astype("float32")
    inputs = keras.Input((1,))
    function = keras.Sequential([layers.Dense(16, "tanh"), layers.Dense(1)])
    slope = (function(inputs + 0.1) - function(inputs)) * 10.0
    return keras.Model(inputs, slope - function(inputs)), "mse", x, np.zeros((ROWS, 1), "float32")


def distance():
    x, _ = table(2)
    one, other, embed = keras.Input((COLUMNS,)), keras.Input((COLUMNS,)), layers.Dense(4)
    apart = ops.sqrt(ops.sum(ops.square(embed(one) - embed(other)), axis=-1, keepdims=True) + 1e-6)
    return keras.Model([one, other], apart), "mae", [x, x + 0.1], np.zeros((ROWS, 1), "float32")


def one_class():
    """Deep one-class description: rows are drawn to a centre by layers without a bias."""
    layer = functools.partial(layers.Dense, use_bias=False)
    x, _ = table(2)
    stack = [keras.Input((COLUMNS,)), layer(16, "relu"), layer(4)]
    return keras.Sequential(stack), "mse", x, np.ones((ROWS, 4), "float32")


def adversarial():
    """A generator that is trained towards the answer 1 of a frozen discriminator."""
    judge = keras.Sequential([keras.Input((4,)), layers.Dense(8, "leaky_relu"), layers.Dense(1, "sigmoid")])
    judge.trainable = False
    inputs = keras.Input((COLUMNS,))
    model = keras.Model(inputs, judge(layers.Dense(4)(inputs)))
    return model, "binary_crossentropy", table(2)[0], np.ones((ROWS, 1), "float32")


def ensemble():
    x, _ = table(2)
    return dense(layers.Dense(4)), "mse", x, 2.0 * x[:, :1]


def raters():
    x, _ = table(2)
    opinions = x[:, :1] + 0.1 * np.random.default_rng(0).normal(size=(ROWS, 5))
    return dense(layers.Dense(1)), "mse", x, opinions.astype("float32")


def rates():
    x, y = decisions()
    return dense(layers.Dense(1, "sigmoid")), "binary_crossentropy", x, 0.3 * y


def rated():
    x, y = table(5)
    return dense(layers.Dense(1)), "mse", x, (y[:, None] + 1).astype("float32"), ["accuracy"]


PROGRAMS = {
    "labels that a loss leaves out": lambda: without_some(masked),
    "labels that a loss class leaves out": lambda: without_some(Masked()),
    "targets that a loss leaves out": lambda: without_some(masked_error),
    "classes that a loss leaves out": classes_without_some,
    "a residual": residual,
    "a distance": distance,
    "one class": one_class,
    "a frozen discriminator": adversarial,
    "an ensemble": ensemble,
    "several raters": raters,
    "rates": rates,
    "ratings": rated,
}


@pytest.mark.parametrize("build", PROGRAMS.values(), ids=PROGRAMS)
def test_nothing_is_sure_of_labels_that_are_meant(build):
    model, x, y = compiled(build)
    assert sure_claims(unstuck.check(model, x, y)) == []


@pytest.mark.parametrize("name", ["labels that a loss leaves out", "a distance"])
def test_nothing_is_sure_of_them_when_they_have_trained(name):
    model, x, y = compiled(PROGRAMS[name])
    history = model.fit(x, y, epochs=4, batch_size=32, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert sure_claims(unstuck.diagnose(model, x, y, history=history, reference=False)) == []


def weighted_rows(units, loss, none=-1):
    x, y = table(3) if units > 1 else decisions()
    y = some_without(y, none)
    weights = (y.reshape(-1) != none).astype("float32")
    return (
        dense(layers.Dense(units, "softmax" if units > 1 else "sigmoid")),
        loss,
        x,
        y,
        {"sample_weight": weights},
    )


def weighless_class():
    *program, _ = weighted_rows(3, "sparse_categorical_crossentropy")
    return *program, {"class_weight": {-1: 0.0}}


def tagged(loss, units, *, mask_zero=False, weights=False):
    x, y = sequences()
    y = np.where(x == 0, -1, y)
    end = layers.Dense(units, "softmax" if units > 1 else "sigmoid")
    stack = [keras.Input((6,)), layers.Embedding(9, 8, mask_zero=mask_zero), end]
    given = {"sample_weight": (x > 0).astype("float32")} if weights else {}
    return keras.Sequential(stack), loss, x, y if units > 1 else y[..., None], given


def unreached_target():
    x, _ = table(2)
    target = some_without(1 / (1 + np.exp(-x[:, 0])), -9.0)
    weights = (target > -9).astype("float32")
    return dense(layers.Dense(1, "sigmoid")), "mse", x, target, {"sample_weight": weights}


def rows_of_no_class():
    x, y = table(3)
    target = some_without(np.eye(3, dtype="float32")[y], 0.0)
    loss = "categorical_crossentropy"
    return dense(layers.Dense(3, "softmax")), loss, x, target, {"sample_weight": target.sum(axis=1)}


BINARY, SPARSE = "binary_crossentropy", "sparse_categorical_crossentropy"
ANYWHERE = {"a target out of reach": unreached_target, "rows of no class": rows_of_no_class}
#: torch raises on labels outside [0, 1], whatever their weight.
NOT_ON_TORCH = {
    "rows of weight 0": lambda: weighted_rows(1, BINARY),
    "entries of weight 0": lambda: tagged(BINARY, 1, weights=True),
    "a mask": lambda: tagged(BINARY, 1, mask_zero=True),
}
#: JAX alone takes class numbers that have no unit.
ON_JAX = {
    "classes of weight 0": lambda: weighted_rows(3, SPARSE),
    "a class beyond the units": lambda: weighted_rows(3, SPARSE, 7),
    "class_weight": weighless_class,
    "steps of weight 0": lambda: tagged(SPARSE, 2, weights=True),
    "steps under a mask": lambda: tagged(SPARSE, 2, mask_zero=True),
}
PER_BACKEND = {
    "torch": ANYWHERE,
    "tensorflow": ANYWHERE | NOT_ON_TORCH,
    "jax": ANYWHERE | NOT_ON_TORCH | ON_JAX,
}


@pytest.mark.backend
def test_nothing_is_sure_of_labels_that_weigh_nothing():
    for name, build in PER_BACKEND[keras.backend.backend()].items():
        keras.utils.set_random_seed(1)
        model, loss, x, y, weights = build()
        model.compile("adam", loss)
        assert sure_claims(unstuck.check(model, x, y, **weights)) == [], name
        watch = unstuck.Watch(report=False, reference=False)
        model.fit(x, y, batch_size=100, verbose=0, callbacks=[watch], **weights)
        assert sure_claims(watch.diagnosis) == [], name


class Resets(keras.callbacks.Callback):
    """Empties a layer's state after each batch, so that rows begin with nothing of the batch before."""

    def on_train_batch_end(self, batch, logs=None):
        self.model.layers[0].reset_state()


def claims_of_state(callbacks):
    keras.utils.set_random_seed(1)
    x, y = sequences()
    rows = x[:320, :, None].astype("float32")
    model = keras.Sequential(
        [keras.Input((6, 1), batch_size=32), layers.SimpleRNN(4, stateful=True), layers.Dense(1, "sigmoid")]
    )
    model.compile("adam", BINARY)
    watch = unstuck.Watch(report=False, reference=False)
    model.fit(rows, y[:320, :1], batch_size=32, verbose=0, callbacks=[*callbacks, watch])
    return sure_claims(watch.diagnosis)


def test_a_state_that_a_callback_empties_is_no_sure_finding():
    assert claims_of_state([Resets()]) == []
    assert [claim[:2] for claim in claims_of_state([])] == [("stateful-rnn-shuffled", "proved")]


def test_a_later_fit_may_teach_what_an_earlier_one_did_not():
    x, y = decisions()
    keras.utils.set_random_seed(1)
    model = dense(layers.Dense(1, "sigmoid"))
    model.compile("adam", BINARY)
    told = []
    for label in (0.0, 1.0):
        watch = unstuck.Watch(report=False, reference=False)
        model.fit(x, np.full_like(y, label), verbose=0, callbacks=[watch])
        told.append([claim[:2] for claim in sure_claims(watch.diagnosis)])
    assert told == [[("constant-labels", "proved")], []]


def plain(target, answer):
    return ops.mean(ops.binary_crossentropy(target, answer), axis=-1)


def on_wrong_labels(loss, **weights):
    """Labels -1 and 1 for a loss that reads probabilities."""
    x, y = decisions()
    return dense(layers.Dense(1, "sigmoid")), loss, x, 2 * y - 1, weights


def of_one_label():
    x, y = decisions()
    return dense(layers.Dense(1, "sigmoid")), BINARY, x, np.ones_like(y), {}


def of_one_unit():
    x, y = table(2)
    return dense(layers.Dense(1, "sigmoid")), "mse", x, np.eye(2, dtype="float32")[y], {}


def of_two_towers():
    inputs = keras.Input((COLUMNS,))
    score = ops.einsum("be,be->b", layers.Dense(4)(inputs), layers.Dense(4)(inputs))
    return keras.Model(inputs, score[:, None]), BINARY, *decisions(), {}


WRONG = {
    "labels-outside-unit-interval": lambda: on_wrong_labels(BINARY),
    "labels-outside-unit-interval, own loss": lambda: on_wrong_labels(
        functools.wraps(losses.mean_squared_error)(plain)
    ),
    "labels-outside-unit-interval, weights": lambda: on_wrong_labels(
        BINARY, sample_weight=np.full(ROWS, 0.5, "float32")
    ),
    "constant-labels": of_one_label,
    "units-do-not-match-labels": of_one_unit,
    "logits-taken-as-probabilities": of_two_towers,
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_stays_proved(name):
    keras.utils.set_random_seed(1)
    model, loss, x, y, weights = WRONG[name]()
    model.compile("adam", loss)
    claims = sure_claims(unstuck.check(model, x, y, **weights))
    assert (name.partition(",")[0], "proved") in [claim[:2] for claim in claims]
