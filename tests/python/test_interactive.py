"""The same diagnosis from Python: diagnose, check, Watch, observe."""

import re
from pathlib import Path

import numpy as np
import pytest

import unstuck

pytestmark = [
    pytest.mark.backend,
    pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning"),
]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(320, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def stuck_model():
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def line_of(fragment):
    lines = Path(__file__).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if fragment in line)


def rules(diagnosis):
    return [cause.rule for cause in diagnosis.causes]


def test_diagnose_places_the_layer_by_reading_the_file():
    model = stuck_model()
    history = model.fit(X, Y, epochs=3, verbose=0)
    diagnosis = unstuck.diagnose(model, X, Y, history=history)
    assert rules(diagnosis)[0] == "softmax-over-one-unit"
    assert diagnosis.causes[0].where.line == line_of('keras.layers.Dense(1, activation="softmax")')
    assert diagnosis.causes[0].remedies[0].diff
    assert "softmax-over-one-unit" in str(diagnosis)
    assert "What is seen" not in str(diagnosis)
    assert "What is seen" in diagnosis.text(verbose=True)
    assert diagnosis.run.errors == []


def test_diagnose_without_a_history_says_what_it_could_not_check():
    model = stuck_model()
    model.fit(X, Y, verbose=0)
    run = unstuck.diagnose(model, X, Y).run
    assert "softmax-over-one-unit" in {cause.rule for cause in run.causes}
    reasons = {entry.reason for entry in run.not_checked}
    assert any("no history was given" in reason for reason in reasons)


def test_check_names_before_training_what_is_certain():
    diagnosis = unstuck.check(stuck_model(), X, Y)
    assert rules(diagnosis) == ["softmax-over-one-unit"]
    assert diagnosis.run.cost.examination_seconds == 0


def test_check_is_quiet_on_a_sound_model():
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    assert rules(unstuck.check(model, X, Y)) == []


def test_watch_diagnoses_its_fit_and_changes_nothing(capsys):
    import keras

    plain = stuck_model()
    plain.fit(X, Y, epochs=3, validation_split=0.2, verbose=0)
    model, watch = stuck_model(), unstuck.Watch()
    assert isinstance(watch, keras.callbacks.Callback)
    model.fit(X, Y, epochs=3, validation_split=0.2, verbose=0, callbacks=[watch])
    assert all(np.array_equal(a, b) for a, b in zip(plain.get_weights(), model.get_weights(), strict=True))
    run = watch.diagnosis.run
    assert (run.causes[0].rule, run.errors) == ("softmax-over-one-unit", [])
    assert run.figures["rows"] == 256
    assert run.fit.line == line_of("verbose=0, callbacks=[watch])")
    assert "softmax-over-one-unit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("model", "error", "said"),
    [
        (lambda: object(), TypeError, "keras.Model of Keras 3"),
        (lambda: __import__("keras").Sequential([]), ValueError, "never compiled"),
    ],
)
def test_a_wrong_model_gets_one_clear_sentence(model, error, said):
    with pytest.raises(error, match=re.escape(said)):
        unstuck.diagnose(model(), X, Y)


def test_a_stream_is_never_drawn_from():
    drawn = []

    def batches():
        drawn.append(1)
        yield X, Y

    with pytest.raises(TypeError, match="does not draw from streams"):
        unstuck.diagnose(stuck_model(), batches())
    assert drawn == []
