"""Live models of which a sure claim would be false: each trains well, or as its author meant it.

Nothing may be called proved or measured of any of them, neither before training nor after, neither as a
cause nor in a note.
"""

import functools

import keras
import numpy as np
import pytest
from keras import layers, losses, ops
from live_programs import COLUMNS, ROWS, dense, sure_claims, table

import unstuck


def binary_crossentropy(target, answer):
    return losses.binary_crossentropy(target, answer, from_logits=True)


def sparse_categorical_crossentropy(target, answer):
    return losses.sparse_categorical_crossentropy(target, answer, from_logits=True)


class BinaryCrossentropy(losses.Loss):
    def call(self, target, answer):
        return losses.binary_crossentropy(target, answer, from_logits=True)


class Subclassed(losses.BinaryCrossentropy):
    def call(self, target, answer):
        return losses.binary_crossentropy(target, answer, from_logits=True)


def two_classes(loss):
    x, y = table(2)
    return dense(layers.Dense(1)), loss, x, y[:, None]


def three_logits(loss):
    x, y = table(3)
    return dense(layers.Dense(3)), loss, x, y


def ignored_class():
    x, y = table(3)
    y = np.where(np.arange(ROWS) % 4 == 0, -1, y)
    return dense(layers.Dense(3, "softmax")), losses.SparseCategoricalCrossentropy(ignore_class=-1), x, y


def ignored_class_beyond_the_units():
    x, y = table(3)
    y = np.where(np.arange(ROWS) % 4 == 0, 255, y)
    return dense(layers.Dense(3, "softmax")), losses.SparseCategoricalCrossentropy(ignore_class=255), x, y


def no_dropout():
    x, y = table(3)
    return dense(layers.Dense(3, "softmax"), layers.Dropout(0.0)), "sparse_categorical_crossentropy", x, y


def dropped_and_pooled():
    x, y = table(2)
    scores = layers.Dense(30)
    head = [scores, layers.Reshape((30, 1)), layers.Dropout(0.2), layers.GlobalAveragePooling1D()]
    return dense(*head), losses.BinaryCrossentropy(from_logits=True), x, y


def embedding_for_circle():
    x, y = table(3)
    return dense(layers.Dense(4), layers.UnitNormalization()), losses.Circle(), x, y


class NanToZero(layers.Layer):
    def call(self, x):
        return ops.where(ops.isnan(x), ops.zeros_like(x), x)


def missing_values_are_filled():
    x, y = table(2)
    x = x.copy()
    x[::7, 3] = np.nan
    stack = [keras.Input((COLUMNS,)), NanToZero(), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")]
    return keras.Sequential(stack), "binary_crossentropy", x, y


def classes_on_another_axis():
    x, y = table(3)
    stack = dense(layers.Dense(3, "softmax"), layers.Reshape((3, 1)))
    return stack, losses.CategoricalCrossentropy(axis=1), x, np.eye(3, dtype="float32")[y][..., None]


def channels_first():
    random = np.random.default_rng(5)
    x = random.normal(size=(ROWS, 2, 6, 6)).astype("float32")
    y = np.eye(2, dtype="float32")[(x[:, 0] > x[:, 1]).astype(int)].transpose(0, 3, 1, 2)
    inputs = keras.Input((2, 6, 6))
    scores = layers.Permute((3, 1, 2))(layers.Dense(2)(layers.Permute((2, 3, 1))(inputs)))
    model = keras.Model(inputs, layers.Softmax(axis=1)(scores))
    return model, losses.CategoricalCrossentropy(axis=1), x, y


def multinomial_counts():
    x, y = table(3)
    counts = np.random.default_rng(4).poisson(1.0, (ROWS, 3)) + 3 * np.eye(3, dtype=int)[y]
    return dense(layers.Dense(3, "softmax")), "categorical_crossentropy", x, counts.astype("float32")


def multinomial_baskets():
    """Several goods a basket, zeros and ones: a multinomial likelihood, as of a recommender."""
    x, y = table(4)
    bought = np.eye(4)[y] + np.eye(4)[(y + 1) % 4]
    return dense(layers.Dense(4, "softmax")), "categorical_crossentropy", x, bought.astype("float32")


def constant_query():
    """The answer differs by position: what the one input holds is a constant that queries learned weights."""
    positions = np.tile(np.arange(12), (ROWS, 1)).astype("int32")
    y = np.tile(np.sin(np.arange(12))[:, None], (ROWS, 1, 1)).astype("float32")
    stack = [keras.Input((12,), dtype="int32"), layers.Embedding(12, 8), layers.Dense(1)]
    return keras.Sequential(stack), "mse", positions, y


PROGRAMS = {
    "a function of that name reads logits": lambda: two_classes(binary_crossentropy),
    "a function for classes reads logits": lambda: three_logits(sparse_categorical_crossentropy),
    "a partial reads logits": lambda: three_logits(
        functools.partial(losses.sparse_categorical_crossentropy, from_logits=True)
    ),
    "a partial by position": lambda: two_classes(
        functools.partial(losses.binary_crossentropy, from_logits=True)
    ),
    "a lambda reads logits": lambda: two_classes(lambda y, p: losses.binary_crossentropy(y, p, True)),
    "a class of that name reads logits": lambda: two_classes(BinaryCrossentropy()),
    "a subclass of Keras's reads logits": lambda: two_classes(Subclassed()),
    "an ignored class": ignored_class,
    "an ignored class beyond the units": ignored_class_beyond_the_units,
    "a dropout of nothing": no_dropout,
    "dropped, then pooled": dropped_and_pooled,
    "an embedding": embedding_for_circle,
    "missing values are filled": missing_values_are_filled,
    "classes on axis 1": classes_on_another_axis,
    "channels first": channels_first,
    "counts": multinomial_counts,
    "baskets": multinomial_baskets,
    "a constant query": constant_query,
}


@pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy:SyntaxWarning")  # Keras on axis 1
@pytest.mark.parametrize("build", PROGRAMS.values(), ids=PROGRAMS)
def test_nothing_is_sure_of_a_training_that_is_as_it_was_meant(build):
    keras.utils.set_random_seed(1)
    model, loss, x, y = build()
    model.compile(keras.optimizers.Adam(0.01), loss)
    assert sure_claims(unstuck.check(model, x, y)) == []
    history = model.fit(x, y, epochs=8, batch_size=32, verbose=0)
    assert sure_claims(unstuck.diagnose(model, x, y, history=history)) == []
