"""Whether rows that are compared with each other are all answered by one point."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.evidence.facts import Head
from unstuck.evidence.one_point import read_one_point
from unstuck.watch.rows import Rows

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(64, 6)).astype("float32")
KINDS = DRAW.integers(0, 4, 64)


def hardest(kinds, points):
    kinds = ops.reshape(kinds, (-1, 1))
    alike = ops.cast(ops.equal(kinds, ops.transpose(kinds)), "float32")
    squares = ops.sum(ops.square(points[:, None] - points[None]), axis=-1)
    return ops.maximum(ops.max(squares * alike, 1) - ops.min(squares + 1e6 * alike, 1) + 0.5, 0)


def triplet(_, points):
    a, b, c = (points[:, k : k + 2] for k in (0, 2, 4))
    near, far = (ops.sum(ops.square(a - other), -1) for other in (b, c))
    return ops.softplus(near - far)


def scores(kinds, points):
    return keras.losses.sparse_categorical_crossentropy(kinds, points, from_logits=True)


def look(loss, spread, y=KINDS):
    """A model whose answers lie `spread` times as far apart as those of a new layer, around (1, 1, ...)."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(6, bias_initializer="ones")])
    model.compile("sgd", loss)
    initial = [np.array(ops.convert_to_numpy(each)) for each in model.weights]
    model.layers[0].kernel.assign(initial[0] * spread)
    before = [np.array(ops.convert_to_numpy(each)) for each in model.weights]
    found = read_one_point(model, Rows(x=X, y=y), {"": Head(units=6, shape=(6,))}, 32, initial)
    assert all(
        np.array_equal(a, b) for a, b in zip(before, map(ops.convert_to_numpy, model.weights), strict=True)
    )
    return found


@pytest.mark.parametrize(
    ("loss", "y", "margin"), [(hardest, KINDS, 0.5), (triplet, np.zeros(64), float(np.log(2)))]
)
def test_one_point_costs_the_margin_and_points_apart_cost_less(loss, y, margin):
    found = look(loss, 1e-4, y)
    assert found.rows == 32
    assert found.at_one_point == pytest.approx(margin, rel=1e-3)
    assert found.loss == pytest.approx(margin, rel=1e-2)
    assert found.apart < 0.5 * margin
    assert found.spread < 1e-3 * found.norm < found.norm_at_start


def test_points_that_lie_apart_are_seen_to():
    found = look(hardest, 1.0)
    assert found.spread > 0.3 * found.norm


@pytest.mark.parametrize(
    "loss", [scores, lambda y, p: ops.mean(ops.square(p - 1), -1), lambda y, p: ops.mean(0 * p, -1) + p[:, 0]]
)
def test_a_loss_that_compares_answers_with_something_else_asks_for_no_points(loss):
    assert look(loss, 1e-4) is None
