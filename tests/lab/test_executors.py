"""Executors: outcomes as they come, whatever happens to the processes that work them out."""

import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import chores
import pytest
from chores import Chore, Unpacked
from joblib import cpu_count

from unstuck.lab.executors import Done, ExecutorError, Failed, Here, Local, OnRay, packed

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
FOLDER = Path(chores.__file__).parent


def outcomes(executor, tasks, shared=100):
    return dict(executor.run(chores.do, packed(shared), tasks))


def workers_of(parent):
    """The process ids of a process's workers (not those that only keep count of its resources)."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            status, command = (entry / "stat").read_text(), (entry / "cmdline").read_text()
        except OSError:
            continue
        after_name = status.rpartition(")")[2].split()
        if int(after_name[1]) == parent and "popen_loky" in command:
            found.append(int(entry.name))
    return found


def wait_for_end(process, seconds=20):
    """Whether the process ends within so many seconds; it need not be a child."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


@pytest.fixture(scope="module")
def two():
    with Local(2) as executor:
        yield executor


@pytest.fixture(params=["here", "local"])
def executor(request, two):
    return two if request.param == "local" else Here()


def test_results_and_errors(executor):
    tasks = [Chore("add", 1), Chore("fail", "no such thing"), Chore("add", 3)]
    assert outcomes(executor, tasks) == {0: Done(101), 1: Failed("ValueError: no such thing"), 2: Done(103)}


def test_no_tasks(executor):
    assert outcomes(executor, []) == {}


def test_shared_object_that_cannot_be_unpacked_fails_each_task(executor):
    found = dict(executor.run(chores.do, b"no pickle", [Chore("add", 1), Chore("add", 2)]))
    assert [type(found[index]) for index in (0, 1)] == [Failed, Failed]
    assert "UnpicklingError" in found[0].error


def test_ends_of_a_task_other_than_an_error(two):
    tasks = [Chore("leave", 3), Chore("unpicklable"), Chore("add", iter_of_nothing()), Chore("add", 1)]
    found = outcomes(two, tasks)
    assert found[0] == Failed("SystemExit: 3")
    assert "pickle" in found[1].error
    assert "pickle" in found[2].error
    assert found[3] == Done(101)


def iter_of_nothing():
    return (each for each in ())


def test_killed_worker_loses_only_its_task_after_a_second_try(two, tmp_path):
    lines = tmp_path / "lines"
    tasks = [Chore("add", 0), Chore("die", lines), *(Chore("add", number) for number in range(2, 8))]
    found = outcomes(two, tasks)
    lost = found.pop(1)
    assert isinstance(lost, Failed)
    assert "killed" in lost.error
    assert found == {index: Done(100 + index) for index in (0, *range(2, 8))}
    assert len(set(lines.read_text().split())) == 2


def test_task_of_a_killed_worker_is_tried_again(two, tmp_path):
    assert outcomes(two, [Chore("die_once", tmp_path / "lines")]) == {0: Done("alive")}


def test_worker_killed_between_two_runs_is_replaced(two):
    before = outcomes(two, [Chore("own_process")])[0].value
    os.kill(before, signal.SIGKILL)
    assert outcomes(two, [Chore("add", 1)]) == {0: Done(101)}


def test_workers_are_kept_from_run_to_run(two):
    tasks = [Chore("own_process")] * 4
    first, second = (
        {each.value for each in outcomes(two, tasks).values()},
        {each.value for each in outcomes(two, tasks).values()},
    )
    assert len(first | second) <= 2
    assert os.getpid() not in first


@linux
def test_closing_early_leaves_no_worker():
    others = set(workers_of(os.getpid()))
    threads = set(threading.enumerate())
    with Local(2) as executor:
        tasks = [Chore("add", 1), *[Chore("endless")] * 5]
        with closing(executor.run(chores.do, packed(100), tasks)) as run:
            assert next(run) == (0, Done(101))
            assert len(set(workers_of(os.getpid())) - others) == 2
        assert set(workers_of(os.getpid())) <= others
        # Nor a thread: one that still gives semaphores back when Python ends leaves warnings behind.
        assert set(threading.enumerate()) <= threads
        assert outcomes(executor, [Chore("add", 2)]) == {0: Done(102)}


def test_task_that_does_not_end_is_abandoned_and_the_rest_goes_on():
    with Local(1, patience=0.2) as executor:
        outcomes(executor, [Chore("add", 1)])  # the first task of a process may take longer
        tasks = [Chore("endless", seconds=0.1), Chore("add", 1)]
        assert outcomes(executor, tasks) == {
            0: Failed("took longer than its 0.1 s and was stopped"),
            1: Done(101),
        }


@linux
def test_run_ends_with_its_time_and_keeps_what_came():
    others = set(workers_of(os.getpid()))
    with Local(1) as executor:
        outcomes(executor, [Chore("add", 1)])  # so that the second task has begun when the time is up
        tasks = [Chore("add", 1), *[Chore("endless")] * 2]
        assert list(executor.run(chores.do, packed(100), tasks, seconds=2.0)) == [(0, Done(101))]
        assert set(workers_of(os.getpid())) <= others


def test_here_begins_nothing_when_the_time_is_up():
    assert list(Here().run(chores.do, packed(100), [Chore("add", 1)], seconds=0.0)) == []


def test_shared_object_is_unpacked_once_in_each_worker(two, tmp_path):
    lines = tmp_path / "lines"
    shared = packed(Unpacked(lines))
    tasks = [Chore("own_process")] * 12
    used = {each.value for each in dict(two.run(chores.do, shared, tasks)).values()}
    used |= {each.value for each in dict(two.run(chores.do, shared, tasks)).values()}
    assert sorted(map(int, lines.read_text().split())) == sorted(used)


def test_nothing_of_a_run_stays_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Local(1) as executor:
        assert outcomes(executor, [Chore("add", 1)]) == {0: Done(101)}
    assert list(tmp_path.glob("unstuck-*")) == []


def test_threads_are_bounded_in_workers_and_the_environment_here_is_as_before(monkeypatch):
    for name in ("MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "64")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    before = dict(os.environ)
    share = str(max(1, cpu_count() // 2))
    expected = {
        "OMP_NUM_THREADS": "1",  # the user's own bound is the lower one
        "MKL_NUM_THREADS": "1",  # which holds for this library too
        "OPENBLAS_NUM_THREADS": share,
        "TF_NUM_INTRAOP_THREADS": share,
        "NPROC": share,
        "CUDA_VISIBLE_DEVICES": "3",
        "KERAS_BACKEND": "jax",
    }
    with Local(2, backend="jax") as executor:
        assert outcomes(executor, [Chore("variables", tuple(expected))]) == {0: Done(expected)}
    assert dict(os.environ) == before


def test_workers_find_what_the_script_finds_and_are_silent(two, capfd):
    assert str(FOLDER) in outcomes(two, [Chore("search_path")])[0].value
    assert outcomes(two, [Chore("speak", "heard")]) == {0: Done(None)}
    assert capfd.readouterr() == ("", "")


def test_warm_workers_have_imported_keras():
    with Local(1) as executor:
        executor.warm()
        assert outcomes(executor, [Chore("imported", "keras")]) == {0: Done(True)}


SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started in the background is deaf to it
sys.path.insert(0, {folder!r})
from unstuck.lab.executors import Local, packed
import chores

class Layer:
    units = 7

def units(shared, task):
    return shared().units if task is None else chores.do(shared, task)

if __name__ == "__main__":
    tasks = [None, *[chores.Chore("endless", {pipe!r})] * 4]
    with Local(2) as executor:
        try:
            for index, outcome in executor.run(units, packed(Layer), tasks):
                print(index, outcome, flush=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
"""


@pytest.fixture
def script(tmp_path):
    """A script of a user's whose first line is out and whose endless tasks have begun."""
    file = tmp_path / "train.py"
    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    begun = os.open(pipe, os.O_RDWR)  # for both, or it would end with the first worker that has written
    file.write_text(SCRIPT.format(folder=str(FOLDER), pipe=str(pipe)))
    process = subprocess.Popen(
        [sys.executable, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        # What the script defines travels to the workers.
        assert process.stdout.readline() == "0 Done(value=7)\n"
        with os.fdopen(begun) as lines:  # both workers are at work, not still starting
            assert lines.readline()
            assert lines.readline()
        yield process
        process.kill()


@linux
def test_ctrl_c_stops_the_workers_and_keeps_what_came(script):
    working = workers_of(script.pid)
    assert len(working) == 2
    os.killpg(script.pid, signal.SIGINT)  # as a terminal does: to the workers too
    assert script.communicate(timeout=60) == ("interrupted\n", "")
    assert all(wait_for_end(each, seconds=0) for each in working)


@linux
def test_workers_end_when_their_parent_is_killed(script):
    working = workers_of(script.pid)
    assert len(working) == 2
    script.kill()
    assert all(wait_for_end(each) for each in working)


STARTING = """
from unstuck.lab.executors import Local

with Local(2) as executor:
    executor.warm()
    print(flush=True)
    input()
"""


@linux
def test_workers_that_still_import_end_when_their_parent_is_killed(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", STARTING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    with process:
        assert process.stdout.readline()
        working = workers_of(process.pid)
        assert len(working) == 2
        process.kill()
        assert all(wait_for_end(each) for each in working)
    assert list(tmp_path.iterdir()) == []


# --- on Ray ---


@pytest.fixture(scope="module")
def cluster():
    """A cluster of the user's own, with two processors."""
    ray = pytest.importorskip("ray")
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def test_ray_gives_the_same_outcomes(cluster, tmp_path):
    lines, unpackings = tmp_path / "lines", tmp_path / "unpackings"
    tasks = [Chore("add", 1), Chore("fail", "no such thing"), Chore("die", lines)]
    with OnRay() as executor:
        assert executor.workers == 2
        found = outcomes(executor, [*tasks, *(Chore("add", number) for number in range(3, 8))])
        lost = found.pop(2)
        assert isinstance(lost, Failed)
        assert "killed" in lost.error
        assert len(set(lines.read_text().split())) == 2
        assert found.pop(1) == Failed("ValueError: no such thing")
        assert found == {index: Done(100 + max(index, 1)) for index in (0, *range(3, 8))}

        once = dict(executor.run(chores.do, packed(Unpacked(unpackings)), [Chore("own_process")] * 12))
        used = {each.value for each in once.values()}
        assert sorted(map(int, unpackings.read_text().split())) == sorted(used)
    assert cluster.is_initialized()


def test_ray_stops_what_runs_when_closed_early(cluster, tmp_path):
    with OnRay(backend="jax") as executor:
        tasks = [Chore("own_process"), *[Chore("endless")] * 3]
        with closing(executor.run(chores.do, packed(100), tasks)) as run:
            process = next(run)[1].value  # it runs an endless task by now, or is free for the next
        asked = Chore("variables", ("KERAS_BACKEND", "OMP_NUM_THREADS"))
        found = outcomes(executor, [asked, Chore("add", 1)])
    assert found[0].value == {"KERAS_BACKEND": "jax", "OMP_NUM_THREADS": "1"}
    assert found[1] == Done(101)
    assert process != os.getpid()


def test_ray_abandons_a_task_that_does_not_end(cluster, monkeypatch):
    monkeypatch.setattr("unstuck.lab.executors.on_ray.START_SECONDS", 0.0)
    with OnRay(patience=0.2) as executor:
        found = outcomes(executor, [Chore("endless", seconds=0.1)])
    assert found == {0: Failed("took longer than its 0.1 s and was stopped")}


def test_ray_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExecutorError, match=r'pip install "unstuck\[ray\]"'):
        OnRay()


OWN_CLUSTER = """
import os, sys
sys.path.insert(0, {folder!r})
import chores, joblib, ray  # importing joblib sets a variable of its own
from unstuck.lab.executors import ExecutorError, OnRay, packed

before = dict(os.environ)
with OnRay(cpus=1) as executor:
    print(executor.workers, list(executor.run(chores.do, packed(1), [chores.Chore("add", 1)])))
print(ray.is_initialized(), dict(os.environ) == before)
"""


def test_ray_cluster_of_its_own_is_shut_down(tmp_path):
    pytest.importorskip("ray")
    file = tmp_path / "train.py"
    file.write_text(OWN_CLUSTER.format(folder=str(FOLDER)))
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    ended = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert (ended.stdout, ended.stderr) == ("1 [(0, Done(value=2))]\nFalse True\n", "")


def test_a_function_of_the_script_keeps_the_file_that_it_stands_in():
    names = {"__name__": "__main__"}
    exec(compile("def outer():\n    return lambda: 1\n", "/home/ann/train.py", "exec"), names)
    came = pickle.loads(packed(names["outer"]))
    assert came is not names["outer"]
    assert (came.__code__.co_filename, came().__code__.co_filename) == ("/home/ann/train.py",) * 2
