"""No process of a diagnosis or of its proof imports a framework that the program does not use."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

PROGRAM = """
import keras
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(200, 8)).astype("float32")
model = keras.Sequential([keras.layers.Dense(1, activation="softmax")])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x, (x[:, 0] > 0).astype("float32"), epochs=4, verbose=0)
"""

#: Loaded by every process of Python before anything else: notes what it imports. Parts of the packages, as
#: some libraries ask where a package is without importing it.
NOTING = """
import os
import sys


class Noting:
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow.python", "torch.nn"):
            with open(os.environ["NOTED"], "a") as file:
                file.write(f"{name} {os.getpid()}\\n")


sys.meta_path.insert(0, Noting())
"""


def test_tensorflow_is_left_alone_where_nobody_imports_it(tmp_path):
    if find_spec("tensorflow") is None:
        pytest.skip("NOT TESTED: tensorflow is not installed")
    (tmp_path / "sitecustomize.py").write_text(NOTING)
    (tmp_path / "train.py").write_text(PROGRAM)
    noted = tmp_path / "noted.txt"
    ran = subprocess.run(
        [sys.executable, "-m", "unstuck", "run", "--budget", "10", "--no-html", "train.py"],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": str(tmp_path), "NOTED": str(noted)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    imported = [line.split() for line in noted.read_text().splitlines()]
    assert (
        len({process for name, process in imported if name == "torch.nn"}) > 1
    )  # the script's and those of trials
    assert not [name for name, _ in imported if name == "tensorflow.python"]
