"""What is not active stays alone, and what fails costs a line: training and diagnosis go on."""

import sys
from dataclasses import replace

import numpy as np
import pytest

import unstuck
from unstuck.case.schema import Case, RunRecord
from unstuck.tracking.log import TRACKERS, log_fit
from unstuck.tracking.wanted import NAMES, wanted
from unstuck.watch.observation import Observation


@pytest.fixture(autouse=True)
def not_imported(monkeypatch):
    """As in a program that never imported them."""
    for name in ("mlflow", "wandb"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def fit(log, *callbacks):
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    watch = unstuck.Watch(report=False, log=log)
    model.fit(np.ones((8, 2), "float32"), np.ones(8, "float32"), verbose=0, callbacks=[*callbacks, watch])
    return watch.diagnosis


def test_without_anything_active_one_line_says_what_to_do(capsys):
    assert fit(True) is not None
    said = capsys.readouterr().err
    assert said.count("unstuck:") == said.count("\n") == 1
    assert "log=True found nothing to log to" in said
    for hint in ("keras.callbacks.TensorBoard", "mlflow.start_run()", "wandb.init("):
        assert hint in said
    assert not {"mlflow", "wandb"} & sys.modules.keys()


def test_unasked_nothing_is_said_imported_or_written(capsys, here):
    fit(False)
    assert capsys.readouterr().err == ""
    assert list(here.iterdir()) == []
    assert not {"mlflow", "wandb"} & sys.modules.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_tracker_that_was_named_and_is_not_active_gets_a_line(name, capsys):
    assert log_fit(Observation(model=None, arguments={}), Case(runs=[RunRecord()]), wanted(name)) == ""
    said = capsys.readouterr().err
    assert said.startswith(f"unstuck: nothing was logged to {TRACKERS[name].title}: ")
    assert said.count("\n") == 1


def test_a_folder_that_cannot_be_written_costs_a_line(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert fit(tmp_path / "file" / "below") is not None
    said = capsys.readouterr().err
    assert said.startswith("unstuck: logging to TensorBoard failed (NotADirectoryError")
    assert said.count("\n") == 1


def test_without_the_package_a_line_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    assert fit(tmp_path / "events") is not None
    assert "pip install tensorboard" in capsys.readouterr().err
    assert not (tmp_path / "events").exists()


def test_the_folder_is_beside_those_of_the_tensorboard_callback(tmp_path):
    import keras

    find = TRACKERS["tensorboard"].find
    callback = keras.callbacks.TensorBoard(tmp_path / "logs")
    assert find([keras.callbacks.History(), callback]) == tmp_path / "logs" / "unstuck"
    assert find([keras.callbacks.History()]) is None


def test_a_folder_in_the_cloud_is_left_alone(capsys):
    import keras

    arguments = {"callbacks": [keras.callbacks.TensorBoard("gs://bucket/logs")]}
    seen = Observation(model=None, arguments=arguments)
    assert log_fit(seen, Case(runs=[RunRecord()]), wanted(True)) == ""
    said = capsys.readouterr().err
    assert "gs://bucket/logs is not on this machine" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ConnectionError("no route\nto <host>"),
            "logging to MLflow failed (ConnectionError: no route to <host>)",
        ),
        (KeyboardInterrupt(), "logging was interrupted; the diagnosis stands"),
    ],
)
def test_a_server_that_is_gone_costs_a_line(error, said, capsys, monkeypatch):
    def gone(_run, _record):
        raise error

    monkeypatch.setitem(
        TRACKERS, "mlflow", replace(TRACKERS["mlflow"], find=lambda _callbacks: 1, write=gone)
    )
    assert fit("mlflow") is not None
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
