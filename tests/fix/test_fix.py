"""What `unstuck fix` writes, refuses and takes back."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fixes import (
    ACTIVATION,
    DROPOUT,
    EPOCHS,
    INPUTS,
    LOSS,
    OTHER_LOSS,
    RATE,
    TEXT,
    case_of,
    each_confirmed,
    fixed,
    remedy,
    script,
)

from unstuck.case.schema import Case, CauseRecord, RunRecord
from unstuck.evidence.source import SourceReader
from unstuck.fix.files import UneditableError, edited, is_installed, write
from unstuck.fix.patch import UndoError, undone
from unstuck.verbs.fix import take_back


def test_the_diff_is_shown_and_nothing_written(here):
    file = script(here)
    status, said = fixed(each_confirmed(file, ACTIVATION))
    assert status == 0
    assert '+model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])' in said
    assert "Nothing was written" in said
    assert file.read_text() == TEXT
    assert [path.name for path in here.iterdir()] == ["train.py"]


@pytest.mark.parametrize("tool", ["patch", "git", "unstuck"])
def test_what_is_written_can_be_taken_back(tool, here):
    file = script(here)
    file.chmod(0o754)
    status, said = fixed(each_confirmed(file, ACTIVATION, INPUTS), write=True)
    assert status == 0
    assert "unstuck fix --undo train.py.unstuck.patch" in said
    assert 'activation="sigmoid"' in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o754
    assert sorted(path.name for path in here.iterdir()) == ["train.py", "train.py.unstuck.patch"]
    take_back_with(tool, here / "train.py.unstuck.patch")
    assert file.read_text() == TEXT


def take_back_with(tool, patch):
    if tool == "unstuck":
        assert take_back(str(patch), io.StringIO()) == 0
        return
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    line = {"patch": ["patch", "-R", "-p1", "--binary", "-i"], "git": ["git", "apply", "-R"]}[tool]
    done = subprocess.run([*line, patch.name], cwd=patch.parent, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("tool", ["patch", "git", "unstuck"])
@pytest.mark.parametrize(
    "data",
    [
        TEXT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TEXT.replace("keras\n", "keras  # \u00e4\n").encode(),
        b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
        ("# coding: latin-1\n# \u00e9t\u00e9\n" + "\n" * 4 + TEXT).encode("latin-1"),
        ("# coding: cp1251\n# \u043c\u043e\u0434\u0435\u043b\u044c\n" + "\n" * 4 + TEXT).encode("cp1251"),
        TEXT.removesuffix("\n").encode(),
        TEXT.split("print")[0].removesuffix("\n").encode(),
    ],
    ids=["CRLF", "BOM", "BOM and CRLF", "latin-1", "cp1251", "no end of line", "edited last line"],
)
def test_encoding_and_line_ends_are_kept(data, tool, here):
    file = script(here, data)
    shift = data.count(b"\n", 0, data.index(b"import"))
    name, line, values = ACTIVATION
    status, said = fixed(
        each_confirmed(file, (name, line + shift, values), ("train-longer", 5 + shift, {"epochs": 30})),
        write=True,
    )
    assert status == 0, said
    assert file.read_bytes() == data.replace(b"softmax", b"sigmoid").replace(b"epochs=3", b"epochs=30")
    take_back_with(tool, here / "train.py.unstuck.patch")
    assert file.read_bytes() == data


def test_two_remedies_in_one_file_are_one_edit(here):
    file = script(here)
    status, said = fixed(each_confirmed(file, INPUTS, RATE, EPOCHS, LOSS, ACTIVATION), write=True)
    assert status == 0
    assert "5 remedies are taken" in said
    assert said.count("--- a/train.py") == 1
    text = file.read_text()
    assert text.count("import numpy as np") == 1
    assert "inputs = (inputs - inputs_mean) / inputs_std\nmodel.fit(inputs, data.y, epochs=30)" in text
    assert 'model.compile(keras.optimizers.Adam(learning_rate=0.01), loss="binary_crossentropy")' in text
    assert 'activation="sigmoid"' in text


def test_a_second_change_of_the_same_words_waits_for_a_new_run(here):
    file = script(here)
    status, said = fixed(each_confirmed(file, LOSS, OTHER_LOSS, EPOCHS), write=True)
    assert status == 0
    assert 'loss="binary_crossentropy"' in file.read_text()
    assert "epochs=30" in file.read_text()
    assert "Later, set-loss (for cause-1, confirmed)" in said


def test_a_change_inside_what_another_one_wrote_is_no_conflict(here):
    file = script(here)
    exact = {"line": 4, "column": 0, "end_line": 4, "end_column": len(TEXT.splitlines()[3])}
    clip = ("clip-gradients", exact, {"clipnorm": 1.0})
    assert (
        fixed(each_confirmed(file, ("set-learning-rate", exact, {"value": 0.01}), clip), write=True)[0] == 0
    )
    assert "keras.optimizers.Adam(learning_rate=0.01, clipnorm=1.0)" in file.read_text()


def test_the_same_change_for_two_causes_is_made_once(here):
    file = script(here)
    status, said = fixed(each_confirmed(file, LOSS, LOSS))
    assert status == 0
    assert "One remedy is taken" in said


def test_what_cannot_be_placed_is_told_and_left_out(here):
    file = script(here)
    status, said = fixed(each_confirmed(file, DROPOUT, EPOCHS), write=True)
    assert status == 0
    assert "By hand, lower-dropout (for cause-0, confirmed): Lower the dropout rate to 0.1." in said
    assert "by hand at train.py:3: the call was not found on this line" in said
    assert file.read_text() == TEXT.replace("epochs=3", "epochs=30")


def test_a_bundle_is_written_wholly_or_not_at_all(here):
    file = script(here)
    step = remedy(file, *DROPOUT).changes
    good = remedy(file, *EPOCHS)
    bundle = CauseRecord(
        rule="a-cause",
        certainty="confirmed",
        impact="blocks",
        remedies=[type(good)(name=good.name, says=good.says, diff=good.diff, changes=[*good.changes, *step])],
    )
    status, said = fixed(case_of(file, bundle), write=True)
    assert status == 1
    assert "No remedy can be written" in said
    assert file.read_text() == TEXT


def test_a_diff_without_steps_and_an_unknown_step_are_left_to_the_user(here):
    file = script(here)
    good = remedy(file, *EPOCHS)
    unknown = [type(good.changes[0])(remedy="of-a-newer-version", at={"file": str(file), "line": 1})]
    for changes in ([], unknown):
        record = type(good)(name=good.name, says=good.says, diff=good.diff, changes=changes)
        held = CauseRecord(rule="a-cause", certainty="confirmed", impact="blocks", remedies=[record])
        status, said = fixed(case_of(file, held), write=True)
        assert status == 1
        assert "cannot redo it: diagnose the script again" in said
        assert file.read_text() == TEXT


@pytest.mark.parametrize("write_it", [False, True])
def test_a_file_that_changed_since_is_refused(write_it, here):
    file = script(here)
    case = each_confirmed(file, ACTIVATION)
    file.write_text(TEXT + "# a word more\n")
    status, said = fixed(case, write=write_it)
    assert status == 1
    assert "train.py has changed since the diagnosis" in said
    assert "+++" not in said
    assert file.read_text().endswith("# a word more\n")
    assert len(list(here.iterdir())) == 1


def test_fixing_twice_from_one_case_is_refused(here):
    case = each_confirmed(script(here), ACTIVATION)
    assert fixed(case, write=True)[0] == 0
    status, said = fixed(case, write=True)
    assert status == 1
    assert "has changed since the diagnosis" in said


def test_a_file_that_is_gone_or_of_which_nothing_is_known_is_refused(here):
    file = script(here)
    case = each_confirmed(file, ACTIVATION)
    unknown = Case(script="train.py", runs=[RunRecord(causes=case.runs[0].causes)])
    assert "does not say what train.py held" in fixed(unknown)[1]
    file.unlink()
    assert "train.py cannot be read" in fixed(case)[1]


def test_installed_packages_are_never_edited(here):
    folder = here / "env" / "site-packages"
    folder.mkdir(parents=True)
    status, said = fixed(each_confirmed(script(folder), ACTIVATION), write=True)
    assert status == 1
    assert "belongs to an installed package" in said
    assert is_installed(json.__file__)
    assert is_installed(pytest.__file__)
    assert not is_installed(__file__)


def test_an_existing_patch_is_kept(here):
    file = script(here)
    (here / "train.py.unstuck.patch").write_text("mine")
    (here / "train.py.unstuck.2.patch").write_text("mine, too")
    status, said = fixed(each_confirmed(file, ACTIVATION), write=True)
    assert status == 0
    assert "--undo train.py.unstuck.3.patch" in said
    assert (here / "train.py.unstuck.patch").read_text() == "mine"
    assert (here / "train.py.unstuck.2.patch").read_text() == "mine, too"


def test_a_read_only_file_is_respected(here):
    file = script(here)
    file.chmod(0o444)
    status, said = fixed(each_confirmed(file, ACTIVATION), write=True)
    assert status == 1
    assert "Nothing was written: train.py is read-only." in said
    assert file.read_text() == TEXT
    assert len(list(here.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="every folder is writable here")
def test_a_read_only_folder_is_respected(here):
    file = script(here)
    here.chmod(0o555)
    try:
        status, said = fixed(each_confirmed(file, ACTIVATION), write=True)
    finally:
        here.chmod(0o755)
    assert status == 1
    assert "is read-only" in said
    assert file.read_text() == TEXT


def test_several_files_are_written_all_or_none(here):
    model, train = script(here, name="model.py"), script(here)
    case = each_confirmed(train, EPOCHS)
    other = each_confirmed(model, ACTIVATION)
    both = Case(
        script="train.py",
        runs=[
            RunRecord(
                causes=[*case.runs[0].causes, *other.runs[0].causes],
                sources={**case.runs[0].sources, **other.runs[0].sources},
            )
        ],
    )
    train.chmod(0o444)
    assert fixed(both, write=True)[0] == 1
    assert model.read_text() == train.read_text() == TEXT
    assert len(list(here.iterdir())) == 2
    train.chmod(0o644)
    status, said = fixed(both, write=True)
    assert status == 0
    assert "Written: train.py and model.py." in said
    for file in (model, train):
        assert file.read_text() != TEXT
        assert take_back(f"{file}.unstuck.patch", io.StringIO()) == 0
        assert file.read_text() == TEXT


def test_a_failure_half_way_puts_the_first_file_back(here, monkeypatch):
    files = []
    for name in ("a.py", "b.py"):
        file = script(here, name=name)
        before = SourceReader().read(str(file))
        after = type(before)(before.file, before.text + "# more\n")
        files.append(edited(before, after, {str(file): hashlib.sha256(file.read_bytes()).hexdigest()}))
    replace = Path.replace

    def failing(self, target):
        if Path(target).name == "b.py":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(UneditableError, match=r"Nothing was written: b\.py: No space left"):
        write(files)
    assert sorted(path.name for path in here.iterdir()) == ["a.py", "b.py"]
    assert (here / "a.py").read_text() == TEXT


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_and_its_file_is_written(here):
    (here / "real").mkdir()
    real = script(here / "real", name="target.py")
    link = here / "train.py"
    link.symlink_to(real)
    status, said = fixed(each_confirmed(link, ACTIVATION), write=True)
    assert status == 0
    assert link.is_symlink()
    assert "sigmoid" in real.read_text()
    assert "--undo real/target.py.unstuck.patch" in said
    assert take_back("real/target.py.unstuck.patch", io.StringIO()) == 0
    assert real.read_text() == TEXT


def test_undo_is_exact_or_refused(here):
    file = script(here)
    fixed(each_confirmed(file, ACTIVATION), write=True)
    patch = here / "train.py.unstuck.patch"
    good = file.read_text()
    file.write_text(good.replace("sigmoid", "relu"))
    stream = io.StringIO()
    assert take_back(str(patch), stream) == 1
    assert "is not as this patch left it" in stream.getvalue().replace("\n", " ")
    assert "relu" in file.read_text()
    with pytest.raises(UndoError, match="no patch of"):
        undone(b"hello\n", b"")
    with pytest.raises(UndoError, match="another folder"):
        undone(patch.read_bytes().replace(b"b/train.py", b"b/../train.py"), good.encode())
    with pytest.raises(UndoError, match="damaged"):
        undone(patch.read_bytes().replace(b"-1,6 +1,6", b"-1,6 +1,9"), good.encode())
