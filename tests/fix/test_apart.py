"""Two fits that share one compile: a change for one of them leaves the other as it was."""

import hashlib

import msgspec
import pytest
from fixes import cause, fixed, script

from unstuck.case.schema import Case, RunRecord, Where
from unstuck.fix.cure import with_cures

TEXT = """\
import keras

model = keras.Sequential([keras.layers.Dense(3, activation="softmax")])
model.compile("sgd", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(data.x, data.columns, epochs=3)
model.fit(other.x, other.y, epochs=3)
print("done")
"""
COMPILE = TEXT.splitlines()[3]
OTHER = COMPILE.replace("categorical_cross", "sparse_categorical_cross")
LOSS = ("set-loss", 4, {"loss": "sparse_categorical_crossentropy"})
RATE = ("set-learning-rate", 4, {"value": 0.01})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def case_of(file, change, stuck=(6,), fits=(5, 6), status="healthy", rule="a-cause", compiled=4):
    """A Case of fits at these lines, the ones at `stuck` with a cause that asks for the change."""
    sources = {str(file): hashlib.sha256(file.read_bytes()).hexdigest()}
    runs = [
        RunRecord(
            fit=Where(str(file), line),
            compiled=Where(str(file), compiled),
            status="stuck" if line in stuck else status,
            causes=[cause(file, change, rule=rule)] if line in stuck else [],
            sources=sources,
        )
        for line in fits
    ]
    return Case(script="train.py", runs=runs)


def cure_of(case, at):
    return with_cures(case).runs[at].cure


def written(case, file):
    status, told = fixed(case, write=True)
    assert status == 0, told
    return file.read_text(), told


def test_the_second_fit_gets_a_compile_of_its_own(folder):
    file = script(folder, TEXT)
    case = case_of(file, LOSS)
    cure = cure_of(case, 1)
    assert cure.beside == [
        "The compile at train.py:4 serves the fit at train.py:5, too, which learns with it as it is: with "
        "this change each has its own."
    ]
    assert [line for line in cure.diff.splitlines()[2:] if line[0] in "+-"] == [f"+{OTHER}"]
    text, told = written(case, file)
    assert text == TEXT.replace("model.fit(other", f"{OTHER}\nmodel.fit(other")
    assert "with this change each has its own" in told


def test_a_fit_that_is_tried(folder):
    text = TEXT.replace(
        "model.fit(other.x, other.y, epochs=3)", "try:\n    model.fit(o.x, o.y)\nfinally:\n    pass"
    )
    file = script(folder, text)
    after, _ = written(case_of(file, LOSS, fits=(5, 7), stuck=(7,)), file)
    assert after == text.replace("    model.fit(o", f"    {OTHER}\n    model.fit(o")


def test_the_fit_after_the_one_that_needs_the_change_gets_the_old_compile_back(folder):
    file = script(folder, TEXT)
    text, _ = written(case_of(file, LOSS, stuck=(5,)), file)
    assert text == TEXT.replace(COMPILE, OTHER).replace("model.fit(other", f"{COMPILE}\nmodel.fit(other")


def test_a_fit_in_between(folder):
    text = TEXT.replace('print("done")\n', "model.fit(more.x, more.columns)\n")
    file = script(folder, text)
    after, _ = written(case_of(file, LOSS, fits=(5, 6, 7)), file)
    fits = text.splitlines(keepends=True)[4:]
    head = text.splitlines(keepends=True)[:4]
    assert after == "".join([*head, fits[0], f"{OTHER}\n", fits[1], f"{COMPILE}\n", fits[2]])


def test_what_both_need_is_changed_for_both(folder):
    file = script(folder, TEXT)
    case = case_of(file, LOSS, stuck=(5, 6))
    assert cure_of(case, 0).beside == cure_of(case, 1).beside == []
    assert written(case, file)[0] == TEXT.replace(COMPILE, OTHER)


def test_another_rate_is_kept_from_a_fit_that_learns_only(folder):
    file = script(folder, TEXT)
    assert cure_of(case_of(file, RATE), 1).beside
    assert not cure_of(case_of(file, RATE, status="not-judged"), 1).beside
    assert cure_of(case_of(file, LOSS, status="not-judged"), 1).beside == [
        "The compile at train.py:4 serves the fit at train.py:5, too: with this change each has its own."
    ]
    metric = ("set-metrics", 4, {"replace": "accuracy", "metrics": ["mae"]})
    assert not cure_of(case_of(file, metric), 1).beside


def test_another_compile_is_no_concern(folder):
    file = script(folder, TEXT)
    case = case_of(file, LOSS)
    first = msgspec.structs.replace(case.runs[0], compiled=None)
    assert not cure_of(msgspec.structs.replace(case, runs=[first, case.runs[1]]), 1).beside


HARD = {
    "under a condition": TEXT.replace("model.fit(other", "if data.x: model.fit(other"),
    "in a loop": TEXT.replace("model.fit(other", "for _ in range(3): model.fit(other"),
    "under another name": TEXT.replace("model.fit(other", "twin.fit(other"),
    "a name with another value": TEXT.replace('"sgd"', "rate").replace(
        "model.fit(data", "rate = 2; model.fit(data"
    ),
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_where_no_compile_can_be_written_it_is_told(folder, text):
    file = script(folder, text)
    assert cure_of(case_of(file, LOSS), 1).beside == [
        "The compile at train.py:4 serves the fit at train.py:5, too, which learns with it as it is: give "
        "the fit at train.py:6 a compile of its own with this change, and leave that one."
    ]


def test_an_optimizer_with_a_name_is_told(folder):
    text = TEXT.replace('model.compile("sgd"', "model.compile(opt").replace(
        "\n\nmodel", "\nopt = keras.optimizers.SGD(0.1)\nmodel"
    )
    file = script(folder, text)
    assert "leave that one" in cure_of(case_of(file, ("set-learning-rate", 2, {"value": 0.01})), 1).beside[0]


def test_in_a_notebook_it_is_told(folder):
    file = script(folder, TEXT)
    case = case_of(file, LOSS)
    runs = [
        msgspec.structs.replace(
            run, fit=Where(str(file), run.fit.line, cell=2), compiled=Where(str(file), 4, cell=1)
        )
        for run in case.runs
    ]
    (said,) = cure_of(msgspec.structs.replace(case, runs=runs), 1).beside
    assert said.startswith("The compile at train.py:cell 1:4 serves the fit at train.py:cell 2:5, too")
    assert said.endswith("with this change, and leave that one.")
