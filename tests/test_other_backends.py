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


def begun(environment):
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-m", "backend", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def started(request, tmp_path_factory):
    """The processes of the backends that were asked for, all at the same time."""
    cache = os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(tmp_path_factory.mktemp("jax"))
    environment = {
        **os.environ,
        _INNER: "1",
        "JAX_COMPILATION_CACHE_DIR": cache,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    asked = [
        each.callspec.params["backend"] for each in request.session.items if each.module is request.module
    ]
    running = {
        backend: begun({**environment, "KERAS_BACKEND": backend}) for backend in asked if not why_not(backend)
    }
    yield running
    for process in running.values():
        if process.returncode is None:  # its test was never reached
            process.kill()
            process.communicate()


def why_not(backend):
    if backend == os.environ["KERAS_BACKEND"]:
        return f"{backend} is what all the other tests run on"
    return "" if importlib.util.find_spec(backend) else f"NOT TESTED: {backend} is not installed"


@pytest.mark.parametrize("backend", BACKENDS)
def test_backend(backend, started):
    if backend not in started:
        pytest.skip(why_not(backend))
    output, _ = started[backend].communicate()
    assert started[backend].returncode == 0, f"pytest on {backend}:\n{output[-8000:]}"
