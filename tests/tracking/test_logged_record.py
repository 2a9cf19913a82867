"""The record that all trackers are given, without any of them and without Keras."""

import math

import numpy as np
import pytest

from unstuck.tracking.record import Histogram, ScalarSeries, named, prefix


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("weights", "dense/kernel"), "weights/dense/kernel"),
        (("answers", "", "label 0"), "answers/_/label 0"),
        (("layer", "..", "."), "layer/_/_"),
        (("a", "tag: <b>{}"), "a/tag_ _b___"),
        (("naïve", "größe"), "naïve/größe"),
    ],
)
def test_names_are_such_as_every_tracker_takes(parts, name):
    assert named(*parts) == name


def test_long_names_are_cut():
    assert len(named("weights", *["x" * 1000] * 20)) <= 200
    assert not named(*["x" * 66] * 20).endswith("/")


def test_long_names_that_begin_alike_stay_apart():
    names = {named("weights", f"{'x' * 70}{at}", "kernel") for at in range(9)}
    names |= {named("weights", *["block"] * 50, last) for last in ("kernel", "bias")}
    assert len(names) == 11
    assert max(map(len, names)) <= 200


def test_later_fits_of_a_run_stand_beside_the_first():
    assert [prefix(fits) for fits in range(3)] == ["unstuck", "unstuck/fit2", "unstuck/fit3"]


def test_a_series_holds_numbers_only_and_is_bounded():
    points = ScalarSeries.of("loss", [1, 2, 4, 8], [0.5, None, math.nan, math.inf])
    assert (points.steps, points.values) == ((1,), (0.5,))
    many = ScalarSeries.of("loss", range(1, 5001), [float(at) for at in range(1, 5001)])
    assert len(many.values) == 1000
    assert (many.steps[0], many.steps[-1]) == (1, 5000)
    assert all(step == value for step, value in zip(many.steps, many.values, strict=True))


def test_a_histogram_counts_every_finite_entry():
    entries = np.array([[0.0, 1.0], [2.0, np.nan]], dtype="float16")
    counted = Histogram.of("weights/w", 3, entries)
    assert sum(counted.counts) == 3
    assert len(counted.edges) == len(counted.counts) + 1
    assert (counted.edges[0], counted.edges[-1]) == (0.0, 2.0)
    assert sum(Histogram.of("weights/constant", 0, np.ones(7)).counts) == 7
    assert Histogram.of("weights/gone", 0, np.full(4, np.nan)) is None
    assert Histogram.of("weights/empty", 0, np.zeros((0, 3))) is None
