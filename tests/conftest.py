"""How the tests run: one Keras backend a process, few threads, the same seeds."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure: nothing here asserts a time.
settings.register_profile("unstuck", deadline=None)
settings.load_profile("unstuck")

os.environ.setdefault("KERAS_BACKEND", "torch")
for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
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


def pytest_ignore_collect(collection_path, config):
    """With `-m fast` no other file is imported: most of them import Keras, which takes seconds."""
    if config.option.markexpr == "fast" and collection_path.suffix == ".py":
        return not is_fast(collection_path) or None
    return None


def pytest_collection_modifyitems(items):
    for item in items:
        if is_fast(item.path):
            item.add_marker("fast")


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
