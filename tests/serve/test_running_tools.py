"""What `unstuck mcp --allow-run` serves besides: scripts run within bounds and leave nothing behind."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import anyio
import psutil
import pytest
from mcp import MCPError

from unstuck.serve.child import run_child, shown

STUCK = """import keras
import numpy as np
from keras import layers

print("what a script prints")
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
model = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, verbose=0)
"""
#: Starts a child, says who both are, and never ends.
ENDLESS = """import os, subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
print("pids", os.getpid(), child.pid, flush=True)
threading.Event().wait()
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + ENDLESS


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    for name, text in {"stuck": STUCK, "endless": ENDLESS, "broken": "import os; os._exit(3)"}.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "none.ipynb").write_text("no notebook")
    return folder


@pytest.fixture(scope="module")
def client(connect, root):
    return connect(root, "--allow-run")


def gone(pids):
    """Whether processes end; one that has ended and that nobody has asked after yet counts as such."""
    there = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return all(each.status() == psutil.STATUS_ZOMBIE for each in psutil.wait_procs(there, timeout=5)[1])


def begin(client, script):
    """Call run without waiting for its answer; give the call and, once named, the processes of the script."""
    pids, named = [], threading.Event()

    async def seen(gone, limit, message):
        if "pids" in message:
            pids.extend(map(int, message.rpartition("pids")[2].split()))
            named.set()

    async def call():
        await client.session.call_tool("run", {"script": script}, progress_callback=seen)

    task = client.portal.start_task_soon(call)
    assert named.wait(timeout=60)
    return task, pids[:2]


def test_both_are_listed_as_what_they_are(client):
    tools = {tool.name: tool for tool in client.ask("list_tools").tools}
    assert list(tools) == ["lint", "log", "explain", "rules", "show", "run", "prove"]
    assert not tools["run"].annotations.read_only_hint
    assert tools["run"].annotations.destructive_hint
    assert not tools["prove"].annotations.read_only_hint


def test_a_script_is_run_diagnosed_and_can_be_shown_again(client, root):
    before = sorted(root.iterdir())
    text = client.call("run", script="stuck.py", seconds=120)
    said = client.answer.structured_content
    assert (said["ended"], said["status"]) == ("by itself", 0)
    assert "what a script prints" in said["output"]
    assert "softmax-over-one-unit at stuck.py:9" in text
    (run,) = said["diagnosis"]["runs"]
    assert run["causes"][0]["rule"] == "softmax-over-one-unit"
    assert "pictures" not in run
    assert "runs[0].pictures" in said["diagnosis"]["left_out"]
    assert client.call("show", case=said["case"]).rstrip() in text
    assert sorted(root.iterdir()) == before


def test_a_script_that_does_not_end_is_interrupted_with_its_children(client):
    client.call("run", script="endless.py", seconds=4)
    said = client.answer.structured_content
    assert (said["ended"], said["status"]) == ("at the time limit", 130)
    assert gone(map(int, said["output"].partition("\n")[0].split()[1:]))
    refused = client.refused("prove", case=said["case"])
    assert f"{said['case']} has nothing to train again from" in refused


def test_a_call_that_is_cancelled_takes_its_script_along(client):
    task, pids = begin(client, "endless.py")
    task.cancel()
    assert gone(pids)


def test_a_client_that_goes_takes_its_script_along(connect, root):
    client = connect(root, "--allow-run")
    task, pids = begin(client, "endless.py")
    client.close()
    assert gone(pids)
    assert isinstance(task.exception(timeout=10), MCPError)


def test_a_script_that_leaves_no_diagnosis_is_an_error(client):
    assert "broken.py ended with status 3 after" in client.refused("run", script="broken.py")
    assert client.refused("run", script="none.ipynb").startswith("none.ipynb ")
    assert "outside" in client.refused("run", script="../broken.py")
    assert "is no file" in client.refused("run", script=".")
    assert "a null byte" in client.refused("run", script="broken.py", arguments=["a\0b"])


def test_what_goes_on_after_an_interrupt_is_killed(tmp_path):
    async def tell(gone, line):
        pass

    async def run():
        command = [sys.executable, "-c", STUBBORN]
        return await run_child(command, tmp_path, os.environ, limit=3, grace=0.2, tell=tell)

    ended = anyio.run(run)
    assert ended.killed
    assert gone(map(int, ended.output.split()[1:3]))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_server_that_is_told_to_end_leaves_nothing_behind(tmp_path):
    code = (
        "import anyio, os, sys, signal\n"
        "from pathlib import Path\n"
        "from unstuck.serve.child import run_child\n"
        "from unstuck.serve.server import _end_with_all\n"
        f"own = {str(tmp_path / 'own')!r}; os.mkdir(own); _end_with_all(own)\n"
        "async def tell(gone, line):\n"
        "    if line: print(line, flush=True); os.kill(os.getpid(), signal.SIGTERM)\n"
        f"anyio.run(lambda: run_child([sys.executable, '-c', {ENDLESS!r}], Path('.'), os.environ,"
        " limit=60, grace=1, tell=tell))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 128 + 15, done.stderr
    assert gone(map(int, done.stdout.split()[1:3]))
    assert not Path(tmp_path / "own").exists()


def test_output_reads_as_a_terminal_would_show_it():
    bar = b"Epoch 1\r\n\x1b[1m1/2\x1b[0m ---\r\x1b[1m2/2\x1b[0m ===\n3/3\x08\x08\x084/4\n\xff"
    assert shown(bar) == "Epoch 1\n2/2 ===\n4/4\n\N{REPLACEMENT CHARACTER}"
    assert shown(b"a\rb\r\nc\x08\r\nd\r\r") == "b\n\nd"


def test_one_long_line_of_output_takes_no_time():
    shown(b"x" * 10_000)
    began = time.process_time()
    assert len(shown(b"x" * 200_000)) == 200_000
    assert shown(b"x" * 100_000 + b"\x08" * 100_000) == ""
    assert time.process_time() - began < 5  # minutes, where each character is compared with each other
