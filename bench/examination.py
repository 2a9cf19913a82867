"""Print the seconds that the examination after a fit takes, by program and backend.

    python bench/examination.py [--backend torch] [--program lstm]
    python bench/examination.py --source

Every pair runs in a child process of its own, because Keras takes its backend when it is imported. With
`--source`: the seconds that reading the user's file and writing the remedies take, by its length.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

BACKENDS = ("torch", "tensorflow", "jax")


def lstm(keras):
    """Reviews of 1,422 word ids padded at the end, an embedding, an LSTM and a sigmoid unit."""
    random = np.random.default_rng(0)
    x = np.zeros((1500, 1422), "int32")
    for row, length in zip(x, random.integers(50, 500, len(x)), strict=True):
        row[:length] = random.integers(1, 10000, length)
    y = np.repeat([0, 1], len(x) // 2)
    layers = [
        keras.layers.Embedding(10000, 16),
        keras.layers.LSTM(32),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
    return keras.Sequential([keras.Input((1422,), dtype="int32"), *layers]), x, y, 64


def mlp(keras):
    """A table of 64 columns, two hidden layers with dropout and batch normalisation, ten classes."""
    random = np.random.default_rng(0)
    x = random.normal(size=(1797, 64)).astype("float32")
    layers = [
        keras.layers.Dense(64, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    return keras.Sequential([keras.Input((64,)), *layers]), x, random.integers(0, 10, len(x)), 256


def cnn(keras):
    """Images of 28 x 28, two convolutions with pooling and dropout, ten classes."""
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (2000, 28, 28, 1)).astype("uint8")
    layers = [
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers]), x, random.integers(0, 10, len(x)), 256


PROGRAMS = {"lstm": lstm, "mlp": mlp, "cnn": cnn}


def measure(program):
    """Fit one short epoch, examine, and print the seconds and what was left out."""
    import keras

    from unstuck.evidence.examination import examine
    from unstuck.evidence.facts import Head, Loss, Metric, Metrics
    from unstuck.watch.rows import Rows

    keras.utils.set_random_seed(0)
    model, x, y, rows = PROGRAMS[program](keras)
    binary = model.output_shape[-1] == 1
    name = "binary_crossentropy" if binary else "sparse_categorical_crossentropy"
    model.compile("adam", loss=name, metrics=["accuracy"])
    before = model.get_weights()
    model.fit(x[:rows], y[:rows], verbose=0)
    cut = int(len(x) * 0.8)
    resolved = "binary_accuracy" if binary else "sparse_categorical_accuracy"
    wall, cpu = time.perf_counter(), time.process_time()
    found = examine(
        model,
        training=Rows(x=x[:cut], y=y[:cut], count=cut),
        validation=Rows(x=x[cut:], y=y[cut:], count=len(x) - cut),
        heads={"": Head(activation="sigmoid" if binary else "softmax", units=model.output_shape[-1])},
        losses={"": Loss(name=name)},
        metrics={"": Metrics(uses=(Metric(resolved=resolved),))},
        initial_weights=before,
        last_weights=model.get_weights(),
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    record = found.predictions.get("")
    rows = record.rows if record else 0
    left_out = "; ".join(f"{key}: {why}" for key, why in found.absent.items()) or "nothing"
    print(f"{keras.backend.backend():<11}{program:<6}{wall:>7.2f} {cpu:>7.2f} {rows:>6}  {left_out}")
    for stage, error in found.errors:
        print(f"  errored: {stage}: {error}")


STUCK = """
random = np.random.default_rng(3)
rows = random.normal(size=(600, 10)) * 300
targets = (rows[:, 0] > 0).astype("float32")
for turn in range({fits}):
    stack = [layers.Dense(16 + turn, activation="relu"), layers.Dense(1, activation="softmax")]
    model = models.Sequential([keras.Input((10,)), *stack])
    model.compile(optimizers.SGD(learning_rate=0.5), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(rows, targets, validation_split=0.2, epochs=3, verbose=0)
"""


def source():
    """What the source of a stuck training costs, alone and in a loop."""
    from scripts import around

    environment = {"KERAS_BACKEND": "torch", **os.environ}
    print(f"{'lines':>6} {'fits':>5}  seconds for source and remedies, by fit")
    for lines, fits in ((280, 1), (3000, 5)):
        with tempfile.TemporaryDirectory() as folder:
            file, case = Path(folder, "train.py"), Path(folder, "case.json")
            file.write_text(around(STUCK.format(fits=fits), lines))
            command = ["-m", "unstuck", "run", "--no-prove", "--quiet", "--json", str(case), str(file)]
            subprocess.run([sys.executable, *command], env=environment, check=False, capture_output=True)
            costs = [run["cost"]["source_seconds"] for run in json.loads(case.read_text())["runs"]]
        length = around(STUCK.format(fits=fits), lines).count("\n")
        print(f"{length:>6} {fits:>5}  {' '.join(f'{each:.2f}' for each in costs)}")


def main():
    """Run every program on every backend, one child process each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backend", choices=BACKENDS)
    parser.add_argument("--program", choices=list(PROGRAMS))
    parser.add_argument("--source", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        return measure(asked.program)
    if asked.source:
        return source()
    print(f"{'backend':<11}{'':<6}{'wall s':>7} {'cpu s':>7} {'rows':>6}  left out", flush=True)
    for backend in [asked.backend] if asked.backend else BACKENDS:
        for program in [asked.program] if asked.program else PROGRAMS:
            child = [sys.executable, __file__, "--here", "--program", program]
            environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "KERAS_BACKEND": backend}
            subprocess.run(child, env=environment, check=False)


if __name__ == "__main__":
    main()
