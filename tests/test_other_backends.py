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


@pytest.mark.parametrize("backend", ["torch", "jax", "tensorflow"])
def test_backend(backend, tmp_path_factory):
    if backend == os.environ["KERAS_BACKEND"]:
        pytest.skip(f"{backend} is what all the other tests run on")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"NOT TESTED: {backend} is not installed")
    cache = os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(tmp_path_factory.mktemp("jax"))
    environment = {
        **os.environ,
        _INNER: "1",
        "KERAS_BACKEND": backend,
        "JAX_COMPILATION_CACHE_DIR": cache,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    command = [sys.executable, "-m", "pytest", "-m", "backend", "-q", "-p", "no:cacheprovider", "tests"]
    run = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"pytest on {backend}:\n{run.stdout[-8000:]}\n{run.stderr[-2000:]}"
