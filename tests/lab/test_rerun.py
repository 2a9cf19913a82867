"""A model that only the script can build is tried by running the edited script again."""

import json
import os
import subprocess
import sys

import pytest

from unstuck.lab.arms import ArmTask
from unstuck.lab.recipe import UntreatableError
from unstuck.lab.rerun import Rerun, run_again

SCRIPT = """
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 5)).astype("float32")
y = (x[:, 0] > 0).astype("int64")


class Net(keras.Model):
    def __init__(self, body):
        super().__init__()
        self.body = body
        self.out = layers.Dense(1, activation="softmax")

    def call(self, x):
        return self.out(self.body(x))


model = Net(layers.Dense(8, activation="relu"))
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
with open("log.txt", "a") as file:
    file.write("run\\n")
model.fit(x, y, epochs=12, batch_size=16, verbose=0)
"""


def test_the_edited_script_is_run_again_and_writes_nothing(tmp_path):
    (tmp_path / "train.py").write_text(
        SCRIPT.replace('with open("log.txt", "a") as file:\n    file.write("run\\n")\n', "")
    )
    command = [
        sys.executable,
        "-m",
        "unstuck",
        "run",
        "--quiet",
        "--no-html",
        "--budget",
        "300",
        "--json",
        "case.json",
        "train.py",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    run = json.loads((tmp_path / "case.json").read_text())["runs"][0]
    assert run["causes"][0]["certainty"] == "confirmed"
    assert run["proof"]["healed_by"] == ["set-output-activation"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.json", "train.py"]


def test_a_trial_may_not_write(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    rerun = Rerun(script="train.py", folder=str(tmp_path), environment=dict(os.environ), backend="torch")
    with pytest.raises(UntreatableError, match="did not come to this fit"):
        run_again(rerun, ArmTask(seconds=600.0))
    assert not (tmp_path / "log.txt").exists()
