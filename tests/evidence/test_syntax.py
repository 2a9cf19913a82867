"""The user's source is parsed once, whatever it stands in."""

import ast
import json
import linecache
import warnings

from unstuck.evidence.syntax import parsed


def test_a_file_is_parsed_once_until_it_changes(tmp_path):
    file = tmp_path / "train.py"
    file.write_text("x = 1\n")
    first = parsed(file)
    assert parsed(str(file)) is first
    file.write_text("x = 1\ny = 2\n")
    assert len(parsed(file).body) == 2


def test_a_notebook_is_the_program_of_its_cells(tmp_path):
    cells = [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in ("x = 1", "y = 2")
    ]
    file = tmp_path / "train.ipynb"
    file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert [type(each) for each in parsed(file).body] == [ast.Assign, ast.Assign]


def test_what_was_typed_is_read_where_the_interpreter_keeps_it(monkeypatch):
    monkeypatch.setitem(linecache.cache, "<typed>", (6, None, ["x = 1\n"], "<typed>"))
    assert len(parsed("<typed>").body) == 1


def test_what_is_no_python_or_not_there_has_no_tree_and_nobody_is_warned(tmp_path):
    file = tmp_path / "train.py"
    file.write_text("x = = 1\n")
    assert parsed(file) is None
    assert parsed(tmp_path / "none.py") is None
    assert parsed("<nowhere>") is None
    file.write_text('pattern = "\\d"\n')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parsed(file) is not None
