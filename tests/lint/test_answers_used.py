"""What the script does with the answers of a model of one column: certain on every way, or not said."""

import pytest

from unstuck.evidence.facts import Environment, Evidence, Fit, Head, Layer, Model, Output, Place
from unstuck.reading.watched import with_answers_used

BUILT = """\
import keras, sys
import numpy as np
import other_file

def network(width):
    model = keras.Sequential([keras.Input((width,)), keras.layers.Dense(8), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model

class Study:
    def decide(self, model, rows):
        answers = model.predict(rows, verbose=0)
        DECIDES

def rounded(answers):
    return answers[:, 0] > 0.5

def either(answers):
    if answers.shape[-1] == 1:
        return rounded(answers)
    return answers.argmax(axis=-1)

"""
MODEL = "model = network(x.shape[1])\n"
FIT = "model.fit(x, y, epochs=5)\n"


def used(tmp_path, rest, *, decides="return answers", model=MODEL, shape=(1,)):
    text = BUILT.replace("DECIDES", decides) + model + FIT + rest
    file = tmp_path / "train.py"
    file.write_text(text)
    layers = tuple(Layer(kind="Dense", parameters=9) for _ in range(2))
    line = text[: text.index(FIT)].count("\n") + 1
    found = with_answers_used(
        Evidence(
            environment=Environment(backend="torch"),
            model=Model(layers=layers),
            fit=Fit(place=Place(file=str(file), line=line, column=0)),
            outputs=(Output(head=Head(units=shape[-1], shape=shape)),),
        )
    ).answers_used
    if found is None or found.largest_at is None:
        return None
    return text.splitlines()[found.largest_at.line - 1].strip()


@pytest.mark.parametrize(
    "line",
    [
        "decided = model.predict(x_test).argmax(axis=-1)",
        "decided = np.argmax(model.predict(x_test, verbose=0), axis=1)",
        "decided = np.argmax(model(x_test), 1)",
        "decided = keras.ops.argmax(model(x_test), axis=-1)",
        "decided = model(x_test).numpy().argmax(-1)",
        "decided = np.asarray(model.predict(x_test))[:100].argmax(1)",
    ],
)
def test_an_argmax_along_the_columns_is_found_in_any_form(tmp_path, line):
    assert used(tmp_path, line + "\n") == line


def test_an_argmax_in_a_method_of_the_file_is_found_at_its_line(tmp_path):
    line = "return np.argmax(answers, axis=-1)"
    assert used(tmp_path, "Study().decide(model, x_test)\n", decides=line) == line


def test_a_model_that_another_file_builds_is_followed_from_its_compile(tmp_path):
    made = 'model = other_file.build()\nmodel.compile("adam", loss="bce")\n'
    line = "decided = model.predict(x_test).argmax(axis=1)"
    assert used(tmp_path, line + "\n", model=made) == line


@pytest.mark.parametrize(
    "rest",
    [
        "surest = np.argmax(model.predict(x_test))\n",  # which row
        "surest = model.predict(x_test).argmax(axis=0)\n",
        "surest = np.argmax(model.predict(x_test)[:, 0], axis=-1)\n",
        "surest = np.argmax(model.predict(x_test).reshape(-1, 5), axis=1)\n",  # five candidates each
        "p = model.predict(x_test)\ndecided = np.hstack([1 - p, p]).argmax(axis=1)\n",
        "labels = y_test.argmax(axis=1)\n",
        "network(3)\ndecided = other_file.load().predict(x_test).argmax(axis=1)\n",  # of another model
    ],
)
def test_an_argmax_over_something_else_is_left_alone(tmp_path, rest):
    assert used(tmp_path, rest) is None


@pytest.mark.parametrize(
    "rest",
    [
        "decided = either(model.predict(x_test))\n",
        "p = model.predict(x_test)\ndecided = p.argmax(-1) if p.shape[-1] > 1 else p > 0.5\n",
        "p = model.predict(x_test)\nif model.output_shape[-1] > 1:\n    decided = p.argmax(-1)\n",
        "if len(sys.argv) > 1:\n    sys.exit()\ndecided = either(model.predict(x_test))\n",
        "".join(f"if sys.argv[{n}]:\n    print({n})\n" for n in range(8))
        + "decided = either(model.predict(x_test))\n",
    ],
)
def test_what_a_condition_keeps_from_one_column_is_not_said(tmp_path, rest):
    assert used(tmp_path, rest) is None


def test_a_condition_that_does_not_matter_does_not_hide_it(tmp_path):
    line = "decided = model.predict(x_test).argmax(axis=-1)"
    assert used(tmp_path, f"if len(sys.argv) > 1:\n    print(x.shape)\n{line}\n") == line


def test_a_model_of_several_columns_is_not_asked(tmp_path):
    assert used(tmp_path, "decided = model.predict(x_test).argmax(axis=-1)\n", shape=(3,)) is None


def test_a_head_that_is_replaced_afterwards_is_another_model(tmp_path):
    rest = (
        "model.pop()\nmodel.add(keras.layers.Dense(10, 'softmax'))\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\nmodel.fit(x, y)\n"
        "decided = model.predict(x_test).argmax(axis=-1)\n"
    )
    assert used(tmp_path, rest) is None
