"""`unstuck lint` as it is called: what it prints in each format, what it fixes, how it ends."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from unstuck.cli import main
from unstuck.lint.record import json_schema

BROKEN = """import keras
from keras import layers

model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y)
"""
FIXED = BROKEN.replace("softmax", "sigmoid")


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"
    path.write_text(BROKEN)
    return path


def lint(*arguments, text=None):
    return CliRunner().invoke(main, ["lint", *arguments], input=text)


def test_the_text_shows_the_line_the_reason_and_the_fix(script):
    result = lint("train.py")
    assert result.exit_code == 1
    assert "train.py:4:63: softmax-over-one-unit (proved)" in result.output
    assert "^" * len('layers.Dense(1, activation="softmax")') in result.output
    assert f"    +{FIXED.splitlines()[3]}\n" in result.output
    (last,) = result.output.splitlines()[-1:]
    assert last == "1 finding in 1 file (1 training read): 1 proved. 1 can be fixed with --fix."


def test_safe_fixes_are_written_and_the_file_is_then_quiet(script):
    result = lint("--fix", "train.py")
    assert (result.exit_code, script.read_text()) == (0, FIXED)
    assert "train.py: fixed softmax-over-one-unit" in result.output
    assert lint("train.py").output == "Nothing found in 1 file: 1 training read.\n"


def test_unsafe_fixes_are_written_only_when_asked_for(script):
    script.write_text(FIXED.replace("Dense(8", "Dense(1"))
    assert lint("--fix", "train.py").exit_code == 0
    assert 'Dense(1, activation="relu")' in script.read_text()
    lint("--fix", "--unsafe-fixes", "train.py")
    assert 'Dense(1, activation="relu")' not in script.read_text()


def test_a_read_only_file_is_left_as_it_is(script):
    script.chmod(0o444)
    result = lint("--fix", "train.py")
    assert (result.exit_code, script.read_text()) == (1, BROKEN)
    assert "not fixed" in result.output


def test_standard_input_is_read():
    result = lint("-", text=BROKEN)
    assert result.exit_code == 1
    assert "<stdin>:4:63: softmax-over-one-unit" in result.output


def test_a_suspicion_fails_only_when_asked_to(script):
    script.write_text(FIXED.replace("Dense(8", "Dense(1"))
    assert lint("train.py").exit_code == 0
    assert lint("--fail-on", "suspected", "train.py").exit_code == 1


def test_json_is_valid_against_the_published_schema(script):
    result = lint("--format", "json", "train.py")
    report = json.loads(result.output)
    jsonschema.validate(report, json_schema())
    (finding,) = report["findings"]
    assert report["schema"] == "unstuck.lint/1"
    assert finding["rule"] == "softmax-over-one-unit"
    assert (finding["certainty"], finding["file"]) == ("proved", "train.py")
    assert (finding["line"], finding["column"]) == (4, 63)
    assert finding["fix"]["safe"] is True


def test_sarif_is_valid(script):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sarif_pydantic import Sarif
    (script.parent / "no.py").write_text("import keras\n(")
    text = lint("--format", "sarif", ".").output
    log = Sarif.model_validate_json(text)
    (result,) = log.runs[0].results
    place = result.locations[0].physical_location
    assert (result.rule_id, str(result.level.value)) == ("softmax-over-one-unit", "error")
    assert (place.artifact_location.uri, place.region.start_line) == ("train.py", 4)
    assert "no.py was not read" in text


def test_sarif_is_valid_against_the_published_schema(script):
    folders = [Path(folder) for folder in os.environ.get("NODE_PATH", "").split(os.pathsep) if folder]
    schemas = [each / "@microsoft" / "sarif-multitool-linux" / "sarif-2.1.0.json" for each in folders]
    schema = next((each for each in schemas if each.is_file()), None)
    if schema is None:
        pytest.skip("the schema comes with the npm package @microsoft/sarif-multitool-linux, on NODE_PATH")
    (script.parent / "no.py").write_text("import keras\n(")
    log = json.loads(lint("--format", "sarif", ".").output)
    jsonschema.validate(log, json.loads(schema.read_text("utf-8-sig")))


def test_github_annotations_escape_what_they_carry(script):
    result = lint("--format", "github", "train.py")
    assert result.output.startswith("::error file=train.py,line=4,endLine=4,col=63,")
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.py"], "'nothing.py' does not exist"),
        (["--select", "no-such-rule", "train.py"], "no rule 'no-such-rule'"),
        (["--format", "xml", "train.py"], "xml"),
        ([], "Missing argument"),
    ],
)
def test_a_wrong_call_ends_with_two(script, arguments, said):
    result = lint(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_file_that_cannot_be_read_is_no_success(script):
    script.write_text("import keras\ndef (:\n")
    text = lint("train.py")
    assert (text.exit_code, text.output) == (
        2,
        "train.py: not read: it is no valid Python (line 2).\n"
        "Nothing found in 0 files: no training was seen.\n",
    )
    told = {form: lint("--format", form, "train.py") for form in ("json", "sarif", "github")}
    assert {each.exit_code for each in told.values()} == {2}
    assert json.loads(told["json"].output)["skipped"][0]["file"] == "train.py"
    invocation = json.loads(told["sarif"].output)["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["level"] == "error"
    assert told["github"].output.startswith("::error file=train.py,title=not read::")


def test_backends_on_which_a_finding_holds_are_said(script):
    logits = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
    script.write_text(BROKEN.replace("Dense(1,", "Dense(10,").replace('"binary_crossentropy"', logits))
    text = " ".join(lint("train.py").output.split())
    assert "probabilities-taken-as-logits" in text
    assert "This holds on JAX and torch." in text


def test_keras_is_not_imported():
    code = (
        "import sys; from click.testing import CliRunner; from unstuck.cli import main; "
        "result = CliRunner().invoke(main, ['lint', '-'], input=%r); "
        "assert result.exit_code == 1, result.output; "
        "print(sorted({'keras', 'torch', 'jax', 'tensorflow', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code % BROKEN], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_pre_commit_hook_names_what_exists():
    text = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    assert "entry: unstuck lint" in text


def test_what_runs_nowhere_is_never_executed(script):
    script.write_text('import keras\nopen("made", "w").write("x")\n' + BROKEN)
    lint("train.py")
    assert not (script.parent / "made").exists()
