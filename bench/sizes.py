"""How much time and memory do large inputs take? Seconds of CPU and the largest memory of each command.

    python bench/sizes.py [--only WORD]

Each input is made here, in a folder of its own, and given to the command as a user would. Besides time and
memory the last lines are printed: what was left out is said there.
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HEAD = "import keras\nfrom keras import layers\n"
BAR = (
    "\x1b[1m{0}/{1}\x1b[0m \x1b[32m━━━━━\x1b[0m\x1b[37m━━\x1b[0m \x1b[1m1s\x1b[0m 3ms/step - loss: 0.{2:04d}"
)


def model(number: int) -> str:
    """A model with a defect, compiled and trained, in three lines."""
    return (
        f"model_{number} = keras.Sequential([layers.Dense(16), layers.Dense(1, activation='softmax')])\n"
        f"model_{number}.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])\n"
        f"model_{number}.fit(x, y, epochs=3)\n"
    )


def numbers() -> Iterator[str]:
    """A list of 50,000 numbers before a model."""
    yield f"{HEAD}data = [{', '.join(str(each * 7 % 1000) for each in range(50_000))}]\n{model(0)}"


def models() -> Iterator[str]:
    """250 models in 750 lines."""
    yield HEAD
    yield from map(model, range(250))


def long_program() -> Iterator[str]:
    """A model behind 40,000 lines, each made from the one before."""
    yield f"{HEAD}value_0 = 0\n"
    yield from (
        f"value_{each} = value_{each - 1} + {each} * 2 - offset[{each}]\n" for each in range(1, 40_000)
    )
    yield model(0)


def bars(epochs: int = 1000, redraws: int = 400) -> Iterator[str]:
    """Progress bars, each drawn 400 times."""
    for epoch in range(1, epochs + 1):
        yield f"Epoch {epoch}/{epochs}\n"
        drawn = (BAR.format(step, redraws, 7000 - epoch % 5000) for step in range(1, redraws + 1))
        yield ("\x08" * 60 + "\r").join(drawn) + " - val_loss: 0.7\n"


def epochs() -> Iterator[str]:
    """A million epochs of two lines."""
    for epoch in range(1, 1_000_001):
        yield f"Epoch {epoch}/1000000\n100/100 - 1s - 9ms/step - loss: 0.{6000 - epoch % 3000:04d}\n"


def one_line() -> Iterator[str]:
    """One line of 60 MB."""
    return bars(1, 400_000)


INPUTS: tuple[tuple[str, str, Callable[[], Iterator[str]], bool], ...] = (
    ("list of 50,000 numbers", "lint", numbers, False),
    ("250 models in 750 lines", "lint", models, False),
    ("a model after 40,000 lines", "lint", long_program, False),
    ("bars, 1,000 epochs of 400 redraws", "log", bars, False),
    ("a million epochs", "log", epochs, False),
    ("one line", "log", one_line, False),
    ("one line, packed", "log", one_line, True),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="Only inputs whose name holds this.")
    only = parser.parse_args().only
    print(f"{'input':<36} {'MB':>6} {'CPU s':>7} {'MB/s':>6} {'memory, MB':>11}")
    for name, verb, make, packed in INPUTS:
        if only in name:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / ("train.py" if verb == "lint" else "train.log")
                size = _written(file, make(), packed)
                seconds, memory, said = _measured(verb, file)
            print(f"{name:<36} {size:>6.1f} {seconds:>7.1f} {size / seconds:>6.1f} {memory:>11.0f}")
            print("\n".join(f"    {line}" for line in said))


def _written(file: Path, parts: Iterator[str], packed: bool) -> float:
    """Write the input; its size in MB before it is packed."""
    size = 0
    with gzip.open(file, "wb", 1) if packed else file.open("wb") as out:
        for part in parts:
            size += out.write(part.encode())
    return size / 1e6


def _measured(verb: str, file: Path) -> tuple[float, float, list[str]]:
    """Seconds of CPU, the most memory in MB and the last lines of what `unstuck VERB FILE` said."""
    options = ["--no-cache"] if verb == "lint" else []
    command = [sys.executable, "-m", "unstuck", verb, *options, str(file)]
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, stderr=out)
        _, _, used = os.wait4(child.pid, 0)
        out.seek(0)
        said = [line.rstrip() for line in out.read().splitlines() if line.strip()]
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said[-3:]


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"in {time.monotonic() - started:.0f} s")
