"""A log beside the script that it is said to come from."""

import math

import pytest
from click.testing import CliRunner
from printed import keras2, verbose2
from told import case_of, causes, judged

from unstuck.cli import main
from unstuck.logbook.gather import LogError

SCRIPT = """
import keras
model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(8, activation="relu"), {head}])
model.compile("adam", loss="{loss}", metrics=["accuracy"])
x, y = load()
model.fit(x, y, epochs=3, batch_size=32{more})
"""


@pytest.fixture
def script(tmp_path):
    def write(head='keras.layers.Dense(1, activation="sigmoid")', loss="binary_crossentropy", more=""):
        path = tmp_path / "train.py"
        path.write_text(SCRIPT.format(head=head, loss=loss, more=more), encoding="utf-8")
        return str(path)

    return write


def compared(text, source):
    return judged(text, source)[-1]


def told(run):
    return " ".join(seen.says for seen in run.symptoms if seen.rule == "log-contradicts-source")


SATURATED = verbose2(accuracy=[0.5] * 3, loss=[-math.log(2.0**-23) / 2] * 3)
HALVES = verbose2(accuracy=[0.5, 0.51, 0.5], loss=[0.6941, 0.6932, 0.6931])


def test_the_source_decides_between_the_causes_that_fit(script):
    run = compared(SATURATED, script(head='keras.layers.Dense(1, activation="softmax")'))
    first = run.causes[0]
    assert (first.rule, first.where.line) == ("softmax-over-one-unit", 3)
    assert told(run) == ""


def test_the_source_rules_out_causes(script):
    run = compared(SATURATED, script())
    assert "softmax-over-one-unit" not in causes(run)
    assert run.logged.excluded["softmax-over-one-unit"] == "the output is sigmoid"
    assert causes(run)[0] == "saturated-divergence"


def test_agreement_is_told_at_its_line(script, tmp_path):
    log = tmp_path / "a.log"
    log.write_text(SATURATED, encoding="utf-8")
    source = script(head='keras.layers.Dense(1, activation="softmax")')
    output = " ".join(CliRunner().invoke(main, ["log", "--source", source, str(log)]).output.split())
    assert "source and figures agree on softmax-over-one-unit" in output
    assert "train.py:3" in output
    assert "The figures alone would fit as well: saturated-divergence" in output


@pytest.mark.parametrize(
    ("text", "source", "said"),
    [
        (verbose2(asked=9, accuracy=[0.5, 0.6], loss=[0.7, 0.6]), {}, "shows 9 epochs"),
        (verbose2(mae=[0.5, 0.4, 0.3], loss=[0.7, 0.6, 0.5]), {}, "the metric mean_absolute_error"),
        (verbose2(loss=[0.7, 0.6, 0.5]), {}, "shows no accuracy"),
        (
            verbose2(accuracy=[0.5] * 3, loss=[0.7] * 3, val_loss=[0.7] * 3),
            {},
            "gives fit no validation rows",
        ),
        (HALVES, {"more": ", validation_split=0.2"}, "shows no validation figures"),
        (verbose2(accuracy=[0.5] * 3, loss=[-1.0, -2.0, -3.0]), {"loss": "mse"}, "which is never below 0"),
        (
            HALVES,
            {
                "head": 'keras.layers.Dense(10, activation="softmax")',
                "loss": "sparse_categorical_crossentropy",
            },
            "a loss at ln 2",
        ),
        (
            verbose2(accuracy=[0.5, 0.7, 0.9], loss=[0.7, 0.5, 0.3]),
            {"head": 'keras.layers.Dense(1, activation="softmax")'},
            "a loss that goes from 0.7000 to 0.3000",
        ),
        (
            "Found 1000 images belonging to 2 classes.\n"
            + verbose2(steps=50, accuracy=[0.5] * 3, loss=[0.7] * 3),
            {},
            "makes 32 steps",
        ),
    ],
)
def test_contradictions(script, text, source, said):
    assert said in told(compared(text, script(**source)))


@pytest.mark.parametrize(
    "text",
    [
        HALVES,
        keras2(acc=[0.5, 0.51, 0.5], loss=[0.6941, 0.6932, 0.6931]),
        verbose2(accuracy=[0.5] * 3, loss=[0.7] * 3),
    ],
)
def test_a_log_of_this_script_is_not_contradicted(script, text):
    assert told(compared(text, script())) == ""


def test_several_fits_are_paired_in_their_order(tmp_path):
    path = tmp_path / "two.py"
    text = SCRIPT.format(head="keras.layers.Dense(1)", loss="mse", more="")
    path.write_text(text + "model.fit(x, y, epochs=7)\n", encoding="utf-8")
    log = verbose2(accuracy=[0.1] * 3, loss=[3.0, 2.0, 1.0]) + verbose2(
        asked=8, accuracy=[0.1] * 3, loss=[3.0, 2.0, 1.0]
    )
    first, second = judged(log, str(path))
    assert told(first) == ""
    assert "asks for 7" in told(second)


@pytest.mark.parametrize(("text", "said"), [("x = (", "no Python"), ("x = 1\n", "No call of fit")])
def test_sources_that_cannot_be_compared(tmp_path, text, said):
    path = tmp_path / "a.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError, match=said):
        case_of(HALVES, str(path))
