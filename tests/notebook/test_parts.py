"""The parts of running a notebook that need no kernel."""

import json
import subprocess
import sys

import msgspec
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes

from unstuck.case.recording import where, write
from unstuck.case.schema import Case, RunRecord, Where
from unstuck.evidence.cells import cell_at, diff_by_cell, program, program_of
from unstuck.evidence.facts import Place
from unstuck.evidence.source import SourceReader
from unstuck.judgement.findings import propose
from unstuck.notebook.kernel import matching
from unstuck.notebook.plan import SEEN, DiagnosedFit, NotebookDiagnosis, so_far
from unstuck.notebook.writing import is_ours, with_findings, write_notebook

CELLS = [
    new_markdown_cell("# Title"),
    new_code_cell("%matplotlib inline\nfrom keras import layers\nimport keras"),
    new_code_cell("if unfinished"),
    new_code_cell('\nmodel = keras.Sequential([layers.Dense(1, activation="softmax")])\n!ls'),
    new_code_cell("%%bash\nls"),
    new_code_cell("model.fit(x, y)"),
]


@pytest.fixture
def file(here):
    (here / "train.ipynb").write_text(writes(new_notebook(cells=CELLS)))
    return str(here / "train.ipynb")


def test_lines_of_the_program_are_lines_of_cells(file):
    held = program_of(file)
    assert held is not None
    lines = held.text.splitlines()
    assert lines[0] == "pass"
    assert held.written[0] == "%matplotlib inline"
    at = next(number for number, line in enumerate(lines, start=1) if "Dense" in line)
    assert cell_at(file, at) == (4, 2)
    assert where(Place(file=file, line=at)) == Where(file, 2, 4)
    assert cell_at(file, len(lines)) == (6, 1)
    assert cell_at(file, 99) == (None, 99)
    assert cell_at("train.py", 3) == (None, 3)


def test_a_remedy_is_written_over_cells_and_shown_in_its_own(file):
    lines = program_of(file).text.splitlines()
    at = Place(file=file, line=next(n for n, line in enumerate(lines, start=1) if "Dense" in line))
    written = write(propose("set-output-activation", at=at, activation="sigmoid"), SourceReader(main=file))
    assert written.diff == (
        "--- a/train.ipynb (cell 4)\n+++ b/train.ipynb (cell 4)\n@@ -1,3 +1,3 @@\n \n"
        '-model = keras.Sequential([layers.Dense(1, activation="softmax")])\n'
        '+model = keras.Sequential([layers.Dense(1, activation="sigmoid")])\n'
        " !ls\n"
    )


def test_what_has_to_be_changed_by_hand_is_told_with_its_cell(file):
    lines = program_of(file).text.splitlines()
    written = write(
        propose("set-output-activation", at=Place(file=file, line=len(lines)), activation="sigmoid"),
        SourceReader(main=file),
    )
    assert written.diff is None
    assert "by hand at train.ipynb:cell 6:1" in written.says


def test_lines_that_come_between_two_cells_begin_the_second(file):
    before = program_of(file).text
    diff = diff_by_cell(file, "train.ipynb", before, before.replace("model.fit", "order = 1\nmodel.fit"))
    assert diff.splitlines()[0] == "--- a/train.ipynb (cell 6)"
    assert diff.splitlines()[3:] == ["+order = 1", " model.fit(x, y)"]
    assert diff_by_cell(file, "train.ipynb", before, before) == ""
    last = diff_by_cell(file, "train.ipynb", before, before + "more()\n")
    assert last.splitlines()[3:] == [" model.fit(x, y)", "+more()"]


def test_a_notebook_without_code_has_no_lines():
    assert program(json.dumps({"cells": []}).encode()).cells == ()


@pytest.mark.parametrize(
    ("compiled", "written", "lines"),
    [
        ("a\nb\nc", "a\nb\nc", [0, 1, 2]),
        ("a\nb", "\n\na\nb", [2, 3]),
        ("get_ipython().system('ls')\nb", "!ls\nb", [0, 1]),
        ("if x:\n    get_ipython().system('a b')\nfit()", "if x:\n    !a \\\n    b\nfit()", [0, 1, 3]),
        ("more\nlines\nthan", "one", [0, 0, 0]),
    ],
)
def test_what_ipython_makes_of_a_cell_is_found_in_it(compiled, written, lines):
    assert matching(compiled.split("\n"), written.split("\n")) == lines


def test_neither_side_imports_what_is_the_others():
    code = (
        "import sys, unstuck.notebook.kernel, unstuck.notebook.command\n"
        "heavy = {'keras', 'IPython', 'nbclient', 'nbformat', 'zmq', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_a_dying_kernel_said_last_is_left_out(tmp_path):
    assert so_far(tmp_path).case.runs == []
    line = msgspec.json.encode(DiagnosedFit(3, RunRecord(headline="Stuck.")))
    (tmp_path / SEEN).write_bytes(line + b"\n" + line[:20])
    told = so_far(tmp_path)
    assert [run.headline for run in told.case.runs] == ["Stuck."]
    assert told.cells == [3]


def executed():
    """A notebook that trained three times in one cell, twice with the same end."""
    cell = new_code_cell("fit()", execution_count=1)
    cell.outputs = [new_output("stream", name="stdout", text=text) for text in ("a", "b")]
    runs = [RunRecord(headline=f"Run {name} is stuck.", status="stuck") for name in ("one", "one", "two")]
    runs[2] = msgspec.structs.replace(runs[2], status="diverged")
    return new_notebook(cells=[new_markdown_cell("x"), cell]), NotebookDiagnosis(
        case=Case(runs=runs), cells=[2, 2, 2]
    )


def test_findings_stand_below_what_the_cell_put_out():
    nodes, told = executed()
    written = with_findings(nodes, told)
    nbformat.validate(written)
    outputs = written.cells[1].outputs
    assert [each.output_type for each in outputs] == ["stream", "display_data", "display_data"]
    assert outputs[0].text == "ab"
    assert "Run one is stuck." in outputs[1].data["text/plain"]
    assert "Run two is stuck." in outputs[2].data["text/plain"]
    assert len(nodes.cells[1].outputs) == 2


def test_only_what_is_as_unstuck_wrote_it_is_written_again(here):
    written = with_findings(*executed())
    wanted = here / "told.ipynb"
    assert write_notebook(written, wanted) == (wanted, "")
    assert is_ours(wanted)
    assert write_notebook(written, wanted) == (wanted, "")
    changed = nbformat.read(wanted, nbformat.NO_CONVERT)
    changed.cells[0].source = "my own words"
    nbformat.write(changed, wanted)
    file, why = write_notebook(written, wanted)
    assert file == here / "told-2.ipynb"
    assert "left alone" in why
    assert "my own words" in wanted.read_text()
    (here / "other.ipynb").write_text("{}")
    assert write_notebook(written, here / "other.ipynb")[0] == here / "other-2.ipynb"
    assert sorted(each.name for each in here.iterdir()) == [
        "other-2.ipynb",
        "other.ipynb",
        "told-2.ipynb",
        "told.ipynb",
    ]
