"""What is said before anything of a notebook is run."""

import importlib.util
import json

import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook, writes

from unstuck.case.proofs import ChangeRecord, RemedyRecord
from unstuck.case.schema import Case, CauseRecord, RunRecord, Where
from unstuck.cli import main
from unstuck.evidence.source import digest


def called(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def notebook(folder, name="train.ipynb", source="1 + 1", **metadata):
    path = folder / name
    path.write_text(writes(new_notebook(cells=[new_code_cell(source)], metadata=metadata)))
    return path


def refused(*arguments):
    """What was said, on one line; the call is a wrong one."""
    done = called(*arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    return " ".join(done.output.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no json", "not readable as JSON"),
        ("[]", "names no notebook format"),
        ('{"nbformat": 3, "worksheets": []}', "format 3"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
            "no valid notebook",
        ),
    ],
)
def test_what_is_no_notebook(here, text, said):
    (here / "x.ipynb").write_text(text)
    assert said in refused("run", "x.ipynb")


def test_another_language(here):
    notebook(here, kernelspec={"name": "ir", "display_name": "R", "language": "R"})
    assert "is written in R" in refused("run", "train.ipynb")


def test_a_kernel_of_another_language(here, monkeypatch):
    folder = here / "kernels" / "julia-1"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": ["x"], "display_name": "J", "language": "julia"}))
    monkeypatch.setenv("JUPYTER_PATH", str(here))
    notebook(here, kernelspec={"name": "julia-1", "display_name": "J"})
    assert "whose language is julia" in refused("run", "train.ipynb")


def test_arguments_behind_it(here):
    notebook(here)
    assert "takes no arguments, and '--epochs'" in refused("run", "train.ipynb", "--epochs", "3")


def test_the_notebook_itself_as_the_one_to_write(here):
    before = notebook(here).read_bytes()
    (here / "link.ipynb").symlink_to("train.ipynb")
    for name in ("train.ipynb", "link.ipynb"):
        assert "never overwritten" in refused("run", "--notebook", name, "train.ipynb")
    assert (here / "train.ipynb").read_bytes() == before
    assert "ends with .ipynb" in refused("run", "--notebook", "x.html", "train.ipynb")


def test_a_notebook_to_write_beside_a_script(here):
    (here / "train.py").write_text("print('run')")
    assert "for notebooks" in refused("run", "--notebook", "x.ipynb", "train.py")


def test_what_is_not_installed(here, monkeypatch):
    notebook(here)
    original = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "nbclient" else original(name, *more)
    )
    said = refused("run", "train.ipynb")
    assert "needs nbclient, which is not installed" in said
    assert "unstuck[notebook]" in said


@pytest.mark.parametrize("verb", [("fix",), ("experiment", "learning-rate-range")])
def test_verbs_that_take_scripts_only(here, verb):
    notebook(here)
    assert "does not take notebooks yet" in refused(*verb, "train.ipynb")


def test_a_diagnosed_notebook_is_not_fixed(here):
    path = notebook(here, source='layers.Dense(1, activation="softmax")')
    change = ChangeRecord(
        remedy="set-output-activation", at={"file": str(path), "line": 1}, values={"activation": "sigmoid"}
    )
    remedy = RemedyRecord(name="set-output-activation", says="Do.", diff="a diff", changes=[change])
    cause = CauseRecord(
        rule="softmax-over-one-unit",
        certainty="confirmed",
        impact="blocks",
        where=Where(str(path), 1, 1),
        remedies=[remedy],
    )
    run = RunRecord(status="stuck", causes=[cause], sources={str(path): digest(str(path))})
    Case(script="train.ipynb", runs=[run]).save(here / "case.json")
    before = path.read_bytes()
    done = called("fix", "case.json", "--write")
    assert done.exit_code == 1
    assert "is a notebook, which unstuck does not write" in " ".join(done.output.split())
    assert path.read_bytes() == before
