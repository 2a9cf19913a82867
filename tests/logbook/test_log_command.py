"""The verb `log`: what it prints, what it saves, how it fails, what it imports."""

import json
import os
import subprocess
import sys
from pathlib import Path

import log_golden
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from log_cases import HEALTHY, STUCK

from unstuck.cli import main
from unstuck.logbook.record import json_schema

ROOT = Path(__file__).parents[2]


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
        assert content["schema"] == "unstuck.log/1"


def test_the_published_schema_is_that_of_the_code():
    published = json.loads((ROOT / "docs" / "log.schema.json").read_text())
    assert published == json.loads(json.dumps(json_schema()))


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
