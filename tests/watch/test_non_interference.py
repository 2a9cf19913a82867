"""Some of the programs of bench/non_interference.py; the whole table takes minutes on each backend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "non_interference.py"

#: On every backend: what the examination could most easily change.
EVERYWHERE = [
    "PyDataset that draws, counts and looks at its class",
    "schedule that counts, prints and draws",
    "layer that counts, prints, keeps and draws",
]

#: On torch, which compiles nothing.
ON_TORCH = [
    "dropout, noise, batch statistics, split",
    "two outputs with weights of their losses",
    "moving average of the weights",
    "alternating training of a GAN",
    "train_step of its own that counts and draws",
    "in a thread of its own",
    "a callback that raises, caught",
    "DataLoader",
    "LearningRateScheduler that draws",
    "a callback that notes every hook, in order",
    "loss that counts in every way and prints",
    "metrics of the user's that count and print",
    "names and seeds of what is made after a fit",
    "warnings, logging, numpy's errors set by hand",
]


@pytest.mark.backend
def test_programs_come_out_the_same():
    backend = os.environ["KERAS_BACKEND"]
    names = EVERYWHERE + (ON_TORCH if backend == "torch" else [])
    asked = [word for name in names for word in ("--only", name)]
    command = [sys.executable, str(BENCH), *asked, backend]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{2 * len(names)} identical" in ended.stdout
