"""A training that is killed can still be told: each ended fit and epoch. No half file, no process stays."""

import os
import signal

import pytest
from forked import Forks
from killed import MOMENTS, ended_by, problems, run
from programs import environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def forks(tmp_path_factory, compiled):
    cache = str(tmp_path_factory.mktemp("cache"))
    scratch = tmp_path_factory.mktemp("scratch")
    variables = {"UNSTUCK_CACHE": cache, "TMPDIR": str(scratch)}
    started = Forks({**environment("torch", compiled), **variables})
    started.cache, started.scratch = cache, scratch
    yield started
    started.stop()


@pytest.fixture
def left(forks, tmp_path, monkeypatch):
    monkeypatch.setenv("UNSTUCK_CACHE", forks.cache)

    def ended(moment, number, times=1):
        return run(forks, tmp_path, moment, number, times)

    return ended


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_was_seen_survives_sigkill(left, forks, moment):
    after = left(moment, signal.SIGKILL)
    assert after.status == -signal.SIGKILL
    assert not problems(after, moment, forks)
    assert after.saved.growing.is_alive is False
    if moment == "fit":
        assert ended_by(after, 2, after.saved.growing.written) >= 1  # the first one is written in any case


@pytest.mark.parametrize(
    ("moment", "number"),
    [("fit", signal.SIGTERM), ("proof", signal.SIGTERM), ("examination", signal.SIGHUP)],
)
def test_a_signal_that_can_be_heard_is_told_first(left, forks, moment, number):
    after = left(moment, number)
    assert after.status == -number
    assert not problems(after, moment, forks)
    assert after.saved.growing is None
    assert after.run.head().growing is None
    assert f"{number.name} ended this run" in " ".join(after.printed.split())
    assert "softmax-over-one-unit" in after.printed
    assert (after.folder / "unstuck-report.html").stat().st_size


def test_ctrl_c_three_times_leaves_the_json(left, forks):
    after = left("fit", signal.SIGINT, 3)
    assert after.status == 130
    assert not problems(after, "fit", forks)
    assert after.saved.growing is None
