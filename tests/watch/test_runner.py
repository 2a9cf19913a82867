"""`unstuck run` is plain `python` to the script: argv, paths, output, traceback and exit status."""

import json
import os
import subprocess
import sys
import textwrap

import pytest


def run(script, *arguments, options=(), python=False, **environment):
    """Diagnosed, not proved: how a script is run is the same in both."""
    diagnosed = [sys.executable, "-m", "unstuck", "run", "--no-html", "--no-prove", *options]
    command = [sys.executable] if python else diagnosed
    return subprocess.run(
        [*command, str(script), *arguments],
        capture_output=True,
        text=True,
        cwd=script.parent,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )


@pytest.fixture
def write(tmp_path):
    def write(text, name="train.py"):
        script = tmp_path / name
        script.write_text(textwrap.dedent(text))
        return script

    return write


TRAIN = """
import keras, numpy as np
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
"""


def test_the_script_sees_what_python_would_show_it(write):
    script = write(
        """
        import os, sys
        print(sys.argv, __name__, __file__, sys.path[0], os.getcwd())
        import __main__
        print(__main__.__file__, __spec__ if "__spec__" in globals() else None)
        """
    )
    ours, theirs = run(script, "--epochs", "3", "-x"), run(script, "--epochs", "3", "-x", python=True)
    assert ours.stdout.splitlines()[:2] == theirs.stdout.splitlines()
    assert "never imported Keras" in ours.stdout + ours.stderr


@pytest.mark.parametrize(
    "ending",
    [
        "sys.exit()",
        "sys.exit(0)",
        "sys.exit(7)",
        "sys.exit('no data')",
        "raise ValueError('bad')",
        "1/0",
        "pass",
    ],
)
def test_its_exit_status_and_traceback_stay(write, ending):
    script = write(f"import sys\ndef main():\n    {ending}\nmain()\n")
    ours, theirs = run(script), run(script, python=True)
    assert ours.returncode == theirs.returncode
    assert ours.stderr.startswith(theirs.stderr)


def test_a_syntax_error_is_shown_as_python_shows_it(write):
    script = write("x = (1,\nprint(x\n")
    ours, theirs = run(script), run(script, python=True)
    assert (ours.returncode, ours.stderr.splitlines()[-1]) == (1, theirs.stderr.splitlines()[-1])


def test_a_forked_child_reports_nothing(write):
    script = write("import os, sys\nif os.fork() == 0:\n    sys.exit(0)\nos.wait()\nprint('parent')\n")
    done = run(script)
    assert done.stdout.count("parent") == 1
    assert (done.stdout + done.stderr).count("never imported Keras") == 1


def test_classes_of_the_script_can_be_pickled_and_spawned(write):
    script = write(
        """
        import multiprocessing, pickle
        class Thing: pass
        def double(number): return 2 * number
        if __name__ == "__main__":
            print(type(pickle.loads(pickle.dumps(Thing()))).__name__)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(double, [1, 2]))
        """
    )
    assert "Thing\n[2, 4]\n" in run(script).stdout


def case_of(script, *arguments, **environment):
    target = script.parent / "case.json"
    done = run(script, *arguments, options=["--json", str(target)], **environment)
    return done, json.loads(target.read_text())


def test_a_fit_that_raises_is_diagnosed_and_its_error_stays(write):
    script = write(TRAIN + "model.fit(x, y[:32])\n")
    plain = run(script, python=True)
    done, case = case_of(script)
    assert done.returncode == plain.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == plain.stderr.strip().splitlines()[-1]
    assert "unstuck/watch" not in done.stderr
    assert case["runs"][0]["status"] == "failed"
    assert case["runs"][0]["fit"] == {"file": str(script), "line": 8}


def test_an_interrupted_fit_is_diagnosed(write):
    stop = "class Stop(keras.callbacks.Callback):\n    def on_epoch_end(self, epoch, logs=None):\n"
    script = write(TRAIN + stop + "        if epoch == 3: raise KeyboardInterrupt\n")
    script.write_text(script.read_text() + "model.fit(x, y, epochs=9, verbose=0, callbacks=Stop())\n")
    done, case = case_of(script)
    assert done.returncode == 130
    assert "KeyboardInterrupt" in done.stderr
    assert case["runs"][0]["causes"][0]["rule"] == "softmax-over-one-unit"


def test_every_fit_is_one_run_in_order(write):
    script = write(
        TRAIN
        + """
import sys
def train(epochs):
    return model.fit(x, y, 16, epochs, 0)
for epochs in (1, 2):
    train(epochs)
model.fit(x, y, verbose=0)
sys.exit(5)
"""
    )
    done, case = case_of(script)
    assert done.returncode == 5
    assert [entry["fit"]["line"] for entry in case["runs"]] == [11, 11, 14]
    assert [entry["figures"]["epochs_done"] for entry in case["runs"]] == [1, 2, 1]


def test_a_model_that_never_trains_gives_one_sentence(write):
    done, case = case_of(write(TRAIN + "model.predict(x, verbose=0)\n"))
    assert case["runs"] == []
    assert "never called fit" in case["message"]
    assert done.returncode == 0


def test_no_backend_installed_gives_one_sentence(write):
    script = write("raise ModuleNotFoundError(\"No module named 'jax'\", name='jax')\n")
    message = case_of(script)[1]["message"]
    assert message.startswith("Keras has no backend to run on: jax is not installed.")
    assert "pip install jax" in message
