"""The verb `log`: what it prints, what it saves, how it fails, what it imports."""

import json
import os
import subprocess
import sys

import log_golden
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from log_cases import HEALTHY, STUCK
from printed import verbose2

from unstuck.case.published import json_schema
from unstuck.cli import main


def called(*arguments, **options):
    return CliRunner().invoke(main, ["log", *map(str, arguments)], **options)


@pytest.fixture
def stuck(tmp_path):
    path = tmp_path / "train.log"
    path.write_text(STUCK["clip, side one, today"][0], encoding="utf-8")
    return path


def test_the_report_names_the_constant_the_causes_and_what_decides(stuck):
    told = " ".join(called(stuck).output.split())
    assert "costs 15.9424" in told
    assert "1. softmax-over-one-unit (suspected)" in told
    assert "To decide: Print model.output_shape" in told
    assert "A log shows figures, not mechanisms." in told


def test_a_healthy_log_gets_one_sentence(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(HEALTHY["falls and rises"], encoding="utf-8")
    told = called(path)
    assert told.exit_code == 0
    assert "no cause that unstuck knows shows in them." in " ".join(told.output.split())
    assert "What fits" not in told.output


def test_standard_input(stuck):
    told = called("-", input=stuck.read_bytes())
    assert told.exit_code == 0
    assert "in standard input" in told.output


def test_the_json_follows_the_schema(stuck, tmp_path):
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    for number, (text, _) in enumerate(STUCK.values()):
        stuck.write_text(text, encoding="utf-8")
        saved = tmp_path / f"{number}.json"
        assert called("--json", saved, stuck).exit_code == 0
        content = json.loads(saved.read_text())
        Draft202012Validator(schema).validate(content)
        assert content["schema"] == "unstuck.case/1"


@pytest.mark.parametrize("name", STUCK)
def test_what_was_saved_is_told_again(name, stuck, tmp_path):
    stuck.write_text(STUCK[name][0], encoding="utf-8")
    saved = tmp_path / "log.json"
    told = called("--json", saved, stuck)
    again = CliRunner().invoke(main, ["show", str(saved)])
    assert again.exit_code == 0
    assert again.output == told.output


def test_a_saved_log_has_a_page_with_its_curves(stuck, tmp_path):
    saved, page = tmp_path / "log.json", tmp_path / "log.html"
    stuck.write_text(STUCK["validation all wrong"][0], encoding="utf-8")
    called("--json", saved, stuck)
    told = CliRunner().invoke(main, ["show", str(saved), "--html", str(page)])
    assert told.exit_code == 0, told.output
    text = page.read_text(encoding="utf-8")
    assert "one-sided-validation-split" in text
    assert "np.unique" in text  # what would decide
    assert "<svg" in text


def test_outputs_have_their_own_curves(stuck, tmp_path):
    saved = tmp_path / "log.json"
    series = {"loss": [1.4, 0.9], "a_loss": [0.7, 0.2], "a_accuracy": [0.5, 0.9], "b_loss": [0.7, 0.7]}
    stuck.write_text(verbose2(**series), encoding="utf-8")
    called("--json", saved, stuck)
    (run,) = json.loads(saved.read_text())["runs"]
    assert run["curves"] == {
        "a": {"loss": [0.7, 0.2], "accuracy": [0.5, 0.9]},
        "b": {"loss": [0.7, 0.7]},
        "": {"loss": [1.4, 0.9]},
    }


@pytest.mark.parametrize("content", [b"", b"import keras\n", b"\x00\xff\x00\xff"])
def test_what_cannot_be_read_is_status_2(tmp_path, content):
    path = tmp_path / "x"
    path.write_bytes(content)
    told = called(path)
    assert told.exit_code == 2
    assert "Traceback" not in told.output
    assert called(tmp_path / "missing").exit_code == 2


def test_terminal_codes_of_a_log_are_not_passed_on(tmp_path):
    path = tmp_path / "x.log"
    path.write_text(
        '{"loss": [0.7, 0.7, 0.7], "acc\\u001b]0;title\\u0007": [0.5, 0.5, 0.5]}', encoding="utf-8"
    )
    told = called(path)
    assert told.exit_code == 0
    assert "\x1b" not in told.output


def test_nothing_heavy_is_imported_and_the_start_is_quick(stuck):
    code = (
        "import sys, time; begun = time.process_time()\n"
        "from unstuck.cli import main; main(['log', sys.argv[1]], standalone_mode=False)\n"
        "heavy = {'keras', 'tensorflow', 'jax', 'torch', 'sklearn', 'pandas', 'libcst', 'numpy'} & "
        "set(sys.modules)\n"
        "assert not heavy, heavy; print(time.process_time() - begun)"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, stuck], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    # CPU time, since the machine may be busy with other things.
    assert float(done.stdout.split()[-1]) < 0.7


def test_the_texts_are_those_that_were_read_last():
    """After a change that is meant: python tests/logbook/log_golden.py."""
    assert log_golden.GOLDEN.read_text(encoding="utf-8") == log_golden.golden()
