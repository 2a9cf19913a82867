"""What is told before the first step, where, and what it leaves as it was."""

import io
import time

import numpy as np
import pytest

import unstuck
from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import CauseRecord, Where
from unstuck.told.lines import MOST_LINES, before_training
from unstuck.told.outlet import Outlet
from unstuck.told.sole import is_only_fit
from unstuck.told.telling import Telling
from unstuck.watch import hook

X = np.random.default_rng(0).normal(size=(320, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


class FirstStep:
    """What had been told, and the CPU seconds of the process, when the first step began."""

    def __init__(self, stream):
        import keras

        outer = self

        class Note(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                if not hasattr(outer, "told"):
                    outer.told, outer.cpu = stream.getvalue(), time.process_time()

        self.callback = Note()


def compiled(activation="softmax", build=True):
    import keras

    keras.utils.set_random_seed(0)
    given = [keras.Input((4,))] if build else []
    model = keras.Sequential([*given, keras.layers.Dense(1, activation=activation)])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture
def stream():
    """What is told of the fits of a test."""
    written, ended = io.StringIO(), []
    hook.install()
    hook.listen(ended.append, Telling(Outlet(written)).onlooker)
    yield written
    hook.stop_listening(ended.append)


@pytest.fixture
def ended():
    """The observations of the fits of a test, as they ended."""
    found = []

    def listen(seen):
        found.append((list(seen.told), list(seen.errors)))

    hook.install()
    hook.listen(listen, Telling(None).onlooker)
    yield found
    hook.stop_listening(listen)


@pytest.mark.backend
@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
def test_softmax_over_one_unit_is_told_before_the_first_step(stream):
    model, first = compiled(), FirstStep(stream)
    called = time.process_time()
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[first.callback])
    lines = first.told.splitlines()
    assert lines[0].startswith("unstuck: softmax-over-one-unit at ")
    assert lines[-2] == '  + model = keras.Sequential([*given, keras.layers.Dense(1, activation="sigmoid")])'
    assert lines[-1] == "  told now, the training goes on; the full report follows at its end"
    assert len(lines) <= MOST_LINES
    assert first.cpu - called < 2.0
    assert stream.getvalue() == first.told  # once


@pytest.mark.backend
def test_a_sound_model_is_told_nothing(ended):
    compiled("sigmoid").fit(X, Y, epochs=1, verbose=0)
    assert ended == [([], [])]


@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
def test_a_loop_of_fits_is_told_once_and_each_fit_knows(ended):
    for _ in range(2):
        compiled().fit(X, Y, epochs=1, verbose=0)
    (first, _), (second, _) = ended
    assert [(each.rule, each.step, each.epoch) for each in first] == [("softmax-over-one-unit", 0, 0)]
    assert second == []


@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
def test_watch_tells_and_keeps_it(capsys):
    model, watch = compiled(), unstuck.Watch()
    model.fit(X, Y, epochs=2, validation_split=0.2, verbose=0, callbacks=[watch])
    told = capsys.readouterr().err
    assert told.startswith("unstuck: softmax-over-one-unit at ")
    assert [each.rule for each in watch.diagnosis.run.told] == ["softmax-over-one-unit"]
    assert watch.onlooker is None


@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
def test_watch_within_a_watched_fit_leaves_the_telling_to_that(stream, capsys):
    compiled().fit(X, Y, epochs=1, verbose=0, callbacks=[unstuck.Watch()])
    assert stream.getvalue().count("softmax-over-one-unit") == 1
    assert capsys.readouterr().err == ""


def cause(rule="some-rule", says="It is so. And more.", diff=None, **given):
    remedies = [RemedyRecord(name="change", says="Change it.", diff=diff)]
    place = Where(file="/elsewhere/train.py", line=3)
    return CauseRecord(
        rule=rule, certainty="proved", impact="blocks", where=place, says=says, remedies=remedies, **given
    )


def test_six_lines_hold_everything():
    diff = "--- a\n+++ b\n@@ -1,2 +1,3 @@\n+import keras\n-old = 1\n+new = 2\n"
    told = before_training([cause(says="word " * 200, diff=diff), cause("other")], 80).splitlines()
    assert len(told) == MOST_LINES
    assert all(len(line) <= 80 for line in told)
    assert told[3] == "  + new = 2"
    assert "other at /elsewhere/train.py:3" in told[4]


def test_a_cause_without_a_diff_is_told_with_its_sentence():
    told = before_training([cause()], 80).splitlines()
    assert told == [
        "unstuck: some-rule at /elsewhere/train.py:3 (proved, blocks all learning)",
        "  It is so.",
        "  Change it.",
        "  told now, the training goes on; the full report follows at its end",
    ]


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("model.fit(x, y)\n", True),
        ("for _ in range(3):\n    model.fit(x, y)\n", False),
        ("def train():\n    model.fit(x, y)\n", False),
        ("model.fit(x, y)\nmodel.fit(x, z)\n", False),
    ],
)
def test_one_label_is_only_told_where_no_other_fit_can_teach_another(tmp_path, text, only):
    from unstuck.evidence.facts import Place

    file = tmp_path / "train.py"
    file.write_text(text)
    line = next(at for at, each in enumerate(text.splitlines(), 1) if "fit(" in each)
    assert is_only_fit(Place(file=str(file), line=line)) is only


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_half_drawn_bar_is_wiped_from_a_terminal():
    stream = Terminal()
    Outlet(stream).tell("said\n", bar=True)
    assert stream.getvalue() == "\r\x1b[2Ksaid\n"


def test_what_shares_its_place_with_a_bar_waits_for_its_end():
    stream = io.StringIO()  # of no file: it may be where the bar is drawn
    outlet = Outlet(stream)
    outlet.tell("said\n", bar=True)
    assert stream.getvalue() == ""
    outlet.settle()
    outlet.settle()
    assert stream.getvalue() == "said\n"


def test_another_file_than_the_bars_is_written_at_once(tmp_path):
    with (tmp_path / "errors.txt").open("w+") as file:
        Outlet(file).tell("said\n", bar=True)
        file.seek(0)
        assert file.read() == "said\n"


def test_a_closed_stream_ends_nothing():
    stream = io.StringIO()
    stream.close()
    Outlet(stream).tell("said\n", bar=False)
