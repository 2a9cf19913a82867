"""Files that were read before, and many files side by side: the answer is the same as reading each anew."""

import msgspec
import pytest

from unstuck.lint import kept, many
from unstuck.lint.files import read
from unstuck.lint.settings import Settings

BROKEN = """import keras
from keras import layers

model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3)
"""
USES = """import numpy as np
from models import build

model = build()
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3)
"""
BUILDS = """import keras

def build():
    return keras.Sequential([keras.layers.Dense(1, activation="ACT")])
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("UNSTUCK_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache" / "lint"


@pytest.fixture
def reads(monkeypatch):
    """The names of the files that were read, not taken from the cache."""
    names, check = [], many.check

    def counted(unit, settings):
        names.append(unit.file)
        return check(unit, settings)

    monkeypatch.setattr(many, "check", counted)
    return names


def told(files, settings=None, **options):
    units = [read(file) for file in files]
    results = list(many.remembered(units, settings or Settings(), **options))
    return [[msgspec.to_builtins(each.record) for each in result.found] for result in results]


def test_what_is_known_is_not_read_again(tmp_path, reads):
    (tmp_path / "a.py").write_text(BROKEN)
    first = told(["a.py"])
    assert first[0][0]["fix"]["diff"]
    assert told(["a.py"]) == first
    assert reads == ["a.py"]
    told(["a.py"], cache=False)
    assert reads == ["a.py", "a.py"]


def test_a_changed_text_and_other_settings_are_read_anew(tmp_path, reads):
    (tmp_path / "a.py").write_text(BROKEN)
    told(["a.py"])
    assert told(["a.py"], Settings(ignore=frozenset({"softmax-over-one-unit"}))) == [[]]
    (tmp_path / "a.py").write_text(BROKEN.replace("softmax", "sigmoid"))
    assert told(["a.py"]) == [[]]
    assert len(reads) == 3


def test_a_file_that_is_imported_counts_when_it_changes_comes_or_goes(tmp_path, reads):
    (tmp_path / "train.py").write_text(USES)
    assert told(["train.py"]) == [[]]
    (tmp_path / "models.py").write_text(BUILDS.replace("ACT", "softmax"))
    (found,) = told(["train.py"])
    assert [(each["rule"], each["file"]) for each in found] == [("softmax-over-one-unit", "models.py")]
    assert told(["train.py"]) == [found]
    (tmp_path / "models.py").write_text(BUILDS.replace("ACT", "sigmoid"))
    assert told(["train.py"]) == [[]]
    (tmp_path / "models.py").unlink()
    assert told(["train.py"]) == [[]]
    assert len(reads) == 4


def test_what_is_broken_in_the_cache_is_read_anew(tmp_path, folder, reads):
    (tmp_path / "a.py").write_text(BROKEN)
    first = told(["a.py"])
    for each in folder.iterdir():
        each.write_bytes(b"\x00broken")
    assert told(["a.py"]) == first
    assert len(reads) == 2


def test_the_cache_stays_small(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 8000)
    for number in range(20):
        (tmp_path / "a.py").write_text(BROKEN + f"# {number}\n")
        told(["a.py"])
    assert 0 < sum(each.stat().st_size for each in folder.iterdir()) <= 8000


def test_a_cache_that_cannot_be_written_costs_no_answer(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text(BROKEN)
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("UNSTUCK_CACHE", str(tmp_path / "no-folder"))
    assert len(told(["a.py"])[0]) == 1


def test_several_processes_find_the_same_in_the_same_order(tmp_path, monkeypatch):
    files = [f"file_{number}.py" for number in range(6)]
    for number, file in enumerate(files):
        (tmp_path / file).write_text("x = 1\n" * number + (BROKEN if number % 2 else "print(1)\n"))
    alone = told(files, cache=False)
    monkeypatch.setattr(many, "WORTH_IT", 0)
    monkeypatch.setattr(many, "_cores", lambda: 2)
    assert told(files, cache=False) == alone
    assert [len(each) for each in alone] == [0, 1, 0, 1, 0, 1]
