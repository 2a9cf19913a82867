"""What rules say of freshly drawn weights, against weights that are drawn."""

import math
from dataclasses import replace

import numpy as np
import pytest

from unstuck.evidence.facts import Activity, Dynamics, Layer, LayerActivity, Model, Place, Variable
from unstuck.judgement.findings import Certainty
from unstuck.rules.architecture.dead_relu import _passing, dead_relu
from unstuck.rules.optimisation._recurrence import growth_of

LOOP = Place(file="train.py", line=7, shared=True)


def deep(depth, units, place=None):
    hidden = [Layer(name=f"deep_{k}", activation="relu", units=units, place=place) for k in range(depth)]
    return Model(layers=(*hidden, Layer(name="end", activation="sigmoid", units=1)))


def dead(layer):
    found = LayerActivity(name=layer, activation="relu", units=5, dead=1.0, zero_rows=1.0, place=LOOP)
    return Activity(rows=256, layers=(found,))


@pytest.mark.parametrize(("depth", "units"), [(5, 3), (20, 4), (40, 5)])
def test_the_share_of_rows_that_come_through_is_that_of_drawn_networks(depth, units):
    rng, through = np.random.default_rng(0), 0
    for _ in range(2000):
        row = rng.normal(size=units)
        for _ in range(depth):
            row = np.maximum(rng.normal(size=(units, units)) @ row, 0.0)
            row /= max(np.linalg.norm(row), 1e-300)
        through += row.any()
    share = through / 2000
    assert _passing(deep(depth, units).layers) == pytest.approx(share, abs=0.035)


def test_where_rows_are_stopped_by_depth_all_layers_are_changed_at_once():
    finding = dead_relu(dead("deep_30"), deep(40, 5, LOOP))
    first = finding.remedies[0]
    assert [first.remedy, *(each.remedy for each in first.also)] == [
        "set-hidden-activation",
        "set-initialiser",
    ]
    assert first.at == first.also[0].at == Place(file="train.py", line=7)
    assert f"{(31 / 32) ** 40:.2g}" in finding.says


def test_a_layer_that_is_mostly_dead_needs_no_experiment_where_depth_says_why():
    most = replace(dead("deep_30").layers[0], dead=0.8, zero_rows=0.0)
    activity = Activity(rows=256, layers=(most,))
    assert dead_relu(activity, deep(40, 5)).certainty is Certainty.MEASURED
    assert dead_relu(activity, deep(3, 32)).certainty is Certainty.SUSPECTED


def test_where_rows_come_through_one_layer_is_changed():
    finding = dead_relu(dead("deep_1"), deep(3, 32, LOOP))
    assert not finding.remedies[0].also
    assert "fresh weights" not in finding.says


def recurrent(kernel, activation, steps=20):
    rnn = Layer(name="rnn", kind="SimpleRNN", activation=activation, input_shape=(steps, 1), place=LOOP)
    size, norm = kernel.size, float(np.linalg.norm(kernel))
    held = Variable(path="model/rnn/cell/recurrent_kernel", layer="rnn", size=size, initial_norm=norm)
    return growth_of(Model(layers=(rnn,)), Dynamics(variables=(held,)))


@pytest.mark.parametrize(("activation", "halved"), [("linear", 1.0), ("relu", math.sqrt(0.5))])
def test_the_growth_of_a_state_is_that_of_drawn_weights(activation, halved):
    kernel = np.random.default_rng(0).normal(0.0, 0.5, (32, 32))
    growth = recurrent(kernel, activation)
    assert growth.gain == pytest.approx(0.5 * math.sqrt(32) * halved, rel=0.05)
    assert growth.whole == pytest.approx(growth.gain**20)
    assert growth.remedies[0].at == Place(file="train.py", line=7)  # the layer and its cell are one to change


def test_a_state_that_keeps_its_length_does_not_grow():
    assert recurrent(np.eye(32), "linear", steps=10_000) is None
    assert recurrent(np.eye(32), "relu") is None
    assert recurrent(2.0 * np.eye(32), "tanh") is None  # it has an upper bound
