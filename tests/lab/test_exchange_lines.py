"""The line of a loss at which it goes astray: no training, only the pull on predictions."""

import keras
import numpy as np
import pytest
from keras import ops

from unstuck.lab.exchange.lines import line_of, narrowed, points
from unstuck.lab.exchange.parts import Part
from unstuck.lab.exchange.variants import variants_of
from unstuck.watch.places import defined_at

DRAW = np.random.default_rng(0)
Y = DRAW.normal(size=(64, 1)).astype("float32")
YES = (DRAW.random((64, 6)) < 0.3).astype("float32")


def cost(y_true, y_pred):
    missing = y_true - y_pred
    return ops.mean(ops.where(missing > 0, 4 * missing, missing), axis=-1)


def overlap(y_true, y_pred):
    both = ops.sum(y_true * ops.round(y_pred), axis=-1)
    return 1 - (2 * both + 1) / (ops.sum(y_true, axis=-1) + ops.sum(y_pred, axis=-1) + 1)


def powered(exponent):
    def loss(y_true, y_pred):
        away = y_true - y_pred
        return -ops.mean(ops.abs(away) ** exponent)

    return loss


class Upwards(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(-ops.abs(y_pred - y_true), axis=-1)


def squared(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def _found(loss, y, answers, standard, spread):
    name = getattr(loss, "__name__", type(loss).__name__)
    part = Part("loss", name, "training", "standard", lambda stage: None, defined_at(loss))
    return part, line_of(part, loss, standard, y, points(answers, y, spread))


NUMBERS = (Y, 0.1 * DRAW.normal(size=Y.shape), keras.losses.MeanSquaredError(), "linear")
SHARES = (YES, np.full(YES.shape, 0.45), keras.losses.BinaryCrossentropy(), "sigmoid")


@pytest.mark.parametrize(
    ("loss", "rows", "line", "reads"),
    [
        (cost, NUMBERS, 2, "4 * missing, -missing"),
        (overlap, SHARES, 1, "y_true * y_pred"),
        (powered(1.5), NUMBERS, 2, "return ops.mean("),
        (Upwards(), NUMBERS, 1, "return ops.mean(ops.abs("),
    ],
    ids=["sign of a branch", "rounding", "sign in a closure", "sign in a class"],
)
def test_the_line_whose_change_turns_the_pull(loss, rows, line, reads):
    part, found = _found(loss, *rows)
    assert found.place.line == part.place.line + line
    assert reads in found.reads
    assert found.before < 0.86
    assert found.after >= 0.9


def test_what_rises_and_what_falls_counts_the_same():
    rare = (DRAW.random((64, 6)) < 0.1).astype("float32")
    at_first = np.full(rare.shape, 0.45)
    part, found = _found(overlap, rare, at_first, keras.losses.BinaryCrossentropy(), "sigmoid")
    assert found.place.line == part.place.line + 1
    assert found.before <= 0.5


def test_a_sound_loss_has_no_such_line():
    assert _found(squared, *NUMBERS)[1] is None
    assert _found(keras.losses.Huber(), *NUMBERS)[1] is None


def test_variants_keep_defaults_closures_and_names():
    for variant in variants_of(powered(2.0)):
        assert variant.function.__name__ == "loss"
    assert list(variants_of(lambda y, p: y - p)) == []


def test_a_part_of_one_statement_is_that_statement():
    part, _ = _found(squared, *NUMBERS)
    assert narrowed(part).line == part.place.line + 1
    part, _ = _found(cost, *NUMBERS)
    assert narrowed(part) == part.place


class Uphill(keras.optimizers.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        step = ops.multiply(gradient, learning_rate)
        self.assign_add(variable, step)


def test_an_optimizer_is_told_at_the_line_that_moves_the_weights():
    place = defined_at(Uphill.update_step)
    part = Part("optimizer", "Uphill", "training", "keras.optimizers.Adam", lambda stage: None, place)
    assert narrowed(part).line == place.line + 2
