"""However its output ends, a run writes what it was asked for and gives the script's own status."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
import keras
import numpy as np
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
x = np.random.default_rng(0).normal(size=(64, 3))
model.fit(x, (x[:, 0] > 0).astype("int32"), epochs=2, verbose=0)
for _ in range(PRINTS):
    print("é", "x" * 200)
sys.exit(STATUS)
"""


#: `python -m onto OUTPUT MODULE ...` runs a module whose output is a pipe without a reader, or a full disk.
ONTO = """
import os
import runpy
import sys
_, output, module, *sys.argv[1:] = sys.argv
if output == "gone":
    reading, writing = os.pipe()
    os.close(reading)
else:
    writing = os.open("/dev/full", os.O_WRONLY)
os.dup2(writing, 1)
os.close(writing)
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def command(*options):
    return [sys.executable, "-m", "unstuck", "run", "--no-prove", "--json", "case.json", *options, "train.py"]


def written(folder, prints=0, status=0):
    (folder / "train.py").write_text(SCRIPT.replace("PRINTS", str(prints)).replace("STATUS", str(status)))


def run(*options, **given):
    environment = {**os.environ, **given.pop("env", {})}
    return subprocess.run(command(*options), env=environment, stderr=subprocess.PIPE, **given)


def run_onto(output, programs):
    """The exit status of the command in a fork whose output is one that takes nothing."""
    Path("onto.py").write_text(ONTO)
    return programs.status(["onto", output, *command()[2:]], Path.cwd())


def assert_whole(folder, page=True):
    case = json.loads((folder / "case.json").read_text())
    assert case["runs"][0]["causes"][0]["rule"] == "softmax-over-one-unit"
    assert (folder / "unstuck-report.html").exists() is page
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("status", [0, 3])
def test_a_reader_that_is_gone_costs_the_report_alone(here, programs, status):
    written(here, status=status)
    assert run_onto("gone", programs) == status
    assert_whole(here)


def test_a_full_disk_behind_the_output_costs_the_report_alone(here, programs):
    written(here)
    assert run_onto("full", programs) == 0
    assert_whole(here)


def test_an_output_without_utf_8_is_written_with_what_it_has(here):
    written(here)
    done = run(stdout=subprocess.PIPE, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert b"softmax-over-one-unit" in done.stdout
    assert_whole(here)


def test_a_file_that_does_not_fit_is_told_and_what_stood_there_is_as_before(here):
    written(here)
    (here / "case.json").write_text("before")

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    done = run("--no-html", stdout=subprocess.PIPE, preexec_fn=small)
    assert done.returncode == 2
    assert b"case.json could not be written" in done.stderr
    assert (here / "case.json").read_text() == "before"
    assert not [path.name for path in here.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("text", "behind", "told"),
    [
        ("print('ok')", ["--no-prove"], True),
        ("print('ok')", ["--budget=3", "--epochs", "3"], True),
        ("import argparse\nargparse.ArgumentParser().add_argument('--quiet')", ["--quiet"], False),
        ("quiet = True", ["--quiet"], False),
        ("print('ok')", ["--epochs", "3"], False),
    ],
)
def test_an_option_behind_the_script_is_said(here, text, behind, told):
    (here / "train.py").write_text(text)
    start = [sys.executable, "-m", "unstuck", "run", "--no-html", "train.py"]
    done = subprocess.run([*start, *behind], capture_output=True, text=True)
    name = behind[0].partition("=")[0]
    assert (f"unstuck: {name} stands behind train.py and is handed to it." in done.stderr) is told


def test_a_log_is_saved_though_nothing_can_take_its_report(here):
    (here / "log.csv").write_text("epoch,accuracy,loss\n0,0.5,0.69\n1,0.5,0.69\n2,0.5,0.69\n")
    start = [sys.executable, "-m", "unstuck", "log", "--json", "log.json", "log.csv"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe, Path("/dev/full").open("wb") as full:
        for stream in (pipe, full):
            done = subprocess.run(start, stdout=stream, stderr=subprocess.PIPE)
            assert (done.returncode, done.stderr) == (0, b"")
            assert json.loads((here / "log.json").read_text())["schema"] == "unstuck.case/1"
            (here / "log.json").unlink()
