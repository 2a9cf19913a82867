"""Print the seconds that 24 trials take with one and two workers, in processes here and on Ray.

    python bench/scaling.py [--backend torch] [--trials 24] [--epochs 3]

A trial trains a small network on scikit-learn's digits from a seed of its own and judges it, as
`unstuck run` does. Seconds count from nothing to the last result: the start of the workers and
their import of Keras are in them, and are most of what comes before the first result. The results
of each row are compared with those of the first row, to the last bit.

Every backend runs in a child process of its own, because Keras takes its backend when it is imported.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import replace

from unstuck.lab.executors import Done, Local, OnRay, packed

BACKENDS = ("torch", "tensorflow", "jax")


def digits(epochs):
    """The recipe of a training on 1,797 handwritten digits of 64 pixels, recorded from one epoch of it."""
    import keras
    from sklearn.datasets import load_digits

    from unstuck.evidence.gather import gather
    from unstuck.lab.record import record
    from unstuck.watch import hook

    keras.utils.set_random_seed(0)
    x, y = load_digits(return_X_y=True)
    layers = [
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential([keras.Input((64,)), *layers])
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    held = []

    def listener(seen):
        held.append(record(seen, gather(seen)))

    hook.install()
    hook.listen(listener)
    model.fit(x / 16.0, y, validation_split=0.2, verbose=0)
    hook.stop_listening(listener)
    return replace(held[0], epochs=epochs)


def measure(backend, trials, epochs):
    """Run the same trials in every way and print a line for each."""
    from unstuck.lab.arms import ArmTask, run_arm

    shared = packed(digits(epochs))
    tasks = [ArmTask(seed=seed, seconds=600.0) for seed in range(trials)]
    ways = {
        ("local", 1): lambda: Local(1, backend=backend),
        ("local", 2): lambda: Local(2, backend=backend),
        ("ray", 1): lambda: OnRay("local", cpus=1, backend=backend),
        ("ray", 2): lambda: OnRay("local", cpus=2, backend=backend),
    }
    expected, alone = None, {}
    for (name, workers), executor in ways.items():
        begun = time.perf_counter()
        found, first = {}, 0.0
        with executor() as running:
            for index, outcome in running.run(run_arm, shared, tasks):
                first = first or time.perf_counter() - begun
                found[index] = outcome
            seconds = time.perf_counter() - begun
        alone.setdefault(name, seconds)
        # Seconds are the one figure of a trial that may differ.
        results = {
            index: repr(replace(outcome.value, seconds=0.0)) if isinstance(outcome, Done) else outcome.error
            for index, outcome in found.items()
        }
        failed = sum(not isinstance(outcome, Done) for outcome in found.values())
        expected = expected or results
        differ = sum(results.get(index) != result for index, result in expected.items())
        print(
            f"{backend:<11}{name:<7}{workers:>7}{first:>14.1f}{seconds:>9.1f}{alone[name] / seconds:>9.2f}"
            f"{failed:>8}  {f'{differ} of {trials} differ' if differ else 'the same'}",
            flush=True,
        )
        for index in (index for index in expected if results.get(index) != expected[index]):
            print(f"  trial {index}: {difference(expected[index], results.get(index, 'no result'))}")
        for error in {outcome.error for outcome in found.values() if not isinstance(outcome, Done)}:
            print(f"  failed: {error}")


def difference(expected, found):
    """Where two results begin to differ, with some of what stands around it."""
    at = next((k for k, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), len(expected))
    return f"{expected[max(0, at - 40) : at + 40]!r} here {found[max(0, at - 40) : at + 40]!r}"


def main():
    """Measure each backend in a child process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backend", choices=BACKENDS)
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        return measure(asked.backend, asked.trials, asked.epochs)
    print(f"{asked.trials} trials on {os.cpu_count()} processors, {time.strftime('%Y-%m-%d')}")
    columns = f"{'workers':>7}{'first result s':>14}{'all s':>9}{'speed-up':>9}{'failed':>8}  results"
    print(f"{'backend':<11}{'':<7}{columns}", flush=True)
    for backend in [asked.backend] if asked.backend else BACKENDS:
        child = [sys.executable, __file__, "--here", "--backend", backend]
        child += ["--trials", str(asked.trials), "--epochs", str(asked.epochs)]
        environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "KERAS_BACKEND": backend}
        subprocess.run(child, env=environment, check=False)


if __name__ == "__main__":
    main()
