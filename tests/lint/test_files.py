"""Which files are read, and what becomes of encodings, notebooks and settings."""

import json

import pytest

from unstuck.lint.check import check
from unstuck.lint.files import FilesError, found, read, text_of
from unstuck.lint.settings import Settings, SettingsError, allowed, settings

BROKEN = """import keras
from keras import layers

model = keras.Sequential([layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
"""


def told(path, chosen=None):
    results, problem, *_ = check(read(path), chosen or Settings())
    assert problem == ""
    return [each.record for each in results]


def test_folders_are_walked_without_what_gitignore_leaves_out(tmp_path):
    inside = ("data/d.py", "keep/e.py", "keep/f.py", ".hidden/g.py", "venv/h.py")
    for name in ("a.py", "b.txt", "c.ipynb", *inside):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text("data/\n")
    (tmp_path / "keep" / ".gitignore").write_text("f.py\n")
    names = [path.relative_to(tmp_path).as_posix() for path in found([str(tmp_path)], ["c.*"])]
    assert names == ["a.py", "keep/e.py"]


def test_a_gitignore_above_the_folder_counts(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / ".gitignore").write_text("src/made.py\n")
    for name in ("made.py", "own.py"):
        (tmp_path / "src" / name).write_text("")
    assert [path.name for path in found([str(tmp_path / "src")])] == ["own.py"]


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path):
    (tmp_path / "train").write_text(BROKEN)
    paths = list(found([str(tmp_path / "train"), str(tmp_path / "train")]))
    assert [each.rule for path in paths for each in told(path)] == ["softmax-over-one-unit"]


def test_a_path_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FilesError, match="does not exist"):
        list(found([str(tmp_path / "nothing.py")]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"# -*- coding: klingon -*-\n", "encoding"),
        ("model = 'é'".encode("latin-1"), "encoding"),
        (b"import keras\nmodel = (\n", "no valid Python (line"),
        (b"import keras\0\n", "null bytes"),
        (b"import keras\n" + b"(" * 10_000 + b"\n", "no valid Python"),
    ],
)
def test_what_cannot_be_read_is_said(data, reason):
    results, problem, *_ = check(text_of("x.py", data), Settings())
    assert results == []
    assert reason in problem


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252"])
def test_declared_encodings_are_read_and_columns_count_characters(encoding):
    head = "" if encoding == "utf-8-sig" else f"# -*- coding: {encoding} -*-\n"
    text = head + BROKEN.replace("model = ", 'é = "é"; model = ')
    results, *_ = check(text_of("x.py", text.encode(encoding)), Settings())
    line = text.split("\n")[results[0].record.line - 1]
    assert line[results[0].record.column - 1 :].startswith('layers.Dense(1, activation="softmax")')


def notebook(tmp_path, *cells):
    path = tmp_path / "train.ipynb"
    sources = [{"cell_type": "code", "source": cell} for cell in cells]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "# keras"}, *sources]}))
    return path


def test_a_notebook_is_read_over_its_cells(tmp_path):
    path = notebook(
        tmp_path,
        "%matplotlib inline\n!pip install keras\nimport keras\nfrom keras import layers",
        "%%bash\necho (",
        ["model = keras.Sequential()\n", "for _ in range(2):\n", "    !ls\n", "keras?\n"],
        'model.add(layers.Dense(1, activation="softmax"))\n'
        'model.compile("adam", "binary_crossentropy")\nmodel.fit(x, y)',
    )
    (finding,) = told(path)
    assert (finding.rule, finding.cell, finding.line, finding.column) == ("softmax-over-one-unit", 5, 1, 11)
    assert finding.fix.diff is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 3}', "no json", '{"cells": [1]}'])
def test_what_is_no_notebook_is_said(tmp_path, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    assert "no notebook" in read(path).problem


def test_comments_allow_a_rule_on_their_line():
    assert allowed("x = 1  # unstuck: allow[a-b, c]\ny\n#unstuck:allow[d]") == {1: {"a-b", "c"}, 3: {"d"}}


def test_an_allowed_finding_is_left_out(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(BROKEN.replace('"softmax")])', '"softmax")])  # unstuck: allow[softmax-over-one-unit]'))
    assert told(path) == []


def test_settings_come_from_pyproject_and_the_call(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.unstuck]\nignore = ["dead-relu"]\nexclude = ["old/"]\n'
        '[tool.unstuck.per-file-ignores]\n"legacy/*.py" = ["softmax-over-one-unit"]\n'
    )
    (tmp_path / "legacy").mkdir()
    chosen = settings(tmp_path / "legacy", ignore=["class-imbalance"])
    assert chosen.ignore == {"dead-relu", "class-imbalance"}
    assert chosen.exclude == ("old/",)
    assert not chosen.wants("softmax-over-one-unit", str(tmp_path / "legacy" / "a.py"))
    assert chosen.wants("softmax-over-one-unit", str(tmp_path / "a.py"))
    assert not settings(tmp_path, select=["relu-output"]).wants("softmax-over-one-unit", "a.py")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.unstuck]\nselect = ["softmax-over-1-unit"]', "Did you mean softmax-over-one-unit"),
        ("[tool.unstuck]\nselekt = []", "selekt"),
        ('[tool.unstuck]\nselect = "all"', "select"),
        ("[tool.unstuck", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_followed_are_said(tmp_path, text, said):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        settings(tmp_path)
