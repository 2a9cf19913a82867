"""Print how many lines of log are read and judged a second, and how long `unstuck log` takes to start.

    python bench/logs.py [--lines 20000]

The logs are made here: progress bars of Keras 2 and 3 with redraws and colours, CSV, JSON lines.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from unstuck.logbook.gather import read_bytes
from unstuck.logbook.reader import Given
from unstuck.verbs.log import read_case

#: Redraws of one bar in an epoch.
REDRAWS = 40


def keras3(lines):
    """verbose=1 of Keras 3 in a terminal, `REDRAWS` a line of the file."""
    for epoch in range(1, lines // 2 + 1):
        yield f"Epoch {epoch}/{lines // 2}"
        loss = 0.7 - 0.1 * (epoch % 7) / 7
        bars = (
            f"\x1b[1m{step * 10}/{REDRAWS * 10}\x1b[0m \x1b[32m━━━\x1b[0m\x1b[37m━\x1b[0m \x1b[1m1s\x1b[0m "
            "3ms/step - "
            f"accuracy: 0.6{step % 10}21 - loss: {loss:.4f}"
            for step in range(1, REDRAWS + 1)
        )
        yield ("\x08" * 60 + "\r").join(bars) + f" - val_accuracy: 0.6102 - val_loss: {loss + 0.02:.4f}"


def verbose2(lines):
    """verbose=2 of Keras 3."""
    for epoch in range(1, lines // 2 + 1):
        yield f"Epoch {epoch}/{lines // 2}"
        figures = f"accuracy: 0.{5000 + epoch % 3000} - loss: 0.{6000 - epoch % 3000:04d}"
        yield f"100/100 - 1s - 9ms/step - {figures}"


def other_text(lines):
    """A paste in which one line of a hundred is a training's."""
    for line in range(lines):
        if line % 100 == 0:
            yield f"{line // 100 + 1}/{lines // 100} - 1s - loss: 0.6{line % 9}31 - acc: 0.5{line % 7}00"
        else:
            yield f"2024-05-01 12:00:{line % 60:02d} INFO worker {line % 8}: wrote shard {line} in "
            f"0.{line % 10} s"


def csv_rows(lines):
    """CSVLogger."""
    yield "epoch,accuracy,loss,val_accuracy,val_loss"
    for epoch in range(lines):
        yield f"{epoch},0.{50000000 + epoch},0.{69000000 - epoch},0.5012345,0.6912345"


def json_rows(lines):
    """One object an epoch."""
    for epoch in range(lines):
        yield f'{{"epoch": {epoch}, "loss": 0.{69000000 - epoch}, "accuracy": 0.{50000000 + epoch}}}'


def speed(make, lines):
    """Seconds of CPU to read and to judge a log of so many lines, and its size in bytes."""
    data = "\n".join(make(lines)).encode()
    begun = time.process_time()
    runs = read_bytes(Given(data))
    read = time.process_time() - begun
    read_case("a.log", runs)
    return read, time.process_time() - begun - read, len(data)


def start(lines=200, repeats=5):
    """Seconds from the command to its end on a log of 200 lines: the best of some."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.log"
        path.write_text("\n".join(verbose2(lines)), encoding="utf-8")
        taken = []
        for _ in range(repeats):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-m", "unstuck", "log", path], capture_output=True, check=True)
            taken.append(time.perf_counter() - begun)
    return min(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=20000)
    lines = parser.parse_args().lines
    print(f"{'log':<12} {'lines/s':>10} {'MB/s':>7}   read s  judge s")
    for make in (verbose2, other_text, csv_rows, json_rows, keras3):
        # A line of keras3 is 40 redraws long.
        count = lines if make is not keras3 else max(2, lines // REDRAWS)
        read, judge, size = speed(make, count)
        total = max(read + judge, 1e-9)
        print(
            f"{make.__name__:<12} {count / total:>10,.0f} {size / total / 1e6:>7.1f} {read:>8.3f} "
            f"{judge:>8.3f}"
        )
    print(f"start to end of `unstuck log` on 200 lines: {start():.2f} s")


if __name__ == "__main__":
    main()
