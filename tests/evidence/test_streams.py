"""What hashes of passing rows tell: rows on both sides of a split, and rows in another order."""

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.order import read_order
from unstuck.evidence.overlap import read_overlap
from unstuck.watch.taps import Tap

ROWS = np.random.default_rng(0).normal(size=(100, 5)).astype("float32")

SCRIPT = """\
test = make(shuffle=True)
model.fit(train, validation_data=test)
answers = model.predict(test).argmax(-1)
print(accuracy_score(labels, answers))
"""


def passed(*passes):
    """The rows of a tap through which these numbers of rows went, ten a batch."""
    tap = Tap()
    for order in passes:
        tap.begin()
        for start in range(0, len(order), 10):
            tap.see((ROWS[order[start : start + 10]], np.zeros(10)))
    return tap.rows(None)


def test_rows_that_judge_after_they_trained_are_counted():
    order, again = np.arange(100), np.random.default_rng(1).permutation(100)
    found = read_overlap(passed(order[:80], again[:80]), passed(order[80:], again[80:]), None)
    assert (found.judged, found.in_first_epoch, found.repeated) == (20, 0, 0.0)
    assert found.trained_on == len(set(order[80:]) & set(again[:80])) > 10
    assert found.new_in_second > 10


def test_rows_that_are_kept_apart_share_nothing():
    found = read_overlap(passed(range(80), range(80)), passed(range(80, 100), range(80, 100)), None)
    assert (found.trained_on, found.new_in_second, found.epochs) == (0, 0, 2)


def test_another_order_is_told_with_the_lines_that_need_one(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(SCRIPT, encoding="utf-8")
    stream = passed(np.arange(40), np.arange(40)[::-1])
    found = read_order(stream, Place(file=str(script), line=2))
    assert (found.rows, found.moved) == (40, 40)
    assert [found.made_at.line, found.predicted_at.line, found.compared_at.line] == [1, 3, 4]


def test_one_order_asks_for_no_lines(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(SCRIPT, encoding="utf-8")
    found = read_order(passed(np.arange(40), np.arange(40)), Place(file=str(script), line=2))
    assert (found.moved, found.made_at) == (0, None)


def test_a_stream_whose_shuffle_is_switched_off_before_predict_is_left_alone(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(SCRIPT.replace("answers =", "test.shuffle = False\nanswers =", 1), encoding="utf-8")
    found = read_order(passed(np.arange(40), np.arange(40)[::-1]), Place(file=str(script), line=2))
    assert (found.moved, found.compared_at) == (40, None)
