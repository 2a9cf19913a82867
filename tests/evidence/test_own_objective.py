"""Which of Keras's losses a compute_loss of the model's own is."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.evidence.facts import Head, Loss, Model
from unstuck.evidence.own_objective import read_own_objective
from unstuck.rules.objective.logits_taken_as_probabilities import logits_taken_as_probabilities
from unstuck.watch.rows import Rows

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(40, 4)).astype("float32")
Y = DRAW.integers(0, 3, 40)


class Scored(keras.Model):
    """Three scores a row, judged by a loss that stands in the model, and a penalty on its weights."""

    def __init__(self, judge):
        super().__init__()
        self.scores, self.judge = layers.Dense(3), judge

    def call(self, x):
        return self.scores(x)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(self.judge(y, y_pred)) + 0.1 * ops.sum(ops.square(self.scores.kernel))


SPARSE = keras.losses.SparseCategoricalCrossentropy


def confident(y, answers):
    own = keras.losses.sparse_categorical_crossentropy(y, answers)
    return own + 0.05 * ops.sum(ops.square(answers), axis=-1)


@pytest.mark.parametrize(
    ("judge", "is_it"),
    [
        (SPARSE(), ("sparse_categorical_crossentropy", False)),
        (SPARSE(from_logits=True), ("sparse_categorical_crossentropy", True)),
        (
            lambda y, p: keras.losses.categorical_crossentropy(ops.one_hot(y, 3), ops.softmax(p)),
            ("sparse_categorical_crossentropy", True),
        ),
        (confident, None),
        (lambda y, p: ops.square(ops.cast(y, "float32") - p[:, 0]), None),
        (lambda y, p: SPARSE()(y, p) / 2, None),
    ],
)
def test_a_loss_in_the_model_is_told_by_what_it_gives_for_made_up_answers(judge, is_it):
    keras.utils.set_random_seed(0)
    model = Scored(judge)
    model(X)
    model.compile("sgd")
    before = [np.array(ops.convert_to_numpy(each)) for each in model.weights]
    head = {"": Head(units=3, shape=(3,), activation="linear")}
    found = read_own_objective(model, Rows(x=X, y=Y, count=40), head)
    told = {name: (each.name, each.from_logits) for name, each in found.items()}
    assert told == ({} if is_it is None else {"": is_it})
    after = [ops.convert_to_numpy(each) for each in model.weights]
    assert all(map(np.array_equal, before, after))


@pytest.mark.parametrize(("of_model", "certainty"), [(True, "proved"), (False, "suspected")])
def test_what_rests_on_the_loss_that_was_asked_for_is_sure(of_model, certainty):
    records = {
        Head: Head(units=3, shape=(3,), activation="linear"),
        Loss: Loss(name="sparse_categorical_crossentropy", custom=True, of_model=of_model),
        Model: Model(custom_train_step=True),
    }
    assert logits_taken_as_probabilities.on(records).certainty == certainty
