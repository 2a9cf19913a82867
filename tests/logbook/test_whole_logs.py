"""Whole logs: the expected cause first, the shortlist with it, and nothing on logs of healthy trainings."""

import pytest
from log_cases import HEALTHY, STUCK
from printed import verbose2
from told import causes, judged, sure


@pytest.mark.parametrize("name", STUCK)
def test_the_expected_cause_leads(name):
    text, expected = STUCK[name]
    run = judged(text)[-1]
    assert causes(run)[0] == expected[0]
    assert set(expected) <= set(causes(run))
    assert run.status in ("stuck", "misleading", "diverged", "overfitting")


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_log_has_no_cause(name):
    (run,) = judged(HEALTHY[name])
    assert causes(run) == []
    assert run.status == "nothing-found"


@pytest.mark.parametrize(
    ("name", "fact", "value"),
    [
        ("clip, side one, other shares", "share of the class that is always answered", 0.619),
        ("ln 10, from far above", "classes", 10),
        ("ln 100", "classes", 100),
        ("one-hot of three", "classes", 3),
        ("argmax tie of three", "share of class 0", 0.4125),
        ("NaN later", "share of class 0", 0.373),
        ("prior of .8", "class shares", [0.8, 0.2]),
        ("clip, TensorFlow 2.12", "software", "TensorFlow from about 2.12, before Keras 3"),
        ("clip of 2015", "software", "Keras of 2015"),
    ],
)
def test_what_the_figures_tell_of_the_data(name, fact, value):
    (run,) = judged(STUCK[name][0])
    assert run.logged.facts[fact] == (pytest.approx(value) if isinstance(value, float) else value)


def test_a_log_never_claims_more_than_its_figures():
    """Only where the figures leave one explanation may a cause be more than suspected."""
    told = {name for text, _ in STUCK.values() for run in judged(text) for name in sure(run)}
    assert told == {
        "binary-crossentropy-on-one-hot",
        "labels-outside-unit-interval",
        "nan-loss",
        "overfitting",
        "softmax-over-one-unit",  # where Keras itself says so
    }


def test_a_log_that_is_too_short_is_called_neither_healthy_nor_stuck():
    (run,) = judged("Epoch 1/10\n100/100 - 1s - loss: 0.9000 - acc: 0.4800\n")
    assert run.status == "unknown"
    assert causes(run) == []


def test_each_output_is_judged_by_itself():
    series = {
        "loss": [1.39, 0.9, 0.8],
        "a_loss": [0.69, 0.2, 0.1],
        "a_accuracy": [0.5, 0.9, 0.97],
        "b_loss": [0.6931, 0.6931, 0.6931],
        "b_accuracy": [0.5, 0.5, 0.5],
    }
    (run,) = judged(verbose2(**series))
    assert {each.output for each in run.causes} == {"b"}


def test_trainings_of_one_model_file_by_file():
    text = ""
    for start in (0.69, 0.52, 0.51, 0.5, 0.52):
        for epoch in (1, 2, 3):
            loss, accuracy = start * 0.6 ** (epoch - 1), 0.5 + epoch / 8
            text += f"Epoch {epoch}/3\n10/10 - 1s - loss: {loss:.4f} - acc: {accuracy:.4f}\n"
    runs = judged(text)
    assert len(runs) == 5
    assert [causes(run)[:1] for run in runs] == [[], [], [], [], ["fit-in-chunks"]]
