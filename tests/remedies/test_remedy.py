"""The catalogue of remedies, and how a diff is written."""

import re
import shutil
import subprocess

import pytest
from writing import edited, place, record

from unstuck.case.recording import write
from unstuck.evidence.facts import Place
from unstuck.evidence.source import SourceReader
from unstuck.judgement.findings import propose
from unstuck.remedies.remedy import catalogue

SAMPLE = {
    "activation": "relu",
    "batch_size": 8,
    "by": -1,
    "clipnorm": 1.0,
    "divisor": 255.0,
    "epochs": 20,
    "factor": 255.0,
    "initialiser": "he_normal",
    "input_dim": 9,
    "kind": "cosine",
    "layer": "normalization",
    "mode": "max",
    "monitor": "val_accuracy",
    "loss": "mse",
    "metrics": ("mae",),
    "momentum": 0.9,
    "patience": 3,
    "penalty": 1e-4,
    "rate": 0.1,
    "replace": "accuracy",
    "steps": 5,
    "text": "Collect more rows.",
    "threshold": 0.5,
    "units": 4,
    "updates": 300,
    "value": 0.01,
    "weights": ((0, 1.0), (1, 2.0)),
}


@pytest.mark.parametrize("remedy", catalogue().values(), ids=catalogue())
def test_every_remedy_has_a_page_and_speaks_plainly(remedy):
    assert remedy.change.__module__.rpartition(".")[2] == remedy.name.replace("-", "_")
    assert "What it changes:" in remedy.page
    assert "When it helps:" in remedy.page
    says = remedy.says(SAMPLE)
    assert re.match(r"[A-Z].*\.$", says)
    assert "!" not in says


@pytest.mark.parametrize("name", [name for name in catalogue() if name != "advise"])
def test_no_remedy_edits_what_is_not_placed_or_builds_several_objects(name):
    text = "for n in 8, 4:\n    x = Dense(n)(x)\n"
    shared = Place(file="train.py", line=2, end_line=2, column=8, end_column=16, shared=True)
    for at in (None, shared, Place(file="train.py", line=1), Place(file="train.py", line=99)):
        written = record(name, text, at, **SAMPLE)
        assert written.diff is None
        assert " by hand" in written.says
        assert written.says.endswith(".")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("print 'hello'\nm.fit(x, y)\n", "the file is no valid Python (line 1)"),
        ("", "the file is empty"),
    ],
)
def test_source_that_cannot_be_read_gives_no_diff(text, why):
    written = record("train-longer", text, Place(file="train.py", line=2), epochs=9)
    assert written.diff is None
    assert written.says == f"Train for 9 epochs. Change the number of epochs by hand at train.py:2: {why}."


def test_advice_is_said_as_it_is():
    written = write(propose("advise", text="Collect {more} rows."), SourceReader())
    assert written.diff is None
    assert written.says == "Collect {more} rows."


def test_a_missing_file_and_a_notebook_cell_are_told():
    for file, why in (
        ("gone/train.py", "the file cannot be read (No such file or directory)"),
        ("<ipython-input-3-0b>", "it stands in a notebook cell or a prompt, not in a file"),
    ):
        written = write(propose("train-longer", at=Place(file=file, line=2), epochs=9), SourceReader())
        assert written.diff is None
        assert written.says.endswith(f"by hand at {file}:2: {why}.")


def test_a_place_with_a_line_alone_serves_when_one_call_can_be_meant():
    text = "a = 1\nx = Dense(1, activation='softmax')(Flatten()(x))\n"
    by_line = Place(file="train.py", line=2)
    assert edited("set-output-activation", text, by_line, activation="sigmoid") == text.replace(
        "softmax", "sigmoid"
    )
    two = "x = Dense(1)(Dense(8)(x))\n"
    written = record("set-output-activation", two, Place(file="train.py", line=1), activation="sigmoid")
    assert "several calls on this line could be meant" in written.says


PATCHES = {
    "plain": ("import os\n\n\ndef f():\n    m.fit(x, y, epochs=3)\n", "m.fit(x, y, epochs=3)"),
    "no newline at the end": ("m.fit(x, y, epochs=3)", "m.fit(x, y, epochs=3)"),
    "Windows lines": ("a = 1\r\nm.fit(x, y, epochs=3)\r\nb = 2\r\n", "m.fit(x, y, epochs=3)"),
    "form feed and odd separators": (
        "a = '\u2028'\n\x0c\nm.fit(x, y, epochs=3)\nb = 2\n",
        "m.fit(x, y, epochs=3)",
    ),
    "byte order mark": ("\ufeffm.fit(x, y, epochs=3)\n", "m.fit(x, y, epochs=3)"),
    "other letters": ("größe = 'é'; m.fit(größe, y, epochs=3)\n", "m.fit(größe, y, epochs=3)"),
}


@pytest.mark.skipif(shutil.which("patch") is None, reason="the program patch is not installed")
@pytest.mark.parametrize("name", ["train.py", "my scripts/train it.py"])
@pytest.mark.parametrize(("text", "at"), PATCHES.values(), ids=PATCHES)
def test_the_diff_applies_with_patch(tmp_path, monkeypatch, text, at, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    where = place(text.removeprefix("\ufeff"), at, str(path))
    written = write(propose("train-longer", at=where, epochs=40), SourceReader())
    assert written.diff.startswith(f"--- a/{name}")
    assert path.read_bytes() == text.encode()
    subprocess.run(["patch", "-p1", "--silent"], input=written.diff.encode(), check=True, cwd=tmp_path)
    assert path.read_bytes() == text.replace("epochs=3", "epochs=40").encode()


@pytest.mark.skipif(shutil.which("patch") is None, reason="the program patch is not installed")
def test_one_diff_for_two_files_applies_with_patch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head, fit = tmp_path / "head.py", tmp_path / "train.py"
    head.write_text("x = Dense(1, 'softmax')(x)\n")
    fit.write_text("m.fit(x, y)\n")
    more = propose("train-longer", at=place(fit.read_text(), "m.fit(x, y)", "train.py"), epochs=9)
    at = place(head.read_text(), "Dense(1, 'softmax')", "head.py")
    written = write(
        propose("set-output-activation", at=at, also=(more,), activation="sigmoid"), SourceReader()
    )
    subprocess.run(["patch", "-p1", "--silent"], input=written.diff.encode(), check=True, cwd=tmp_path)
    assert head.read_text() == "x = Dense(1, 'sigmoid')(x)\n"
    assert fit.read_text() == "m.fit(x, y, epochs=9)\n"


def test_a_file_in_another_encoding_is_edited_where_the_diff_is_plain(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for far, plain in (("\n" * 9, True), ("\n", False)):
        (tmp_path / "t.py").write_bytes(f"# coding: latin-1\n# größe{far}m.fit(x, y)\n".encode("latin-1"))
        line = far.count("\n") + 2
        written = write(propose("train-longer", at=Place(file="t.py", line=line), epochs=9), SourceReader())
        assert (written.diff is not None) == plain


LAYOUTS = [
    "{call}",
    "  {call}  ",
    "h = {call}",
    "h = ( {call} )",
    "h = [{call},\n  2]",
    "h = f(a, (\n{call}), b)",
    "if 1:\n\tif 2:\n\t\th = {call}",
    "try: h = {call}\nfinally: pass",
    "@d({call})\ndef f(): ...",
    "h = [{call} for _ in '']",
    "h = '🙂' + g({call}) # 🙂",
    "h = {call}.history; print(h)",
    "class A:\n    def f(self):\n        '''é'''\n        return {call}",
    "async def f():\n    await g({call})",
    "a = 1; b = {call}",
    "with a as b, {call} as c:\n    pass",
]
CALLS = [
    ("m.fit(x, y, epochs=3)", "m.fit(x, y, epochs=41)"),
    ("m.fit( x,y , epochs = 3 )", "m.fit( x,y , epochs = 41 )"),
    ("m\\\n .fit(x, y, epochs=3)", "m\\\n .fit(x, y, epochs=41)"),
    ("build(\n  1\n).fit(x,\n y, epochs=(3))", "build(\n  1\n).fit(x,\n y, epochs=(41))"),
    ("m.fit(x, y, 32, 3,)", "m.fit(x, y, 32, 41,)"),
    ("m.fit(x, y, **{})", None),
    ("m.fit(x, y,)", "m.fit(x, y, epochs=41,)"),
    ("m.fit(x=x, y = '(')", "m.fit(x=x, y = '(', epochs = 41)"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("call", "after"), CALLS)
def test_odd_layout_is_kept(layout, call, after):
    def lines(code):
        return layout.strip().format(call=code) + "\n"

    expected = None if after is None else lines(after)
    assert edited("train-longer", lines(call), call, epochs=41) == expected
