import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from unstuck.case import Case, CauseRecord, NoteRecord, Proof, RunRecord, TrialRecord, Where
from unstuck.cli import main
from unstuck.evidence.facts import Place
from unstuck.evidence.source import SourceReader
from unstuck.findings import propose
from unstuck.fix.choice import ChoiceError
from unstuck.fix.command import Scene, Wishes, fix, take_back
from unstuck.fix.files import RefusedError, edited, is_installed, write
from unstuck.fix.undo import UndoError, undone
from unstuck.remedies.remedy import write as written

CLINIC = Path(__file__).parent / "clinic"
TEXT = """\
import keras

model = keras.Sequential([keras.layers.Dense(1, activation="softmax")])
model.compile("adam", loss="mse")
model.fit(data.x / 255, data.y, epochs=3)
print("done")
"""
ACTIVATION = ("set-output-activation", 3, {"activation": "sigmoid"})
LOSS = ("set-loss", 4, {"loss": "binary_crossentropy"})
OTHER_LOSS = ("set-loss", 4, {"loss": "mae"})
RATE = ("set-learning-rate", 4, {"value": 0.01})
INPUTS = ("standardise-inputs", 5, {})
EPOCHS = ("train-longer", 5, {"epochs": 30})
DROPOUT = ("lower-dropout", 3, {"rate": 0.1})


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def remedy(file, name, place, values):
    """A remedy as a diagnosis writes it; `place` is a line, or the fields of an exact place."""
    at = Place(file=str(file), **(place if isinstance(place, dict) else {"line": place}))
    return written(propose(name, at=at, **values), SourceReader(main=str(file)))


def cause(file, *asked, rule="a-cause", certainty="confirmed", trials=()):
    remedies = [remedy(file, *each) for each in asked]
    return CauseRecord(
        rule=rule, certainty=certainty, impact="blocks", says="So.", remedies=remedies, trials=list(trials)
    )


def case_of(file, *causes, **fields):
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    run = RunRecord(
        fit=Where(file=str(file), line=5),
        status="stuck",
        causes=list(causes),
        sources={str(file): digest},
        **fields,
    )
    return Case(script="train.py", runs=[run])


def script(folder, text=TEXT, name="train.py"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def each_confirmed(file, *asked):
    """A Case with a confirmed cause for each of these remedies."""
    return case_of(file, *(cause(file, each, rule=f"cause-{at}") for at, each in enumerate(asked)))


def fixed(case, **wishes):
    """The exit status and what is told, on one line."""
    stream = io.StringIO()
    status = fix(case, Wishes(**wishes), stream, Scene.now())
    return status, " ".join(stream.getvalue().split())


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
    with pytest.raises(RefusedError, match=r"Nothing was written: b\.py: No space left"):
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


def test_nothing_is_taken_that_no_trial_confirmed(here):
    file = script(here)
    case = case_of(
        file,
        cause(file, ACTIVATION, EPOCHS, certainty="proved"),
        cause(file, RATE, rule="b-cause", certainty="suspected"),
    )
    status, said = fixed(case, write=True)
    assert status == 1
    assert "No remedy for the fit at train.py:5 is confirmed by a trial" in said
    assert "--all takes set-output-activation (for a-cause, proved)" in said
    assert "--remedy NAME takes one of: set-output-activation, train-longer, set-learning-rate." in said
    assert file.read_text() == TEXT
    status, said = fixed(case, everything=True)
    assert status == 0
    assert "One remedy is taken: - set-output-activation" in said
    status, said = fixed(case, remedies=("set-learning-rate", "train-longer"))
    assert status == 0
    assert "2 remedies are taken: - set-learning-rate (for b-cause, suspected)" in said


def test_the_confirmed_trial_decides_between_the_remedies_of_a_cause(here):
    file = script(here)
    trial = TrialRecord(remedy="train-longer", verdict="confirmed", says="")
    case = case_of(file, cause(file, ACTIVATION, EPOCHS, certainty="measured", trials=[trial]))
    assert "One remedy is taken: - train-longer" in fixed(case)[1]


def test_what_heals_together_is_taken_exactly(here):
    file = script(here)
    case = case_of(
        file,
        cause(file, ACTIVATION, EPOCHS),
        cause(file, LOSS, rule="b-cause", certainty="proved"),
        proof=Proof(healed_by=["set-loss", "train-longer"]),
    )
    said = fixed(case)[1]
    assert "2 remedies are taken: - set-loss (for b-cause, proved)" in said
    assert "- train-longer (for a-cause, confirmed)" in said


def test_a_note_is_taken_only_by_name(here):
    file = script(here)
    note = NoteRecord(
        rule="a-note", certainty="proved", impact="harms", remedies=[remedy(file, *EPOCHS)], because="risk"
    )
    case = case_of(file, notes=[note])
    assert fixed(case, everything=True)[0] == 1
    assert "- train-longer (for a-note, proved)" in fixed(case, remedies=("train-longer",))[1]


def test_an_unknown_remedy_or_fit_lists_those_there_are(here):
    case = each_confirmed(script(here), ACTIVATION, LOSS)
    with pytest.raises(ChoiceError, match=r"named 'x'. It has: set-output-activation, set-loss\."):
        fixed(case, remedies=("x",))
    with pytest.raises(ChoiceError, match="no fit 2 in this case: it holds 1 only"):
        fixed(case, run=2)


def test_a_healthy_case_has_nothing_to_fix(here):
    healthy = Case(script="train.py", runs=[RunRecord(fit=Where(file="train.py", line=5), status="healthy")])
    status, said = fixed(healthy, write=True)
    assert status == 1
    assert said == "unstuck: There is nothing to fix: the fit at train.py:5 is healthy."
    status, said = fixed(Case(message="The script never called fit."))
    assert status == 1
    assert "There is nothing to fix: The script never called fit." in said


def test_the_first_fit_with_a_remedy_is_taken_and_the_others_are_named(here):
    file = script(here)
    first, second = each_confirmed(file, EPOCHS).runs[0], each_confirmed(file, LOSS).runs[0]
    case = Case(script="train.py", runs=[RunRecord(status="healthy"), first, first, second])
    status, said = fixed(case)
    assert status == 0
    assert "- train-longer" in said
    assert "Fit 4 has remedies of its own" in said
    assert "- set-loss" in fixed(case, run=4)[1]


def test_the_case_may_be_fixed_from_another_folder(here, monkeypatch):
    file = script(here)
    case = each_confirmed(file, ACTIVATION)
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    status, said = fixed(case, write=True)
    assert status == 0
    assert "sigmoid" in file.read_text()
    assert take_back(f"{file}.unstuck.patch", io.StringIO()) == 0
    status, said = fixed(case, verify=True)
    assert status == 1
    assert "train.py is not here, so it cannot be run" in said


def called(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_line(here):
    file = script(here)
    each_confirmed(file, ACTIVATION).save("case.json")
    unknown = called("fix", "case.json", "--remedy", "x")
    assert unknown.exit_code == 2
    assert "It has: set-output-activation." in unknown.output
    assert called("fix", "--remedy", "x", "train.py").exit_code == 2
    assert called("fix", "missing.py").exit_code == 2
    assert called("fix", "train.py.json").exit_code == 2
    shown = called("fix", "case.json")
    assert shown.exit_code == 0
    assert (
        subprocess.run(
            ["patch", "-p1", "--dry-run"] if shutil.which("patch") else [sys.executable, "-c", ""],
            input=shown.output.encode(),
            check=False,
        ).returncode
        == 0
    )  # the text around the diff does not disturb it
    done = called("fix", "--run", "1", "case.json", "--write", "--all")
    assert done.exit_code == 0, done.output
    assert "sigmoid" in file.read_text()
    assert called("fix", "case.json").exit_code == 1
    assert called("fix", "--undo", "train.py.unstuck.patch").exit_code == 0
    assert file.read_text() == TEXT


def test_a_script_without_training_has_nothing_to_fix(here):
    (here / "plain.py").write_text("import os, sys\nprint(sys.argv[1:])\nos.chdir('/')\n")
    ran = subprocess.run(
        [sys.executable, "-m", "unstuck", "fix", "--write", "plain.py", "--write", "--", "x.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "['--write', '--', 'x.json']" in ran.stdout
    assert "There is nothing to fix: The script never imported Keras" in ran.stdout.replace("\n", " ")


def test_edited_text_runs_under_the_names_of_the_originals(here):
    net = script(here, "WIDTH = 1\n", name="net.py")
    train = script(here, "raise SystemExit('the old text ran')\n")
    compiled = subprocess.run([sys.executable, "-c", "import net"], cwd=here, check=False)
    assert compiled.returncode == 0
    (here / "new_net.py").write_text("WIDTH = 2\n")
    (here / "new_train.py").write_text(
        "import sys, net\nprint(net.WIDTH, __file__, net.__file__, sys.argv)\nraise ValueError('here')\n"
    )
    plan = {
        "script": "train.py",
        "arguments": ["--epochs", "3"],
        "report": str(here / "case.json"),
        "edited": {str(net): "new_net.py", str(train): "new_train.py"},
    }
    (here / "plan.json").write_text(json.dumps(plan))
    ran = subprocess.run(
        [sys.executable, "-m", "unstuck.fix.child", "plan.json"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stdout.strip() == f"2 {train} {net} ['train.py', '--epochs', '3']"
    assert "raise ValueError('here')" in ran.stderr
    case = Case.load(here / "case.json")
    assert (case.script, case.arguments) == ("train.py", ["--epochs", "3"])


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A proved cause in a module that the script imports, diagnosed: the folder with both and the Case."""
    folder = tmp_path_factory.mktemp("clinic")
    text = (CLINIC / "softmax-over-one-unit" / "broken.py").read_text()
    start, end = text.index("model = "), text.index("model.compile")
    head = "import keras\nfrom keras import layers\n\nmodel = keras.Sequential()\n"
    (folder / "net.py").write_text(head + text[start:end].partition("\n")[2])
    (folder / "train.py").write_text(text[:start] + "from net import model\n" + text[end:])
    unstuck(folder, "run", "--no-prove", "--quiet", "--json", "case.json", "train.py", "an argument")
    return folder


def unstuck(folder, *arguments):
    """The command in a process of its own, as it is called."""
    only = str(Path(__file__).parent / "one_backend")
    return subprocess.run(
        [sys.executable, "-m", "unstuck", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": only},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("target", ["case.json", "train.py"])
def test_a_whole_script_is_fixed_and_verified(target, clinic):
    file = clinic / "net.py"
    text = file.read_text()
    ran = unstuck(clinic, "fix", "--no-prove", "--all", "--verify", "--write", target)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert ["status", "stuck", "healthy"] in lines
    assert ["softmax-over-one-unit", "proved", "-"] in lines
    assert file.read_text() == text.replace("softmax", "sigmoid")
    assert unstuck(clinic, "fix", "--undo", "net.py.unstuck.patch").returncode == 0
    assert file.read_text() == text
    (clinic / "net.py.unstuck.patch").unlink()


def test_the_case_holds_what_a_second_run_needs(clinic):
    case, file = Case.load(clinic / "case.json"), clinic / "net.py"
    assert case.arguments == ["an argument"]
    assert case.runs[0].sources == {str(file): hashlib.sha256(file.read_bytes()).hexdigest()}


def test_what_does_not_cure_is_not_written(clinic):
    file = clinic / "train.py"
    text = file.read_text()
    line = text[: text.index("model.fit")].count("\n") + 1
    case = case_of(file, cause(file, ("train-longer", line, {"epochs": 9})))
    case.save(clinic / "longer.json")
    ran = unstuck(clinic, "fix", "longer.json", "--verify", "--write")
    assert ran.returncode == 1
    said = " ".join(ran.stdout.split())
    assert "The edit is not verified. It still has softmax-over-one-unit (proved)." in said
    assert "Nothing was written. --write without --verify would write it." in said
    assert "Epoch 9/9" in ran.stdout
    assert file.read_text() == text
