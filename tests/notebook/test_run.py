"""A notebook run from beginning to end as its user runs it: one real kernel for all of it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from unstuck.case.schema import Case

ROWS = """%config Completer.use_jedi = False
import sys
import numpy as np
assert "keras" not in sys.modules
import keras
from keras import layers

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
x = rng.normal(size=(256, 4)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
x.shape"""

TRAINING = """

model = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=3, verbose=0)
print("trained", flush=True)
print("to the error stream", file=sys.stderr)"""

WRONG = """def again():
    return model.fit(x, y[:3], verbose=0)

again()"""

CELLS = [
    new_markdown_cell("# A training"),
    new_code_cell(ROWS),
    new_markdown_cell("It does not learn."),
    new_code_cell(TRAINING),
    new_code_cell("!echo from the shell\nlen(In), sorted(Out)"),
    new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
    new_code_cell(WRONG),
    new_code_cell("print('not reached')"),
]
METADATA = {"kernelspec": {"name": "not-installed", "display_name": "Mine", "language": "python"}}


@dataclass(frozen=True)
class Ran:
    """What came of the notebook, and what its file held before and after."""

    status: int
    output: str
    errors: str
    case: dict[str, Any]
    written: Any
    untouched: bool
    files: list[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Ran:
    home = tmp_path_factory.mktemp("notebook")
    folder = home / "project"
    folder.mkdir()
    notebook = folder / "train.ipynb"
    nbformat.write(new_notebook(cells=CELLS, metadata=METADATA), notebook)
    before = notebook.read_bytes()
    environment = {**os.environ, "COLUMNS": "80", "IPYTHONDIR": str(home / "ipython")}
    environment.pop("FORCE_COLOR", None)
    options = ["--no-prove", "--no-html", "--json", "case.json", "--notebook", "told.ipynb"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "unstuck", "run", *options, "project/train.ipynb"],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (home / "case.json").exists(), done.stderr
    return Ran(
        status=done.returncode,
        output=done.stdout,
        errors=done.stderr,
        case=json.loads((home / "case.json").read_bytes()),
        written=nbformat.read(home / "told.ipynb", nbformat.NO_CONVERT),
        untouched=notebook.read_bytes() == before,
        files=sorted(str(each.relative_to(home)) for each in folder.rglob("*")),
    )


def test_its_fits_are_diagnosed_at_their_cells(ran):
    first, second = ran.case["runs"]
    assert ran.case["script"] == "project/train.ipynb"
    assert (first["status"], first["fit"]["cell"], first["fit"]["line"]) == ("stuck", 4, 5)
    (cause,) = first["causes"]
    assert (cause["rule"], cause["where"]["cell"], cause["where"]["line"]) == ("softmax-over-one-unit", 4, 3)
    assert (second["fit"]["cell"], second["fit"]["line"]) == (7, 2)
    assert not [each for each in first["not_checked"] if "its source" in each["reason"]]
    assert Path(first["fit"]["file"]).name == "train.ipynb"


def test_the_diff_is_of_the_cell(ran):
    diff = ran.case["runs"][0]["causes"][0]["remedies"][0]["diff"].splitlines()
    assert diff[:2] == ["--- a/project/train.ipynb (cell 4)", "+++ b/project/train.ipynb (cell 4)"]
    changed = [line for line in diff[3:] if line[0] in "+-"]
    assert [line[0] for line in changed] == ["-", "+"]
    assert 'activation="softmax"' in changed[0]
    assert 'activation="sigmoid"' in changed[1]


def test_it_is_told_as_a_script_is(ran):
    before, report = ran.output.split("unstuck: fit 1 of 2 at project/train.ipynb:cell 4:5", 1)
    assert " ".join(before.split()) == "(256, 4) trained from the shell (4, [1])"
    assert "softmax-over-one-unit at project/train.ipynb:cell 4:3" in report
    assert "unstuck: fit 2 of 2 at project/train.ipynb:cell 7:2" in report
    assert "Beside the cells: told.ipynb" in report


def test_the_first_cell_that_fails_ends_it(ran):
    assert ran.status == 1
    assert "ZeroDivisionError" in ran.errors
    assert ran.errors.index("ZeroDivisionError") < ran.errors.index("Data cardinality")
    assert "not reached" not in ran.output
    frames = [line for line in ran.errors.splitlines() if line.startswith(("File ", "Cell "))]
    assert frames
    assert not any(f"unstuck{os.sep}watch" in line for line in frames)


def test_nothing_else_is_said(ran):
    assert "to the error stream" in ran.errors
    assert "The notebook's kernel 'not-installed' is not installed here; python3 runs it." in ran.errors
    for noise in ("Kernel", "DeprecationWarning", "ResourceWarning", "Exception ignored"):
        assert noise not in ran.errors


def test_the_notebook_is_written_anew_with_the_findings_beside_its_cells(ran):
    nbformat.validate(ran.written)
    assert [cell.source for cell in ran.written.cells] == [cell.source for cell in CELLS]
    counts = [cell.execution_count for cell in ran.written.cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4, 5, None]
    kinds = {
        number: [each.output_type for each in cell.outputs]
        for number, cell in enumerate(ran.written.cells, start=1)
        if cell.cell_type == "code"
    }
    assert kinds[2] == ["execute_result"]
    assert (set(kinds[4][:-1]), kinds[4][-1]) == ({"stream"}, "display_data")
    assert (kinds[7], kinds[8]) == (["error", "display_data"], [])
    found = ran.written.cells[3].outputs[-1].data
    assert "softmax-over-one-unit" in found["text/plain"]
    assert "softmax-over-one-unit" in found["text/html"]
    assert "<script" not in found["text/html"]


def test_nothing_of_the_users_is_written(ran):
    assert ran.untouched
    assert ran.files == ["project/train.ipynb"]


def test_what_it_saved_can_be_told_again(ran, tmp_path):
    (tmp_path / "case.json").write_text(json.dumps(ran.case))
    where = Case.load(tmp_path / "case.json").runs[0].causes[0].where
    assert where is not None
    assert where.cell == 4
    for run in ran.case["runs"]:
        del run["fit"]["cell"]  # as older versions saved it
    (tmp_path / "case.json").write_text(json.dumps(ran.case))
    assert Case.load(tmp_path / "case.json").runs[0].fit.cell is None


def started(folder, *cells, options=()):
    """`unstuck run` of a notebook with these cells, still running."""
    nodes = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    nbformat.write(nodes, folder / "train.ipynb")
    return subprocess.Popen(
        [sys.executable, "-m", "unstuck", "run", *options, "train.ipynb"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "IPYTHONDIR": str(folder / "ipython")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_diagnosis_is_told_before_the_remedies_are_tried(tmp_path):
    stuck = [cell.source for cell in CELLS if cell.cell_type == "code"][:3]
    running = started(tmp_path, *stuck, options=["--budget", "6", "--no-html"])
    output, errors = running.communicate()
    before, tried = " ".join(output.split()).split("The remedies are tried now, for at most 6 s of work.")
    assert "Proved: softmax-over-one-unit at train.ipynb:cell 2:3" in before
    assert "Change train.ipynb (cell 2) (set-output-activation):" in before
    assert "softmax-over-one-unit" in tried
    assert "Change train.ipynb" not in tried
    assert "unstuck: training " in errors


def test_ctrl_c_interrupts_the_cell(tmp_path):
    running = started(tmp_path, "import threading\nprint('ready', flush=True)\nthreading.Event().wait()", "2")
    assert running.stdout.readline() == "ready\n"
    running.send_signal(signal.SIGINT)
    output, errors = running.communicate()
    assert running.returncode == 130, errors
    assert "KeyboardInterrupt" in errors
    assert "The notebook ended with the error above" in " ".join(output.split())


def test_a_kernel_that_dies_is_said(tmp_path):
    done = started(tmp_path, "'first'", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "'last'")
    output, errors = done.communicate()
    assert done.returncode == 1, errors
    assert output.startswith("'first'\n")
    assert "The notebook's kernel died in cell 2, killed by signal 9" in " ".join(output.split())
    assert "Traceback" not in errors
