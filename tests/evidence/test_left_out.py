"""A target value that a loss of the user's own leaves out is found by asking the loss."""

import keras
import numpy as np

from unstuck.evidence.reference.left_out import left_out_of

TARGETS = np.tile([[0.0], [0.0], [0.0], [1.0], [1.0], [255.0]], (40, 1))


def without_the_border(y, p):
    counts = keras.ops.cast(keras.ops.not_equal(y, 255.0), "float32")
    return keras.ops.sum(counts * keras.ops.square(y - p)) / keras.ops.sum(counts)


def the_border_alone(y, p):
    counts = keras.ops.cast(keras.ops.equal(y, 255.0), "float32")
    return keras.ops.sum(counts * keras.ops.square(y - p)) / keras.ops.sum(counts)


def all_of_it(y, p):
    return keras.ops.mean(keras.ops.square(y - p))


def test_a_value_that_the_loss_leaves_out_is_found():
    assert left_out_of(without_the_border, TARGETS) == 255.0


def test_a_loss_that_counts_all_leaves_out_none():
    assert left_out_of(all_of_it, TARGETS) is None


def test_a_loss_that_leaves_out_most_places_is_no_mask():
    assert left_out_of(the_border_alone, TARGETS) is None


def test_the_highest_of_numbers_that_do_not_recur_is_not_asked_for():
    assert left_out_of(without_the_border, np.arange(256.0)[:, None]) is None
