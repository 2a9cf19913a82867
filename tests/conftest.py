"""How the tests run: one Keras backend a process, few threads, the same seeds."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure: nothing here asserts a time.
settings.register_profile("unstuck", deadline=None)
settings.load_profile("unstuck")

os.environ.setdefault("KERAS_BACKEND", "torch")
# What the tests run is no run of the user's.
os.environ["UNSTUCK_CACHE"] = str(Path(tempfile.gettempdir()) / f"unstuck-tests-{os.getuid()}")
# One process for the trials of a proof, as the other cores have tests of their own: each imports Keras.
for name in ("LOKY_MAX_CPU_COUNT", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


#: Folders and files of tests that need no training: `pytest -m fast`.
FAST = (
    "rules",
    "logbook",
    "test_arrows.py",
    "test_ledger.py",
    "lab/test_clocks.py",
    "lab/test_conclude.py",
    "lab/test_measures.py",
    "lab/test_resize.py",
    "lab/test_trials.py",
    "lab/test_verdicts.py",
)


def is_fast(path):
    """Whether a test's file is among them."""
    inside = path.relative_to(Path(__file__).parent).as_posix()
    return any(inside == each or inside.startswith(f"{each}/") for each in FAST)


#: Each process that tests holds Keras and a backend, up to 2 GB.
MOST_PROCESSES = 8

#: Files with tests that take a minute and more: they begin first, so that none is left alone at the end.
LONG = ("test_other_backends.py", "test_rivals.py", "test_oracle.py", "test_non_interference.py")


def pytest_xdist_auto_num_workers(config):
    """The whole suite takes all cores; a part of it runs in this process, where it starts sooner."""
    whole = config.args_source is config.ArgsSource.TESTPATHS
    return min(os.cpu_count() or 1, MOST_PROCESSES) if whole else 0


def pytest_configure(config):
    """What tests start sees one backend, as Keras imports all there are; the workers of xdist see all."""
    if not getattr(config.option, "numprocesses", None):
        paths = (str(Path(__file__).parent / "one_backend"), os.environ.get("PYTHONPATH"))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))


def pytest_ignore_collect(collection_path, config):
    """With `-m fast` or `-m backend` no other file is imported: that takes seconds."""
    if collection_path.suffix == ".py":
        if config.option.markexpr == "fast":
            return not is_fast(collection_path) or None
        if config.option.markexpr == "backend" and collection_path.name != "conftest.py":
            return "mark.backend" not in collection_path.read_text(encoding="utf-8") or None
    return None


def pytest_collection_modifyitems(items):
    for item in items:
        if is_fast(item.path):
            item.add_marker("fast")
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_terminal_summary(terminalreporter):
    """Say how well the clinic's programs were told their faults: bench/quality.py --run has the table."""
    from scores import Score, totals

    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())]
    scores = [Score(*value) for each in reports for name, value in each.user_properties if name == "score"]
    if scores:
        terminalreporter.section("broken programs of the clinic")
        terminalreporter.write_line("\n".join(totals(scores)))


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """A folder in which JAX keeps what it compiled, shared by all processes of one run of the tests."""
    from programs import kept_in

    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "compiled-by-jax"
    shared.mkdir(exist_ok=True)
    return kept_in(os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(shared))


@pytest.fixture(scope="session")
def programs(tmp_path_factory, compiled):
    """Whole programs, each run once in this process's share of the tests."""
    from programs import Programs

    started = Programs(tmp_path_factory.mktemp("programs"), compiled)
    yield started
    started.stop()


@pytest.fixture
def seeded():
    """The same random numbers for every test that asks for them."""
    import keras

    keras.utils.set_random_seed(7)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder of its own to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
