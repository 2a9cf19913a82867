"""Play the demo: each script in a process of its own, as `unstuck run` would run the user's."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import click

#: What each script shows, in the order in which they are played.
SCRIPTS = {
    "price_series": "An LSTM on prices: the loss falls, the accuracy stays near zero.",
    "sentiment": "An LSTM on film reviews: the accuracy never moves.",
    "imbalance": "A network on card payments: a high accuracy, and not one fraud found.",
}

_BACKENDS = ("torch", "jax", "tensorflow")

_FOLDER = Path(__file__).parent


class DemoError(Exception):
    """The demo cannot be played. The text says what to do."""


def play(name: str | None = None, *, prove: bool = True) -> int:
    """Play one script or all of them, with the proof of what is found or without.

    Returns:
        The exit status: that of the first script that did not end with 0, else 0.

    Raises:
        DemoError: no script has this name, or Keras or a backend is missing.
    """
    if name is not None and name.removesuffix(".py") not in SCRIPTS:
        raise DemoError(f"No demo is named {name!r}. There are {', '.join(SCRIPTS)}.")
    chosen = [name.removesuffix(".py")] if name else list(SCRIPTS)
    environment = {**os.environ, "KERAS_BACKEND": backend()}
    # TensorFlow's start-up messages would drown the scripts' few lines.
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    failed = 0
    for at, script in enumerate(chosen, start=1):
        click.echo(
            ("\n" if at > 1 else "") + click.style(f"{at} of {len(chosen)}: {SCRIPTS[script]}", bold=True)
        )
        click.echo(f"$ unstuck run {_FOLDER / script}.py\n")
        options = ["--no-html"] if prove else ["--no-html", "--no-prove"]
        command = [sys.executable, "-m", "unstuck", "run", *options, f"{script}.py"]
        status = subprocess.run(command, cwd=_FOLDER, env=environment, check=False).returncode
        failed = failed or status
    return failed


def backend() -> str:
    """The backend to play on: KERAS_BACKEND where it is set, else the first that is installed.

    Raises:
        DemoError: Keras, or every backend, or the one asked for, is missing.
    """
    if not _installed("keras"):
        raise DemoError("The demo needs Keras and a backend. Install both: pip install keras jax.")
    asked = os.environ.get("KERAS_BACKEND")
    if asked and asked not in _BACKENDS:
        raise DemoError(f"KERAS_BACKEND is {asked!r}; unstuck reads tensorflow, jax and torch.")
    if asked and not _installed(asked):
        raise DemoError(f"KERAS_BACKEND is {asked!r}, which is not installed: pip install {asked}.")
    found = asked or next(filter(_installed, _BACKENDS), None)
    if found is None:
        raise DemoError("Keras has no backend here. Install one: pip install jax.")
    return found


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
