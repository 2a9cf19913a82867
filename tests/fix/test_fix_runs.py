"""`unstuck fix` as a user runs it: the command line, and whole scripts."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixes import ACTIVATION, TEXT, case_of, cause, each_confirmed, script

from unstuck.case.schema import Case
from unstuck.cli import main

CLINIC = Path(__file__).parents[1] / "clinic"


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
        [sys.executable, "-m", "unstuck.verbs.fix_child", "plan.json"],
        capture_output=True,
        text=True,
        check=False,
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
    unstuck(
        folder, "run", "--no-prove", "--no-html", "--quiet", "--json", "case.json", "train.py", "an argument"
    )
    return folder


def unstuck(folder, *arguments):
    """The command in a process of its own, as it is called."""
    return subprocess.run(
        [sys.executable, "-m", "unstuck", *arguments],
        cwd=folder,
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
