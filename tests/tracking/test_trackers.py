"""One fit, logged to real trackers on this machine, and read back with their own readers."""

import ipaddress
import json
import random
import socket
from pathlib import Path

import numpy as np
import pytest

import unstuck
from unstuck.case.schema import Case

pytestmark = pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(320, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")
STEPS = 2 * 10


def fit(*callbacks):
    """A training that is stuck, from one seed; the model afterwards."""
    import keras

    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(8, activation="relu", name="hidden")
    answer = keras.layers.Dense(1, activation="softmax", name="answer")
    model = keras.Sequential([keras.Input((4,)), hidden, answer], name="tiny")
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, verbose=0, callbacks=list(callbacks))
    return model


class Logged:
    """The fit that all tests below read of."""


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def connected(patch):
    """Whereto this process opens connections."""
    seen, connect = [], socket.socket.connect

    def noted(self, address):
        if self.family != getattr(socket, "AF_UNIX", None):
            seen.append(address[0])
        return connect(self, address)

    patch.setattr(socket.socket, "connect", noted)
    return seen


@pytest.fixture(scope="module")
def mlflow_run(patch, tmp_path_factory):
    patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    import mlflow

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri((tmp_path_factory.mktemp("mlflow") / "mlruns").as_uri())
    with mlflow.start_run() as run:
        yield run
    mlflow.set_tracking_uri(before)


@pytest.fixture(scope="module")
def wandb_run(patch, tmp_path_factory):
    """An offline run without a key. pytest refuses to read from stdin, so a prompt would raise."""
    folder = tmp_path_factory.mktemp("wandb")
    for name in ("DIR", "DATA_DIR", "CACHE_DIR", "CONFIG_DIR", "ARTIFACT_DIR"):
        patch.setenv(f"WANDB_{name}", str(folder))
    for name, value in {"MODE": "offline", "SILENT": "true", "ERROR_REPORTING": "false"}.items():
        patch.setenv(f"WANDB_{name}", value)
    patch.delenv("WANDB_API_KEY", raising=False)
    import wandb

    run = wandb.init(project="unstuck", settings=wandb.Settings(console="off"))
    run.log({"loss": 1.0}, step=7)
    yield run
    run.finish()
    wandb.teardown()


@pytest.fixture(scope="module")
def logged(connected, mlflow_run, wandb_run, tmp_path_factory):
    held = Logged()
    held.folder = tmp_path_factory.mktemp("events") / "new"
    held.watch = unstuck.Watch(report=False, log=["mlflow", "wandb", held.folder])
    held.model = fit(held.watch)
    held.stream = random.random()
    held.run = held.watch.diagnosis.run
    return held


def test_weights_and_random_streams_are_those_of_a_plain_fit(logged):
    plain = fit()
    assert logged.stream == random.random()
    pairs = zip(plain.get_weights(), logged.model.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_tensorboard_reads_all_of_it(logged):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    events = EventAccumulator(str(logged.folder), size_guidance={"tensors": 0})
    events.Reload()

    def read(tag, plugin):
        assert events.SummaryMetadata(tag).plugin_data.plugin_name == plugin
        return {event.step: make_ndarray(event.tensor_proto) for event in events.Tensors(tag)}

    assert len(read("unstuck/batch_loss", "scalars")) == STEPS
    assert read("unstuck/learning_rate", "scalars")[1] == np.float32(0.001)
    # Later steps are looked at as far as their cost allows.
    for name in ("gradient_norm", "gradient_norm_by_layer/hidden", "update_ratio_by_layer/answer"):
        assert min(read(f"unstuck/{name}", "scalars")) == 1
    assert read("unstuck/causes", "scalars") == {STEPS: len(logged.run.causes)}
    weights = read("unstuck/weights/tiny/hidden/kernel", "histograms")
    assert [bins[:, 2].sum() for bins in weights.values()] == [32.0, 32.0]
    assert list(weights) == [0, STEPS]
    answers = [tag for tag in events.Tags()["tensors"] if tag.startswith("unstuck/answers/")]
    assert sum(read(tag, "histograms")[STEPS][:, 2].sum() for tag in answers) == 320
    assert b"stuck" in read("unstuck/status", "text")[STEPS].item()
    report = read("unstuck/report", "text")[STEPS].item().decode()
    assert "softmax-over-one-unit" in report
    assert all(not line or line.startswith("    ") for line in report.splitlines())


def test_a_second_fit_writes_a_file_of_its_own_beside_the_first(logged):
    before = {file.name: file.read_bytes() for file in logged.folder.iterdir()}
    fit(unstuck.Watch(report=False, log=logged.folder))
    after = {file.name: file.read_bytes() for file in logged.folder.iterdir()}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_mlflow_has_metrics_tags_and_files(logged, mlflow_run, tmp_path):
    from mlflow import MlflowClient

    client, run_id = MlflowClient(), mlflow_run.info.run_id
    data = client.get_run(run_id).data
    assert data.tags["unstuck.status"] == "stuck"
    assert data.tags["unstuck.cause"] == "softmax-over-one-unit"
    assert "softmax-over-one-unit" in data.tags["unstuck.headline"]
    assert data.metrics["unstuck/causes"] == len(logged.run.causes)
    losses = client.get_metric_history(run_id, "unstuck/batch_loss")
    assert [each.step for each in losses] == list(range(1, STEPS + 1))
    assert client.get_metric_history(run_id, "unstuck/gradient_norm_by_layer/hidden")
    files = Path(client.download_artifacts(run_id, "unstuck", str(tmp_path)))
    assert "softmax-over-one-unit" in (files / "report.txt").read_text()
    assert Case.load(files / "case.json").runs == logged.watch.diagnosis.case.runs
    assert (files / "report.html").read_text().startswith("<!doctype html>")
    held = {entry["name"]: entry for entry in json.loads((files / "histograms.json").read_text())}
    assert sum(held["weights/tiny/hidden/kernel"]["counts"]) == 32


def test_mlflow_keeps_a_second_fit_apart(logged, mlflow_run):
    from mlflow import MlflowClient

    fit(unstuck.Watch(report=False, log=True))
    client, run_id = MlflowClient(), mlflow_run.info.run_id
    assert client.get_run(run_id).data.tags["unstuck.fit2.status"] == "stuck"
    assert len(client.get_metric_history(run_id, "unstuck/batch_loss")) == STEPS
    paths = {file.path for file in client.list_artifacts(run_id, "unstuck/fit2")}
    assert "unstuck/fit2/report.txt" in paths


def test_wandb_has_figures_charts_and_files_and_its_step_is_the_users(logged, wandb_run):
    assert wandb_run.step == 7
    held = wandb_run.summary
    assert held["unstuck/status"] == "stuck"
    assert held["unstuck/cause"] == "softmax-over-one-unit"
    assert held["unstuck/causes"] == len(logged.run.causes)
    wandb_run.log({"loss": 0.5}, step=8, commit=True)
    assert held["loss"] == 0.5
    folder = Path(wandb_run.dir)
    for name in ("gradient_norm_by_layer", "update_ratio_by_layer", "batch_loss", "learning_rate"):
        chart = json.loads((folder / held[f"unstuck/{name}_table"]["path"]).read_text())
        assert chart["data"][0][0] == 1
    assert sum(held["unstuck/weights/tiny/hidden/kernel"]["values"]) == 32
    assert "softmax-over-one-unit" in (folder / "unstuck" / "report.txt").read_text()
    assert Case.load(folder / "unstuck" / "case.json").runs == logged.watch.diagnosis.case.runs
    assert (folder / held["unstuck/report"]["path"]).read_text().startswith("<!doctype html>")


def test_nothing_was_sent_anywhere(logged, connected):
    assert all(address == "localhost" or ipaddress.ip_address(address).is_loopback for address in connected)
