"""`show --follow`: each thing is told once, until the run ends."""

import io
import signal
import subprocess
import sys

import pytest

from unstuck.case.journal import Journal, kept
from unstuck.case.schema import Case, CaseError, RunRecord
from unstuck.evidence.facts import Curve, Evidence, Fit, Output
from unstuck.verbs import follow as following
from unstuck.verbs.follow import Following, follow

TOLD = {
    "rule": "dead-layer",
    "certainty": "proved",
    "impact": "blocks",
    "says": "It is so. And more.",
    "step": 8,
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("UNSTUCK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(following, "_EVERY", 0.0)


def after(epochs):
    curve = Curve(epochs={"loss": (0.5, 0.25, float("nan"))[:epochs], "val_loss": (1.0,) * epochs})
    return Evidence(
        fit=Fit(epochs=3, epochs_done=epochs, updates=10 * epochs), outputs=(Output(curve=curve),)
    )


def test_each_thing_is_told_once_and_in_its_order():
    journal = Journal("/home/me/train.py", [])
    journal.is_at("training", 1, evidence=after(0))
    lines = Following(kept()[0]).lines()
    first = next(lines)
    assert first.startswith("unstuck follows train.py (process ")
    assert first.endswith("), in fit 1, after 0 of 3 epochs (0 steps).")
    journal.is_at("training", 1, evidence=after(1), told=[TOLD])
    assert next(lines) == "fit 1, step 8: dead-layer (proved): It is so."
    assert next(lines) == "fit 1, epoch 1 of 3: loss 0.5000, val_loss 1.0000"
    journal.is_at("training", 1, evidence=after(3), told=[TOLD])
    assert next(lines) == "fit 1, epoch 3 of 3: loss NaN, val_loss 1.0000"
    journal.is_at("examining", 1, evidence=after(3))
    assert next(lines) == "fit 1 is examined"
    journal.has_ended(0, RunRecord(headline="This training is stuck."))
    assert next(lines) == "fit 1 has ended: This training is stuck."
    journal.is_at("training", 2, evidence=after(1))
    assert next(lines) == "fit 2, epoch 1 of 3: loss 0.5000, val_loss 1.0000"
    journal.close(Case(runs=[RunRecord(headline="This training is stuck.")]))
    assert list(lines) == ["The run has ended; `unstuck show` tells all of it."]


def test_a_run_that_is_killed_meanwhile_ends_it():
    code = (
        "import sys; from unstuck.case.journal import Journal; journal = Journal('a.py', [])\n"
        "journal.is_at('training', 1); print(flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    lines = Following(kept()[0]).lines()
    assert "follows a.py" in next(lines)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    (last,) = lines
    assert last.startswith("This run was killed, or ended without a word, in fit 1; it was last written ")
    with pytest.raises(CaseError, match="Run 1 trains no more; `unstuck show 1` tells it"):
        follow("1", io.StringIO())


def test_ctrl_c_ends_it_quietly(monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    Journal("train.py", []).is_at("training", 1)
    monkeypatch.setattr(following.time, "sleep", interrupted)
    stream = io.StringIO()
    follow(None, stream)
    assert stream.getvalue().count("\n") == 1


def test_where_nothing_trains_it_says_so(tmp_path):
    with pytest.raises(CaseError, match="No run trains now"):
        follow(None, io.StringIO())
    file = tmp_path / "case.json"
    Case().save(file)
    with pytest.raises(CaseError, match="is a file; --follow takes a number"):
        follow(str(file), io.StringIO())
