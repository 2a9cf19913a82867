"""Sizes found by the first steps, on trainings whose cost is written down."""

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.evidence.probe import Clock
from unstuck.lab.arms import TOO_LONG, Arm, stopper
from unstuck.lab.clocks import Budget
from unstuck.lab.pacing import FEWEST_ARMS, paced, smaller
from unstuck.lab.recipe import Recipe
from unstuck.lab.rerun import Rerun
from unstuck.lab.resize import Size, resized
from unstuck.lab.sizing import FEWEST_ROWS, FEWEST_UPDATES

ROWS = np.zeros((2000, 3), "float32")


def recipe(batch_size=20, epochs=10):
    return Recipe(x=ROWS, y=ROWS[:, 0], batch_size=batch_size, epochs=epochs)


class Bench:
    """Trainings of so many seconds an update and so many beside, ended early where they are too long."""

    def __init__(self, update, fixed=0.5, seconds=60.0, workers=2):
        self.executor, self.clock = type("Workers", (), {"workers": workers}), Budget(seconds)
        self.update, self.fixed, self.tried, self.done = update, fixed, [], {}

    def run(self, wanted, size, share):
        self.tried.append(size)
        whole = self.fixed + self.update * resized(recipe(), size).updates
        if whole > TOO_LONG * share:
            return [Arm(seed=seed, cut=True, projected=whole, fixed=self.fixed) for _, seed in wanted]
        self.done |= {(changes, seed, size): Arm(seed=seed, seconds=whole) for changes, seed in wanted}
        return []

    def arm(self, changes, seed, size):
        return self.done.get((changes, seed, size))


PAIR = [("cure",), ()]


def test_what_fits_is_trained_as_it_is():
    bench = Bench(update=0.001)
    assert paced(bench, recipe(), PAIR, Size(), 6).size == Size()
    assert len(bench.done) == 2
    assert bench.tried == [Size()]


@pytest.mark.parametrize("update", [0.03, 0.1, 0.3])
def test_what_does_not_fit_is_cut_until_three_pairs_do(update):
    bench = Bench(update)
    found = paced(bench, recipe(), PAIR, Size(), 6)
    small = resized(recipe(), found.size)
    assert not found.needed
    assert small.rows >= FEWEST_ROWS
    assert small.updates >= FEWEST_UPDATES
    assert bench.arm((), 0, found.size) is not None
    assert 3 * (0.5 + update * small.updates) <= 60.0 * TOO_LONG
    assert len(bench.tried) == 2  # one look at the first steps, then trainings that end


def test_trials_of_single_causes_are_given_up_before_the_pairs_are():
    few, many = (paced(Bench(0.5), recipe(), PAIR, Size(), arms) for arms in (FEWEST_ARMS, 18))
    assert few.size == many.size
    assert not many.needed


def test_what_cannot_fit_says_what_it_would_need():
    bench = Bench(update=2.0)
    found = paced(bench, recipe(), PAIR, Size(), 6)
    assert found.needed == pytest.approx(
        3 * (0.5 + 2.0 * resized(recipe(), found.size).updates) / 0.9, rel=0.01
    )
    assert not bench.done
    enough = Bench(update=2.0, seconds=found.needed)
    assert not paced(enough, recipe(), PAIR, Size(), 6).needed


def test_fewer_rows_come_before_fewer_epochs():
    half = smaller(recipe(), Size(), 0.5)
    assert resized(recipe(), half).rows == 1000
    assert resized(recipe(), half).epochs == 10
    few = resized(recipe(), smaller(recipe(), Size(), 0.05))
    assert few.rows == FEWEST_ROWS
    assert FEWEST_UPDATES <= few.updates <= 50


def test_the_smallest_size_stays():
    least = smaller(recipe(), Size(), 0.001)
    assert smaller(recipe(), least, 0.5) == least


def test_a_script_that_is_run_again_is_cut_in_epochs():
    again = Rerun(script="train.py", epochs=8)
    assert smaller(again, Size(), 0.3) == Size(epochs=0.25)
    assert smaller(again, Size(epochs=1 / 8), 0.3) == Size(epochs=1 / 8)


class Ticking(Clock):
    """A clock that is a second later at each look."""

    seen = 0.0

    @property
    def spent(self):
        self.seen += 1.0
        return self.seen


@pytest.mark.parametrize("share", [10.0, 60.0, 1e9])
def test_the_first_steps_foretell_the_whole(share):
    model = keras.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    stop = stopper(Ticking(1e9), share)
    model.fit(ROWS[:200], ROWS[:200, 0], batch_size=10, epochs=5, verbose=0, callbacks=[stop])
    assert stop.cut == (share < 100.0)
    if stop.cut:  # two looks before each of 100 updates
        assert stop.projected == pytest.approx(200.0, abs=5.0)
        assert stop.fixed == 3.0
    else:
        assert stop.projected == 0.0
