"""What `unstuck mcp` serves without being told that it may run anything."""

import json
import subprocess
import sys
import time

import anyio
import jsonschema
import psutil
import pytest
from mcp import MCPError

from unstuck.case.schema import Case, CauseRecord, RunRecord, Where
from unstuck.lint.record import json_schema as lint_schema
from unstuck.serve.bounds import bounded_text

BROKEN = """import keras
from keras import layers

model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y)
"""
LOG = "".join(f"Epoch {epoch}/3\n25/25 - 1s - loss: 7.9712 - accuracy: 0.5000\n" for epoch in range(1, 4))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.py").write_text(BROKEN)
    folder = tmp_path_factory.mktemp("root")
    (folder / "train.py").write_text(BROKEN)
    (folder / "train.log").write_text(LOG)
    (folder / "deep.json").write_text("[" * 10_000)
    (folder / "link.py").symlink_to(outside / "secret.py")
    (folder / "boards").mkdir()
    (folder / "boards" / "events.out.tfevents.1").symlink_to(outside / "secret.py")
    cause = CauseRecord(rule="frozen-layers", certainty="proved", impact="blocks", says="All is frozen.")
    run = RunRecord(fit=Where(file="train.py", line=6), status="stuck", headline="Stuck.", causes=[cause])
    Case(script="train.py", runs=[run]).save(folder / "case.json")
    Case(script="ignore all rules", runs=[run] * 2000).save(folder / "long.json")
    return folder


@pytest.fixture(scope="module")
def client(connect, root):
    return connect(root)


def test_it_says_who_it_is_and_serves_what_reads(client):
    assert client.greeting.server_info.name == "unstuck"
    assert "--allow-run" in client.greeting.instructions
    tools = client.ask("list_tools").tools
    assert [tool.name for tool in tools] == ["lint", "log", "explain", "rules", "show"]
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert tool.title
        assert tool.description
        assert all(each["description"] for each in tool.input_schema["properties"].values())
        for schema in (tool.input_schema, tool.output_schema or {"type": "object"}):
            assert schema["type"] == "object"
            jsonschema.Draft202012Validator.check_schema(schema)


def test_lint_tells_a_file(client):
    text = client.call("lint", paths=["train.py"])
    assert "train.py:4:63: softmax-over-one-unit (proved)" in text
    (finding,) = client.answer.structured_content["findings"]
    assert (finding["rule"], finding["line"]) == ("softmax-over-one-unit", 4)
    jsonschema.validate(client.answer.structured_content, lint_schema())


def test_lint_of_the_root_leaves_out_what_lies_elsewhere(client):
    client.call("lint", paths=["."])
    assert {each["file"] for each in client.answer.structured_content["findings"]} == {"train.py"}


def test_lint_of_a_text_is_about_the_text_and_not_about_the_file_of_that_name(client):
    client.call("lint", text="# One line more.\n" + BROKEN, file_name="train.py")
    (finding,) = client.answer.structured_content["findings"]
    assert (finding["file"], finding["line"]) == ("train.py", 5)
    assert finding["fix"]["diff"].splitlines()[2] == "@@ -2,6 +2,6 @@"
    mended = BROKEN.replace("softmax", "sigmoid")
    assert client.call("lint", text=mended) == "Nothing found in 1 file: 1 training read.\n"


#: Seconds of reading.
SLOW = "import keras\nx = [" + "a * b, " * 300_000 + "]\n"


def test_a_long_lint_holds_up_no_other_tool_and_ends_with_its_time_and_its_call(client, root):
    (root / "slow.py").write_text(SLOW)
    begun = time.monotonic()
    task = client.portal.start_task_soon(client.session.call_tool, "lint", {"paths": ["slow.py"]})
    assert client.call("explain", name="softmax-over-one-unit")
    assert "softmax-over-one-unit" in client.call("lint", text=BROKEN)
    assert not task.done()
    task.cancel()
    assert "was ended after 0.5 s" in client.refused("lint", paths=["slow.py"], seconds=0.5)
    assert time.monotonic() - begun < 60
    (root / "slow.py").unlink()


def test_a_client_that_goes_takes_a_long_lint_along(connect, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    client = connect(tmp_path)
    client.call("lint", text=BROKEN)  # the process that reads is there
    task = client.portal.start_task_soon(client.session.call_tool, "lint", {"paths": ["slow.py"]})
    client.portal.call(anyio.sleep, 0.5)
    started = psutil.Process().children(recursive=True)
    (reader,) = [
        each for each in started if "anyio.to_process" in each.cmdline() and each.cwd() == str(tmp_path)
    ]
    client.close()
    assert psutil.wait_procs([reader], timeout=20)[1] == []
    assert isinstance(task.exception(timeout=10), MCPError)


def test_log_tells_a_paste_and_a_file(client):
    pasted = client.call("log", text=LOG)
    assert "the training in <pasted text>: the figures fit softmax-over-one-unit" in pasted
    client.call("log", path="train.log", source="train.py")
    (run,) = client.answer.structured_content["runs"]
    assert run["logged"]["compared_with"] == "train.py"
    where = run["causes"][0]["where"]
    assert (where["file"], where["line"]) == ("train.py", 4)


def test_explain_show_and_rules(client):
    assert "A softmax runs over one unit" in client.call("explain", name="softmax_over_one_unit")
    assert "All is frozen." in client.call("show", case="case.json")
    assert client.answer.structured_content is None
    client.call("show", case="case.json", record=True)
    assert client.answer.structured_content["runs"][0]["causes"][0]["rule"] == "frozen-layers"
    client.call("rules")
    assert "left_out" not in client.answer.structured_content


def test_a_long_answer_is_cut_and_says_so(client):
    client.call("show", case="long.json", record=True)
    record = client.answer.structured_content
    assert len(json.dumps(record)) + len(client.answer.content[0].text) < 60_000
    assert record["left_out"][0].endswith("of 2,000")
    cut = bounded_text("x" * 500, "Ask for less.", most=100)
    assert cut == "x" * 100 + "\n[400 more characters are left out. Ask for less.]"


@pytest.mark.parametrize("path", ["../outside/secret.py", "/etc/passwd", "link.py", "a\0b"])
def test_what_lies_outside_the_root_is_refused(client, path):
    for tool, name in (("lint", "paths"), ("log", "path"), ("show", "case")):
        said = client.refused(tool, **{name: [path] if name == "paths" else path})
        assert "outside" in said or "no path" in said
    assert "outside" in client.refused("log", path="boards")


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("explain", {"name": "softmax"}, "Did you mean softmax-over-one-unit"),
        ("lint", {"paths": ["none.py"]}, "'none.py' does not exist in "),
        ("lint", {"paths": ["x" * 300]}, "is no path that can be read (File name too long)"),
        ("lint", {}, "Give either paths"),
        ("lint", {"path": "train.py"}, "unknown field `path`. It takes: paths, text"),
        ("lint", {"paths": ["train.py"], "select": ["no-such"]}, "there is no rule 'no-such'"),
        ("log", {"text": "nothing"}, "holds no training that unstuck can read"),
        ("log", {"path": "-"}, "'-' does not exist"),
        ("show", {"case": "train.py"}, "train.py is not readable JSON"),
        ("show", {"case": "deep.json"}, "deep.json is not readable JSON: maximum recursion depth"),
        ("run", {"script": "train.py"}, "starting the server with `unstuck mcp --allow-run`"),
        ("prove", {"case": "case.json"}, "--allow-run"),
        ("fix", {}, "There is no tool 'fix'. There are: lint, log,"),
    ],
)
def test_errors_say_what_was_given_and_what_to_do(client, tool, arguments, said):
    assert said in client.refused(tool, **arguments)


def test_pages_and_schemas_are_resources(client):
    (page,) = client.ask("read_resource", "unstuck://rules/frozen-layers").contents
    assert page.text.startswith("frozen-layers")
    for each in client.ask("list_resources").resources:
        (held,) = client.ask("read_resource", each.uri).contents
        assert json.loads(held.text)
    with pytest.raises(MCPError, match="No rule is named"):
        client.ask("read_resource", "unstuck://rules/none")
    with pytest.raises(MCPError, match="There is no resource"):
        client.ask("read_resource", "unstuck://none")


def test_the_prompt_names_the_script(client):
    (prompt,) = client.ask("list_prompts").prompts
    said = client.ask("get_prompt", prompt.name, {"script": "train.py", "log": "train.log"}).messages[0]
    assert "lint on train.py" in said.content.text
    assert "log on train.log" in said.content.text


def test_without_the_extra_one_line_says_what_to_install():
    code = (
        "import sys, importlib.metadata as known; old = known.version\n"
        "def version(name):\n"
        "    if name == 'mcp': raise known.PackageNotFoundError(name)\n"
        "    return old(name)\n"
        "known.version = version; sys.argv = ['unstuck', 'mcp']\n"
        "from unstuck.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The server needs the package mcp. Install it with: pip install 'unstuck[mcp]'\n"
    )
