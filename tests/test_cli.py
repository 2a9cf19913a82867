import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from unstuck import __version__
from unstuck.case.schema import Case, CauseRecord, RunRecord, Where
from unstuck.cli import main
from unstuck.verbs.ending import Ending
from unstuck.verbs.script import ProgramResult


def unstuck(*arguments, **options):
    """The command in a process of its own: it replaces `__main__` and ends the process."""
    environment = {**os.environ, "COLUMNS": "80"}
    environment.pop("FORCE_COLOR", None)
    return subprocess.run(
        [sys.executable, "-m", "unstuck", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        **options,
    )


def called(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "train.py"
    path.write_text("import sys\nprint('arguments', sys.argv[1:])\nsys.exit(int(sys.argv[-1]))\n")
    return path


def case(certainty="proved"):
    cause = CauseRecord(rule="frozen-layers", certainty=certainty, impact="blocks", says="All is frozen.")
    return Case(runs=[RunRecord(fit=Where(file="a.py", line=1), status="stuck", causes=[cause])])


def test_help_and_version_import_nothing_heavy():
    code = (
        "import sys; from unstuck.cli import main; main(['--help'], standalone_mode=False); "
        "heavy = {'keras', 'numpy', 'libcst', 'rich', 'msgspec'} & set(sys.modules); assert not heavy, heavy"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
    assert called("--version").output == f"unstuck {__version__}\n"


def test_verbs_that_run_nothing_import_no_keras(tmp_path):
    case().save(tmp_path / "case.json")
    script, log = tmp_path / "train.py", tmp_path / "train.log"
    script.write_text("import keras\nmodel = keras.Sequential([])\n")
    log.write_text('{"loss": [0.7, 0.6, 0.5]}')
    code = (
        "import sys; from unstuck.cli import main\n"
        "case, script, log = sys.argv[1:]\n"
        "for line in ('rules', 'rules --json', 'schema', 'explain accuracy-flat'):\n"
        "    main(line.split(), standalone_mode=False)\n"
        "for line in (['show', case], ['log', log], ['lint', script]):\n"
        "    try:\n"
        "        main(line, standalone_mode=False)\n"
        "    except SystemExit as end:\n"
        "        assert end.code == 0, line\n"
        "heavy = {'keras', 'torch', 'jax', 'tensorflow', 'sklearn', 'libcst'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "case.json", script, log], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_stands_after_the_script_belongs_to_it(script):
    ran = unstuck("run", script, "--epochs", "3", "--json", "x", "--help", "--", "-q", "7")
    assert ran.returncode == 7
    assert "arguments ['--epochs', '3', '--json', 'x', '--help', '--', '-q', '7']" in ran.stdout
    assert "unstuck: The script never imported Keras" in ran.stdout


def test_quiet_prints_only_what_the_script_prints(script):
    ran = unstuck("run", "--quiet", script, "0")
    assert ran.stdout == "arguments ['0']\n"
    assert ran.returncode == 0


def test_json_is_written_and_shown_again(script, tmp_path):
    saved = tmp_path / "case.json"
    ran = unstuck("run", "--json", saved, script, "0")
    assert ran.returncode == 0
    assert json.loads(saved.read_text())["schema"] == "unstuck.case/1"
    shown = unstuck("show", saved)
    assert shown.returncode == 0
    assert ran.stdout.endswith(shown.stdout)


def test_the_json_goes_where_it_was_asked_for_even_if_the_script_moves(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "train.py").write_text("import os\nos.chdir('elsewhere')\n")
    ran = unstuck("run", "--json", "case.json", "train.py", cwd=tmp_path)
    assert ran.returncode == 0
    assert (tmp_path / "case.json").exists()


@pytest.mark.parametrize(
    "line", ["sys.stdout.close()", "sys.stdout = None", "sys.stdout = open(os.devnull, 'w')"]
)
def test_a_script_may_do_with_its_output_what_it_likes(line, tmp_path):
    (tmp_path / "train.py").write_text(f"import os, sys\n{line}\nsys.exit(3)\n")
    ran = unstuck("run", tmp_path / "train.py")
    assert ran.returncode == 3
    assert "unstuck: The script never" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "Missing argument"),
        (["run", "missing.py"], "does not exist"),
        (["run", "{folder}"], "is a directory"),
        (["run", "--fail-on", "maybe", "{script}"], "maybe"),
        (["run", "--unknown", "{script}"], "--unknown"),
        (["run", "--json", "{folder}/none/case.json", "{script}", "0"], "does not exist"),
        (["run", "--json", "{folder}", "{script}", "0"], "is a directory"),
        (["show", "missing.json"], "cannot be read"),
        (["show", "{script}"], "not readable JSON"),
        (["explain", "softmax-over-one-unti"], "No rule is named"),
        (["demo", "nothing"], "No demo is named"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_calls_end_with_2_and_say_why_before_anything_runs(arguments, said, script, tmp_path):
    filled = [argument.format(folder=tmp_path, script=script) for argument in arguments]
    result = called(*filled)
    assert result.exit_code == 2
    assert said in result.output
    assert "arguments [" not in result.output
    assert "Traceback" not in result.output


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="every file is readable here")
def test_an_unreadable_script_is_a_wrong_call(script):
    script.chmod(0)
    assert called("run", script).exit_code == 2


@pytest.mark.parametrize(
    ("certainty", "fail_on", "status", "ends"),
    [
        ("proved", None, 0, 0),
        ("proved", "proved", 0, 1),
        ("confirmed", "proved", 0, 1),
        ("measured", "proved", 0, 0),
        ("measured", "measured", 0, 1),
        ("suspected", "measured", 0, 0),
        ("suspected", "suspected", 0, 1),
        ("proved", "proved", 3, 3),
    ],
)
def test_the_exit_status_is_the_scripts_own_unless_asked(certainty, fail_on, status, ends, tmp_path):
    assert Ending(None).end(ProgramResult(status, case(certainty)), fail_on) == ends


def test_a_report_that_cannot_be_written_is_said(tmp_path, capsys):
    ending = Ending(None, tmp_path / "none" / "case.json")
    assert ending.end(ProgramResult(0, case())) == 2
    assert ending.end(ProgramResult(5, case())) == 5
    assert "could not be written" in capsys.readouterr().err


def test_a_forked_child_reports_nothing(tmp_path, capsys):
    ending = Ending(sys.stdout, tmp_path / "case.json")
    assert ending.end(ProgramResult(4, case(), forked=True), "proved") == 4
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "case.json").exists()


def test_a_closed_output_does_not_change_the_status(tmp_path):
    stream = (tmp_path / "out.txt").open("w")
    stream.close()
    assert Ending(stream).end(ProgramResult(0, case())) == 0


@pytest.mark.parametrize("verb", ["run", "prove", "fix"])
def test_ray_that_is_not_installed_is_said_before_anything_runs(verb, script, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    result = called(verb, "--on", "ray", script)
    assert result.exit_code == 2
    assert 'pip install "unstuck[ray]"' in " ".join(result.output.split())
    assert "arguments [" not in result.output


def test_schema_and_rules_are_json():
    assert json.loads(called("schema").output)["$defs"]["Case"]
    assert isinstance(json.loads(called("rules", "--json").output), list)


@pytest.mark.parametrize("backend", ["theano", "jax"])
def test_the_demo_says_what_to_install(backend, monkeypatch):
    import importlib.util

    known = importlib.util.find_spec
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jax" else known(name))
    result = called("demo")
    assert result.exit_code == 2
    assert f"KERAS_BACKEND is '{backend}'" in result.output


@pytest.mark.parametrize(
    ("name", "causes"),
    [
        # What the others tell on other backends the examples show, in tests/test_clinic.py.
        pytest.param("price_series", {"accuracy-on-continuous-target"}, marks=pytest.mark.backend),
        ("sentiment", {"softmax-over-one-unit", "unmasked-padding", "one-sided-validation-split"}),
        ("imbalance", {"class-imbalance"}),
    ],
)
def test_the_demo_names_what_is_wrong(name, causes):
    ran = unstuck("demo", "--no-prove", name)
    assert ran.returncode == 0, ran.stderr
    told = ran.stdout.partition("unstuck: fit at ")[2]
    leading = re.search(r"^  (?:Proved|Measured|Suspected): ([\w-]+)", told, re.MULTILINE)[1]
    further = re.findall(r"^  \d\. ([\w-]+)", told, re.MULTILINE)
    assert leading in causes
    assert causes <= {leading, *further}
    assert f"{name}.py:" in told


def test_the_demo_proves_what_it_finds():
    ran = unstuck("demo", "imbalance")
    assert ran.returncode == 0, ran.stderr
    first, _, then = ran.stdout.partition("The remedies are tried now")
    assert "Measured: class-imbalance at imbalance.py:" in first
    assert "unstuck: Confirmed by training: class-imbalance at imbalance.py:" in then
    assert "class_weight=" in first
    assert "class_weight=" not in then  # nothing is said twice
