"""Does watching change anything? Trains with and without it from one seed and compares bits.

    python bench/non_interference.py [backend ...]

For every backend that is installed, each in a process of its own: weights, history and the random
streams after a watched and an unwatched fit, over models and data that draw random numbers. Prints
a table; exits with 1 when a single bit differs.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

BACKENDS = ("torch", "jax", "tensorflow")
SEED = 11
_CHILD = "--child"


def main(asked: list[str]) -> int:
    """Run each backend in a child and pass the worst status on."""
    worst = 0
    print(f"{'backend':<12}{'case':<34}{'weights':<12}{'history':<12}{'streams':<12}pairs seen")
    for name in asked or BACKENDS:
        if importlib.util.find_spec(name) is None:
            print(f"{name:<12}not installed, not compared")
            continue
        environment = {**os.environ, "KERAS_BACKEND": name, "TF_CPP_MIN_LOG_LEVEL": "3"}
        command = [sys.executable, str(Path(__file__)), _CHILD]
        worst = max(worst, subprocess.run(command, env=environment, check=False).returncode)
    return worst


def child() -> int:
    """Compare every case on the backend of this process."""
    import keras

    failed = 0
    for name, build in CASES.items():
        if name.startswith("3 steps") and keras.backend.backend() == "torch":
            continue
        plain, _ = _train(build, watched=False)
        seen, seen_fit = _train(build, watched=True)
        verdicts = [
            "identical" if one == other else "DIFFERENT" for one, other in zip(plain, seen, strict=True)
        ]
        failed += "DIFFERENT" in verdicts
        pairs = len(seen_fit.vitals.pairs) if seen_fit.vitals else 0
        looked = f"{pairs}" + (f"  errors: {seen_fit.errors}" if seen_fit.errors else "")
        print(
            f"{keras.backend.backend():<12}{name:<34}" + "".join(f"{each:<12}" for each in verdicts) + looked
        )
        failed += bool(seen_fit.errors)
    return int(failed > 0)


def _train(build: Callable[[], tuple[Any, dict[str, Any]]], watched: bool) -> tuple[tuple[Any, ...], Any]:
    """Everything that must be the same, as bytes, and what was seen."""
    import random

    import keras
    import numpy as np

    from unstuck.watch import hook

    keras.utils.set_random_seed(SEED)
    model, arguments = build()
    observations: list[Any] = []
    listener = observations.append
    if watched:
        hook.install()
        hook.listen(listener)
    history = model.fit(**arguments, verbose=0)
    hook.stop_listening(listener)
    weights = b"".join(np.ascontiguousarray(weight).tobytes() for weight in model.get_weights())
    own = keras.ops.convert_to_numpy(keras.random.uniform((4,)))
    streams = (random.random(), float(np.random.random()), own.tobytes())
    return (weights, repr(history.history), streams), observations[0] if watched else None


def _rows(*shape: int) -> tuple[Any, Any]:
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.normal(size=shape).astype("float32")
    return x, (x.reshape(len(x), -1)[:, 0] > 0).astype("int32")


def _dense(**compiled: Any) -> Any:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((12,)),
            layers.Dense(16, activation="relu"),
            layers.BatchNormalization(),
            layers.GaussianNoise(0.1),
            layers.Dropout(0.4),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(
        compiled.pop("optimizer", "adam"), "sparse_categorical_crossentropy", metrics=["accuracy"], **compiled
    )
    return model


def _fit(x: Any, y: Any = None, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "epochs": 4, **more}


def _arrays(**compiled: Any) -> tuple[Any, dict[str, Any]]:
    return _dense(**compiled), _fit(*_rows(250, 12), batch_size=16, validation_split=0.2)


def _unbuilt() -> tuple[Any, dict[str, Any]]:
    import keras

    model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.5)])
    model.add(keras.layers.Dense(2, activation="softmax"))
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, _fit(*_rows(250, 12), batch_size=16)


def _augmented() -> tuple[Any, dict[str, Any]]:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((12, 12, 1)),
            layers.RandomFlip(),
            layers.RandomRotation(0.1),
            layers.Conv2D(4, 3, activation="relu"),
            layers.SpatialDropout2D(0.3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, _fit(*_rows(64, 12, 12, 1), batch_size=16)


def _recurrent() -> tuple[Any, dict[str, Any]]:
    import keras

    layers = keras.layers
    model = keras.Sequential([layers.Input((9, 4)), layers.LSTM(6, dropout=0.2, recurrent_dropout=0.2)])
    model.add(layers.Dense(2, activation="softmax"))
    model.compile("nadam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, _fit(*_rows(64, 9, 4), batch_size=16)


def _generated() -> tuple[Any, dict[str, Any]]:
    import keras
    import numpy as np

    x, y = _rows(160, 12)

    class Shuffled(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 10

        def __getitem__(self, index: int) -> tuple[Any, Any]:
            rows = np.random.choice(len(x), 16)
            return x[rows] + np.random.normal(size=(16, 12)), y[rows]

    return _dense(), _fit(Shuffled())


def _scheduled() -> tuple[Any, dict[str, Any]]:
    import keras

    schedule = keras.optimizers.schedules.CosineDecay(0.1, 60)
    return _arrays(optimizer=keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True))


def _accumulated() -> tuple[Any, dict[str, Any]]:
    import keras

    return _arrays(optimizer=keras.optimizers.AdamW(gradient_accumulation_steps=3))


CASES: dict[str, Callable[[], tuple[Any, dict[str, Any]]]] = {
    "dropout, noise, shuffling": _arrays,
    "unbuilt Sequential": _unbuilt,
    "augmented images": _augmented,
    "LSTM with recurrent dropout": _recurrent,
    "PyDataset that draws its rows": _generated,
    "schedule, Nesterov": _scheduled,
    "gradient accumulation": _accumulated,
    "3 steps per execution": lambda: _arrays(steps_per_execution=3),
    "run eagerly": lambda: _arrays(run_eagerly=True),
}


if __name__ == "__main__":
    sys.exit(child() if _CHILD in sys.argv else main(sys.argv[1:]))
