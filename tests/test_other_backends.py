"""The tests that are marked `backend`, on every other backend: a process cannot switch."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

_INNER = "UNSTUCK_TESTS_INNER"
_ROOT = Path(__file__).parent.parent

if _INNER in os.environ:
    pytest.skip("runs in the outer process only", allow_module_level=True)


BACKENDS = ("torch", "jax", "tensorflow")


def why_not(backend):
    if backend == os.environ["KERAS_BACKEND"]:
        return f"{backend} is what all the other tests run on"
    return "" if importlib.util.find_spec(backend) else f"NOT TESTED: {backend} is not installed"


@pytest.mark.parametrize("backend", BACKENDS)
def test_backend(backend, compiled):
    if reason := why_not(backend):
        pytest.skip(reason)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-m", "backend", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=_ROOT,
        env={**os.environ, **compiled, _INNER: "1", "KERAS_BACKEND": backend, "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"pytest on {backend}:\n{ran.stdout[-8000:]}"
