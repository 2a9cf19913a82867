"""The rates over a training, from the log or from the optimizer's own schedule."""

import linecache
import math

import keras
import numpy as np
import pytest

from unstuck.evidence.compiled import read_optimizer
from unstuck.evidence.facts import Step
from unstuck.evidence.gather import gather
from unstuck.evidence.rates import with_rates
from unstuck.watch import hook


def trained(rate, batches, **optimizer):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate, **optimizer), "mse")
    model.fit(np.ones((batches, 2)), np.ones((batches, 1)), batch_size=1, verbose=0)
    return model


@pytest.mark.backend
def test_a_schedule_that_leaves_nothing_is_followed_over_the_training():
    model = trained(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.1), 66)
    read = read_optimizer(model, lambda _: None, None, 0.1)
    rates = with_rates(read, model, {}, 66).learning_rates
    steps = [round(part * 65 / 32) for part in range(33)]
    assert rates == pytest.approx([0.1 * 0.1 ** (step / 10) for step in steps], rel=1e-5)


def test_logged_rates_come_first_and_a_rate_that_stays_is_not_looked_at():
    model = trained(0.1, 4)
    read = read_optimizer(model, lambda _: None, None, 0.1)
    assert with_rates(read, model, {"lr": [0.1, 0.01, 0.0001]}, 4).learning_rates == (0.1, 0.01, 0.0001)
    assert with_rates(read, model, {"learning_rate": [0.1, 0.05]}, 4).learning_rates == ()
    assert with_rates(read, model, {}, 4).learning_rates == ()


def test_a_rate_that_a_callback_sets_is_known_from_the_steps_looked_at():
    model = trained(0.1, 4)
    model.optimizer.learning_rate = 0.1 * 0.9**98
    read = read_optimizer(model, lambda _: None, None, 0.1)
    looks = [Step(number=step, learning_rate=0.1 * 0.9 ** (step - 1)) for step in (1, 2, 33, 64)]
    rates = with_rates(read, model, {}, 99, looks).learning_rates
    points = [round(1 + part * 98 / 32) for part in range(33)]
    assert rates == pytest.approx([0.1 * 0.9 ** (point - 1) for point in points], rel=1e-5)
    assert with_rates(read, model, {}, 99, looks[:1]).learning_rates == ()  # one look tells no course


class Decay(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.model.optimizer.learning_rate * 0.9


def test_the_line_of_the_callback_that_sets_it_is_known():
    found = []

    def listen(seen):
        found.append(gather(seen).fit.sets_rate_at)

    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    hook.install()
    hook.listen(listen)
    try:
        model.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0, callbacks=[Decay()])
    finally:
        hook.stop_listening(listen)
    assert "learning_rate * 0.9" in linecache.getline(__file__, found[0].line)


def test_a_schedule_counts_batches_where_several_make_one_update():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    model = trained(schedule, 80, gradient_accumulation_steps=2)
    read = read_optimizer(model, lambda _: None, None, 0.1)
    rates = with_rates(read, model, {}, 40).learning_rates
    assert (rates[0], rates[-1]) == pytest.approx((0.1, 0.1 * 0.5**7.8), rel=1e-5)


def test_a_function_without_arguments_is_not_asked_for_rates_that_are_past():
    model = trained(lambda: 0.0001, 40)
    read = read_optimizer(model, lambda _: None, None, 0.1)
    assert with_rates(read, model, {}, 40).learning_rates == ()


def test_a_rate_that_is_a_function_is_never_called_by_us():
    calls = []

    def rate():
        calls.append(1)
        return 0.1

    model = trained(rate, 3)
    made = len(calls)
    assert math.isnan(read_optimizer(model, lambda _: None, None).learning_rate)
    assert len(calls) == made


class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """From 1 to -1 where from 1 to 0 was meant."""

    def __call__(self, step):
        share = keras.ops.cast(step, "float32") / 40
        rise = 0.1 * share
        fall = 0.1 * keras.ops.cos(math.pi * share)
        return keras.ops.where(step < 4, rise, fall)


def test_the_statement_that_gives_a_rate_below_zero_is_told():
    model = trained(Cosine(), 40)
    record = with_rates(read_optimizer(model, lambda _: None, None, 0.1), model, {}, 40)
    assert min(record.learning_rates) < -0.09
    assert record.turned.line == Cosine.__call__.__code__.co_firstlineno + 3
    model = trained(keras.optimizers.schedules.CosineDecay(0.1, 40), 40)
    assert with_rates(read_optimizer(model, lambda _: None, None, 0.1), model, {}, 40).turned is None
