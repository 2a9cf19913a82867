"""Where what fit is given was made, as the source shows it."""

import ast

import pytest

from unstuck.evidence.facts import Input, Inputs, Place
from unstuck.reading.origins import with_origins


def lines_of(source, inputs=1, judged=0):
    tree = ast.parse(source)
    fit = next(number for number, line in enumerate(source.splitlines(), 1) if ".fit(" in line)
    given = Inputs(training=(Input(),) * inputs, validation=(Input(),) * judged)
    made = with_origins(given, tree, Place(file="train.py", line=fit))
    return [each.place.line if each.place else None for each in (*made.training, *made.validation)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = load()\nx = x / 255\nmodel.fit(x, y)", [2]),
        ("x = load()\nmodel.fit(x[:, None], y)", [1]),
        ("x = load()\nx_train = x[:800].astype('float32')\nmodel.fit(x_train, y)", [1]),
        ("x = load()\nx = np.asarray(x)\nmodel.fit(x=x, y=y)", [1]),
        ("x = load()\na, b, c, d = train_test_split(x, y)\nmodel.fit(a, c)", [1]),
        ("x, y = load()\nmodel.fit(x, y)", [1]),
        ("x = zeros()\nx[3] = 1\nmodel.fit(x, y)", [2]),
        ("x = load()\nx -= 1\nmodel.fit(x, y)\nx = 0", [2]),
        ("x = load()\ndef main():\n    model.fit(x, y)", [1]),
        ("x = load()\ndef main(x):\n    model.fit(x, y)", [None]),
        ("def main():\n    if a:\n        x = load()\n    model.fit(x, y)", [3]),
        ("model.fit(load(), y)", [None]),
        ("y = load()\nx = y\nmodel.fit(x, y)", [2]),
        ("x = y = z\nmodel.fit(x, y)", [1]),
    ],
)
def test_line_that_made_the_only_input(source, lines):
    assert lines_of(source) == lines


def test_each_of_several_inputs_has_its_line():
    assert lines_of("a = one()\nb = two()\nmodel.fit([a, b[:9]], y)", inputs=2) == [1, 2]
    assert lines_of("a = one()\nb = two()\nboth = [b, a]\nmodel.fit(both, y)", inputs=2) == [2, 1]
    assert lines_of("a = one()\nb = two()\nmodel.fit({'v': a, 'u': b}, y)", inputs=2) == [2, 1]


def test_rows_that_judge_have_theirs():
    source = "x = load()\nx = scale(x)\nv = scale(v)\nmodel.fit(x, y, validation_data=(v, w))"
    assert lines_of(source, judged=1) == [2, 3]


def test_a_fit_that_is_not_there_changes_nothing():
    inputs = Inputs(training=(Input(),))
    assert with_origins(inputs, ast.parse("pass"), Place(file="train.py", line=1)) is inputs
