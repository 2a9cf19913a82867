"""How the tests run: one Keras backend a process, few threads, the same seeds."""

import os

import pytest
from hypothesis import settings

# A busy machine is no failure: nothing here asserts a time.
settings.register_profile("unstuck", deadline=None)
settings.load_profile("unstuck")

os.environ.setdefault("KERAS_BACKEND", "torch")
for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


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
