"""Long programs: what is read of them grows with their size, and what is left out is said."""

import ast
import time

from unstuck.evidence.long_data import LONGEST, without_data
from unstuck.evidence.source import Source
from unstuck.lint.check import check
from unstuck.lint.files import pasted
from unstuck.lint.settings import Settings

MODEL = """model_{0} = keras.Sequential([keras.layers.Dense(1, activation="softmax")])
model_{0}.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model_{0}.fit(x, y, epochs=3)
"""

LOOPS = "for a in range(200):\n    for b in range(200):\n        for c in range(200):\n            "


def of(text):
    return check(pasted("train.py", "import keras\n" + text), Settings())


def test_a_model_after_a_thousand_lines_made_from_one_another_is_found():
    chain = "".join(f"value_{line} = value_{line - 1} * 2 - offset[{line}]\n" for line in range(1, 8001))
    started = time.process_time()
    checked = of(chain + MODEL.format(0))
    assert time.process_time() - started < 20  # it took minutes and gigabytes
    assert [each.head.line for each in checked.found] == [8002]
    assert checked.in_part == ()


def test_every_model_of_many_is_told_with_its_fix():
    checked = of("".join(map(MODEL.format, range(120))))
    assert checked.trainings == len(checked.found) == 120
    assert all("+model_" in each.record.fix.diff for each in checked.found)


def test_what_is_not_read_of_a_long_loop_is_said():
    checked = of(
        "for width in range(1, 101):\n" + "".join(f"    {line}\n" for line in MODEL.format(0).split("\n")[:3])
    )
    assert checked.in_part[0] == "of the trainings that line 5 makes, only the first were read"
    checked = of(LOOPS + "keras.optimizers.Adam(a * b)\n" + MODEL.format(0))
    assert checked.found == []
    assert checked.in_part == ("it is too long, and what follows line 2 was not read",)


def test_a_long_loop_that_makes_no_model_does_not_hide_the_model_after_it():
    checked = of("steps = 0\n" + LOOPS + "steps += a * b\n" + MODEL.format(0))
    assert [each.head.line for each in checked.found] == [7]
    assert checked.in_part == ()
    widths = "widths = []\nfor power in range(4, 9):\n    widths.append(2 ** power)\n"
    layers = "layers = [keras.layers.Dense(width) for width in widths]\n"
    end = MODEL.format(0).replace("[keras", "[*layers, keras")
    assert [each.head.line for each in of(widths + layers + end).found if "softmax" in each.head.rule] == [6]


def test_long_lists_are_left_blank_where_they_stand():
    numbers = ", ".join(map(str, range(LONGEST + 1)))
    rows = ",\n    ".join(f"[{number}, -1.5, 'ü']" for number in range(LONGEST + 1))
    for text in (f"a = [{numbers}]\nb = 1\n", f"a = [\n    {rows},\n]; b = 1\n"):
        blank = without_data(text, ast.parse(text))
        assert len(blank.encode()) == len(text.encode())
        assert blank.count("\n") == text.count("\n")
        assert len(blank.split()) < 20
        source = Source("a.py", text)
        assert source.problem == ""
        assert "".join(part.code for part in source.parts_with("")) == blank
    short = "a = [1, 2, 3]\n"
    assert without_data(short, ast.parse(short)) == short
    named = f"a = [{'b, ' * LONGEST}b]\n"
    assert without_data(named, ast.parse(named)) == named
