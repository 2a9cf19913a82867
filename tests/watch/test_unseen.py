"""The user's code runs once more in a probe, and nothing outside of it can tell."""

import collections
import functools
import itertools
import logging
import random
import sys
import threading
import warnings

import numpy as np
import pytest

from unstuck.watch.muting import muted
from unstuck.watch.restoring import restored
from unstuck.watch.unseen import unseen, unseen_runs

CALLS, TALLY, STEPS = [], {"loss": 0}, itertools.count()
TOTAL = 0
DRAWS = np.random.default_rng(3)
LOG = np.zeros(8)


def helper():
    TALLY["loss"] += 1


def counting_loss(target, answer):
    """Leaves its mark in every way that a function can."""
    global TOTAL
    TOTAL += 1
    CALLS.append(TOTAL)
    counting_loss.calls = getattr(counting_loss, "calls", 0) + 1
    LOG[next(STEPS)] = DRAWS.random()
    helper()
    return target - answer


def marks():
    return TOTAL, list(CALLS), dict(TALLY), vars(counting_loss).copy(), repr(STEPS), LOG.tolist()


class Tracker:
    made = 0

    def __init__(self):
        self.history, self.recent, self.names = [], collections.deque(maxlen=3), set()

    def note(self, value):
        Tracker.made += 1
        type(self).last = value
        self.history.append(value)
        self.recent.append(value)
        self.names.add(value)
        self.newest = value


def test_each_of_many_runs_begins_as_the_first_one():
    before, seen = marks(), []
    with unseen_runs(counting_loss) as run:
        for _ in range(3):
            with run():
                drawn = np.random.random()
                counting_loss(1, 2)
                counting_loss(1, 2)
                seen.append((drawn, marks()))
            assert marks() == before
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1] != before


def test_what_a_function_can_reach_is_put_back():
    counting_loss(1, 2)
    before, drawn = marks(), DRAWS.bit_generator.state
    with restored(functools.partial(counting_loss, 1)):
        for _ in range(3):
            counting_loss(1, 2)
        assert marks() != before
    assert marks() == before
    assert DRAWS.bit_generator.state == drawn
    counting_loss(1, 2)
    assert CALLS == [1, 2]


def test_what_an_object_and_its_class_hold_is_put_back():
    tracker, closed = Tracker(), [0]

    def call(value):
        closed[0] += value
        tracker.note(value)

    call(1)
    kept = tracker.history
    Tracker.last = 0
    with restored([call]):
        for value in range(9):
            call(value)
    assert (closed, tracker.history, list(tracker.recent), tracker.names) == ([1], [1], [1], {1})
    assert (tracker.newest, Tracker.made, Tracker.last) == (1, 1, 0)
    assert tracker.history is kept


def test_only_the_probes_own_words_are_dropped(capsys, caplog):
    def speak(word):
        print(word)
        print(word, file=sys.stderr)
        logging.getLogger("user").warning(word)

    with muted():
        speak("probe")
        other = threading.Thread(target=speak, args=("user",))
        other.start()
        other.join()
    speak("after")
    out, err = capsys.readouterr()
    assert out == err == "user\nafter\n"
    assert [record.message for record in caplog.records] == ["user", "after"]


def warn_here(text):
    warnings.warn(text, UserWarning, stacklevel=1)


def test_warnings_that_were_shown_stay_shown_and_new_ones_are_still_shown():
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        warn_here("once")
        with muted():
            warn_here("once")
            with warnings.catch_warnings():  # as libraries do
                warn_here("new")
        warn_here("once")
        warn_here("new")
    assert [str(each.message) for each in shown] == ["once", "new"]


def test_a_backends_threads_speak_for_the_probe(capsys):
    import _thread

    done = _thread.allocate_lock()
    done.acquire()

    def call_back():
        print("from compiled code")
        done.release()

    with muted():
        _thread.start_new_thread(call_back, ())  # as a backend calls back: no Thread of Python's
        assert done.acquire(timeout=10)
    assert capsys.readouterr().out == ""


@pytest.mark.backend
def test_the_state_of_the_process_is_as_before(seeded):
    import keras

    def state():
        return (
            random.getstate(),
            str(np.random.get_state()),
            np.geterr(),
            keras.layers.Dense(1).name,
            keras.config.dtype_policy().name,
            list(warnings.filters),
            sys.stdout,
            logging.Logger.callHandlers,
        )

    keras.layers.Dense(1)
    with unseen():
        before = state()
    with unseen():
        random.random()
        np.random.random()
        np.seterr(all="raise")
        keras.layers.Dense(1)
    with unseen():
        after = state()
    assert before[:5] == after[:5]
    assert before[5][1:] == after[5][1:]


@pytest.mark.backend
def test_an_examination_of_code_that_counts_and_prints_shows_nothing(capfd, seeded):
    """Two fits of a stuck training whose every part leaves marks: one alone, one watched."""
    import keras

    from unstuck.verbs.diagnose import Session
    from unstuck.watch import hook

    def train():
        keras.utils.set_random_seed(1)
        calls = []

        class Loud(keras.layers.Layer):
            def call(self, inputs):
                self.seen = getattr(self, "seen", 0) + 1
                calls.append("layer")
                print("layer", self.seen)
                return inputs

        class Drawn(keras.optimizers.schedules.LearningRateSchedule):
            asked = 0

            def __call__(self, step):
                calls.append("schedule")
                self.asked += 1
                return 0.0 * step  # stuck

            def get_config(self):
                calls.append("config")
                return {}

        def loss(target, answer):
            calls.append(("loss", np.random.random()))
            print("loss")
            return keras.ops.mean((target - answer) ** 2, axis=-1)

        layers = [keras.Input((4,)), Loud(), keras.layers.Dense(1, activation="sigmoid")]
        model = keras.Sequential(layers)
        model.compile(keras.optimizers.SGD(Drawn()), loss, metrics=["accuracy"])
        x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
        y = np.arange(32).reshape(-1, 1) % 2
        history = model.fit(x, y.astype("float32"), epochs=2, verbose=0).history
        return (
            history,
            model.layers[0].seen,
            model.optimizer._learning_rate.asked,
            calls,
            random.random(),
            np.random.random(),
        )

    alone, said = train(), capfd.readouterr()
    session = Session()
    hook.install()
    hook.listen(session.observe)
    try:
        watched = train()
    finally:
        hook.stop_listening(session.observe)
    assert watched == alone
    assert capfd.readouterr() == said
    assert session.runs[0].cost.examination_seconds > 0
    assert session.runs[0].errors == []
