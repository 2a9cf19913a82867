"""What a loss of one's own computes, and that nobody can see it being asked."""

import functools
import random

import keras
import numpy as np
import pytest
from keras import losses, ops

from unstuck.evidence.meaning.asking import NoAnswerError, answer_of
from unstuck.evidence.meaning.formulas import OF_CLASS_NUMBERS, OF_DECISIONS, OF_NUMBERS, OF_PROBABILITIES
from unstuck.evidence.meaning.losses import Meaning, is_own, meaning_of, reads_logits

calls = []
scale = np.ones((1024, 1024), "float32")
layer = keras.layers.Dense(1)


def under_another_name(target, answer):
    return losses.binary_crossentropy(target, answer, from_logits=True)


def written_out(target, answer):
    answer = ops.clip(answer, 1e-7, 1 - 1e-7)
    return -ops.mean(target * ops.log(answer) + (1 - target) * ops.log(1 - answer), axis=-1)


def binary_crossentropy(target, answer):
    overlap = ops.sum(target * answer, axis=-1)
    return 1 - (2 * overlap + 1) / (ops.sum(target, axis=-1) + ops.sum(answer, axis=-1) + 1)


def weighted(target, answer):
    return ops.mean(ops.square(target - answer) * (1 + target), axis=-1)


def half_square(target, answer):
    return 0.5 * ops.mean(ops.square(target - answer), axis=-1)


class Named(losses.Loss):
    def call(self, target, answer):
        return losses.categorical_crossentropy(target, answer)


class Inherited(losses.MeanSquaredError):
    def call(self, target, answer):
        return losses.mean_absolute_error(target, answer)


KNOWN = [
    (under_another_name, (1,), Meaning("binary_crossentropy", True)),
    (under_another_name, (4,), Meaning("binary_crossentropy", True)),
    (written_out, (3,), Meaning("binary_crossentropy")),
    (binary_crossentropy, (1,), None),
    (weighted, (1,), None),
    (half_square, (2,), None),
    (Named(), (3,), Meaning("categorical_crossentropy")),
    (Inherited(), (1,), Meaning("mean_absolute_error")),
    (functools.partial(losses.sparse_categorical_crossentropy, from_logits=True), (7, 5), None),
    (lambda y, p: losses.sparse_categorical_crossentropy(y, p), (None, 5), None),
    (functools.partial(losses.binary_crossentropy, label_smoothing=0.2), (1,), None),
]
SPARSE = [Meaning("sparse_categorical_crossentropy", True), Meaning("sparse_categorical_crossentropy")]
KNOWN[8:10] = [(*case[:2], meaning) for case, meaning in zip(KNOWN[8:10], SPARSE, strict=True)]


@pytest.mark.backend
@pytest.mark.parametrize(("loss", "shape", "meaning"), KNOWN)
def test_a_loss_is_what_its_values_say(loss, shape, meaning):
    assert is_own(loss)
    assert meaning_of(loss, shape) == meaning


def focal(from_logits):
    def loss(target, answer):
        cost = losses.sparse_categorical_crossentropy(target, answer, from_logits=from_logits)
        return (1 - ops.exp(-cost)) ** 2 * cost

    return loss


def weighted_rows(from_logits):
    def loss(target, answer):
        cost = losses.binary_crossentropy(target, answer, from_logits=from_logits)
        return cost * (1 + 3 * target[:, 0])

    return loss


def crammer_singer(target, answer):
    right = ops.sum(target * answer, axis=-1)
    return ops.maximum(0.0, 1 + ops.max((1 - target) * answer, axis=-1) - right)


def wants_a_margin(target, answer):
    return ops.maximum(0.0, 1 - (2 * target - 1) * answer)


@pytest.mark.backend
@pytest.mark.parametrize(
    ("loss", "shape", "reads"),
    [
        (focal(from_logits=True), (5,), True),
        (focal(from_logits=True), (None, 3), True),
        (weighted_rows(from_logits=True), (1,), True),
        (focal(from_logits=False), (5,), False),
        (weighted_rows(from_logits=False), (1,), False),
        (weighted, (1,), False),
        (weighted, (4,), False),
        (binary_crossentropy, (1,), False),
        (crammer_singer, (4,), False),
        (wants_a_margin, (1,), False),
        (lambda target, answer: -ops.sum(target * answer, axis=-1), (4,), False),
    ],
)
def test_a_loss_that_wants_more_than_a_probability_reads_logits(loss, shape, reads):
    assert reads_logits(loss, shape) is reads


@pytest.mark.parametrize(
    "made", [losses.Huber(), losses.BinaryFocalCrossentropy(), losses.mean_squared_error]
)
def test_keras_s_own_are_not_the_user_s(made):
    assert not is_own(made)


def test_the_formulas_are_those_of_keras():
    draw = np.random.default_rng(2)
    numbers, near = draw.uniform(0.5, 3, (5, 4)), draw.uniform(0.5, 3, (5, 4))
    for name, formula in OF_NUMBERS.items():
        assert formula(numbers, near) == pytest.approx(_keras(name, numbers, near), rel=1e-5)
    chances, classes = draw.dirichlet(np.ones(4), 5), draw.integers(0, 4, 5)
    for name, formula in OF_PROBABILITIES.items():
        assert formula(np.eye(4)[classes], chances) == pytest.approx(
            _keras(name, np.eye(4)[classes], chances), rel=1e-4
        )
    for name, formula in OF_CLASS_NUMBERS.items():
        assert formula(classes, chances) == pytest.approx(_keras(name, classes, chances), rel=1e-4)
    assert set(OF_PROBABILITIES) > OF_DECISIONS


def _keras(name, target, answer):
    return float(np.mean(ops.convert_to_numpy(getattr(losses, name)(target, answer.astype("float32")))))


def counts(target, answer):
    calls.append(1)
    return ops.mean(ops.square(target - answer))


def prints_and_draws(target, answer):
    print("seen")
    noise = np.random.normal() + random.random() + keras.random.normal(())
    return ops.mean(ops.square(target - answer)) + 0 * noise


def holds_a_layer(target, answer):
    return ops.mean(layer(target) - answer)


def holds_much(target, answer):
    return ops.mean(target - answer) * scale


def writes(target, answer):
    with open("seen", "w") as file:  # noqa: PTH123 (what a user would write)
        file.write("seen")
    return ops.mean(target - answer)


@pytest.mark.parametrize("function", [holds_a_layer, holds_much, writes])
def test_what_reaches_out_of_itself_is_not_called(function, here):
    with pytest.raises(NoAnswerError):
        answer_of(function, ops.ones((2, 1)), ops.ones((2, 1)))
    assert list(here.iterdir()) == []


def test_a_call_leaves_no_count_behind():
    assert meaning_of(counts, (1,)) == Meaning("mean_squared_error")
    assert calls == []


@pytest.mark.backend
def test_a_call_prints_nothing_and_moves_no_random_stream(capsys, seeded):
    before = random.getstate(), np.random.get_state()[1].tolist()
    expected = float(keras.random.normal(()))
    keras.utils.set_random_seed(7)
    assert meaning_of(prints_and_draws, (1,)) == Meaning("mean_squared_error")
    assert float(keras.random.normal(())) == expected
    keras.utils.set_random_seed(7)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    assert capsys.readouterr().out == ""
