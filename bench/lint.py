"""How fast does `unstuck lint` read? Lines a second on one core, and from start to the first finding.

    python bench/lint.py [--lines 20000]

Three kinds of lines: the programs of tests/healthy, read again and again (dense); programs of 50 to 800
lines as notebooks and scripts hold them, made by bench/scripts.py (scripts), which are read by the command
as well: alone, in several processes, and from its cache; and files that train nothing. What a finding costs
on top, with its fix worked out, is measured on tests/clinic. The start is that of a new process on a file of
200 lines, to the first line that it prints, the least of five.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts import programs

from unstuck.lint.check import check
from unstuck.lint.files import pasted, read
from unstuck.lint.settings import Settings

ROOT = Path(__file__).parents[1]
START_LINES = 200


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=20_000)
    most = parser.parse_args().lines
    print(f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    well = [read(file) for file in sorted((ROOT / "tests" / "healthy").glob("*.py"))]
    broken = [read(file) for file in sorted((ROOT / "tests" / "clinic").glob("*/broken.py"))]
    check(well[0], Settings())
    lines, started = 0, time.process_time()
    while lines < most:
        for unit in well:
            check(unit, Settings())
            lines += unit.text.count("\n")
    print(f"{'dense: lines a CPU second':<34} {lines / (time.process_time() - started):>10,.0f}")
    _scripts(most)
    other = pasted("other.py", "def area(width, height):\n    return width * height\n" * 500)
    started = time.perf_counter()
    for _ in range(1000):
        check(other, Settings())
    print(f"{'1,000 lines that train nothing, µs':<34} {1000 * (time.perf_counter() - started):>10,.0f}")
    started = time.process_time()
    found = [each for unit in broken for each in check(unit, Settings())[0]]
    fixes = [each.record.fix for each in found]
    seconds = time.process_time() - started
    print(f"{'findings in ' + str(len(broken)) + ' broken programs':<34} {len(fixes):>10,}")
    print(f"{'CPU ms a finding, with its fix':<34} {1000 * seconds / len(fixes):>10,.0f}")
    program = (ROOT / "examples" / "imdb_sentiment.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.py"
        padding = "".join(f"value_{line} = {line}\n" for line in range(START_LINES - program.count("\n")))
        file.write_text(padding + program)
        print(f"{'interpreter alone, s':<34} {_least([sys.executable, '-c', 'print(1)']):>10.3f}")
        command = [sys.executable, "-m", "unstuck", "lint", str(file)]
        print(f"{'start to first finding, s':<34} {_least(command):>10.3f}")


def _scripts(lines: int) -> None:
    """Programs as people write them, in this process and by the command."""
    texts = list(programs(lines))
    lines = sum(text.count("\n") for text in texts)
    started = time.process_time()
    for number, text in enumerate(texts):
        check(pasted(f"program_{number}.py", text), Settings())
    print(f"{'scripts: lines a CPU second':<34} {lines / (time.process_time() - started):>10,.0f}")
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"program_{number}.py").write_text(text)
        command = [sys.executable, "-m", "unstuck", "lint", "--format", "github", folder]
        environment = {**os.environ, "UNSTUCK_CACHE": f"{folder}/.cache"}
        for name in ("command, several processes", "command, from the cache"):
            begun = time.perf_counter()
            subprocess.run(command, capture_output=True, check=False, env=environment)
            print(f"{name + ': lines/s':<34} {lines / (time.perf_counter() - begun):>10,.0f}")


def _least(command: list[str]) -> float:
    """Seconds from start to the first line printed, the least of five."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        times.append(time.perf_counter() - started)
        child.communicate()
    return min(times)


if __name__ == "__main__":
    main()
