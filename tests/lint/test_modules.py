"""A model that stands in another file of the project than the one that trains it."""

import pytest
from click.testing import CliRunner

from unstuck.cli import main
from unstuck.lint.check import check
from unstuck.lint.files import read
from unstuck.lint.settings import Settings

NET = """import keras
from keras import layers


def build(units):
    return keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(units, activation="softmax")])
"""
TRAIN = """{imports}
model = build({units})
model.compile(loss="{loss}", optimizer="adam")
model.fit(x, y)
"""


def said(folder, imports, units=1, loss="binary_crossentropy", **files):
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    at = folder / "train.py"
    at.write_text(TRAIN.format(imports=imports, units=units, loss=loss))
    found = [each.record for each in check(read(at), Settings()).found]
    return [(each.rule, each.file, each.line) for each in found]


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("from net import build", "net"),
        ("from .net import build", "net"),
        ("from models.net import build", "models__net"),
    ],
)
def test_the_model_is_read_where_it_stands(here, imports, name):
    (rule, file, line), *more = said(here, imports, **{name: NET})
    assert (rule, line, more) == ("softmax-over-one-unit", 6, [])
    assert file.endswith(name.replace("__", "/") + ".py")


def test_a_model_that_is_well_is_quiet_and_a_module_alone_too(here):
    assert said(here, "from net import build", units=3, loss="categorical_crossentropy", net=NET) == []
    assert check(read(here / "net.py"), Settings()).found == []


def test_what_stands_in_a_file_that_two_others_train_is_told_once(here):
    said(here, "from net import build", net=NET)
    (here / "again.py").write_text((here / "train.py").read_text())
    told = CliRunner().invoke(main, ["lint", "again.py", "train.py"]).output
    assert told.count("softmax-over-one-unit (proved)") == 1
    assert "1 finding in 2 files (2 trainings read)" in told


def test_a_module_is_read_and_never_run(here):
    planted = "import pathlib\npathlib.Path('ran').write_text('ran')\n" + NET
    assert len(said(here, "from net import build", net=planted)) == 1
    assert not (here / "ran").exists()


@pytest.mark.parametrize("text", ["def broken(", "\x00", "from train import x\nfrom net import y\n" + NET])
def test_a_module_that_cannot_be_read_or_imports_in_a_circle_ends_nothing(here, text):
    said(here, "from net import build", net=text)


def test_the_line_of_the_other_file_is_shown_and_its_comment_allows(here):
    said(here, "from net import build", net=NET)
    told = CliRunner().invoke(main, ["lint", "train.py"]).output
    assert "net.py:6:66: softmax-over-one-unit (proved)" in told
    assert "6 |     return keras.Sequential(" in told
    allowed = NET.replace('"softmax")])', '"softmax")])  # unstuck: allow[softmax-over-one-unit]')
    assert said(here, "from net import build", net=allowed) == []
