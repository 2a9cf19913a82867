"""How fast does `unstuck lint` read? Lines a second on one core, and from start to the first finding.

    python bench/lint.py

The lines are the programs of tests/healthy, read as often as it takes to reach 50,000 lines: most of what
is linted is well. What a finding costs on top, with its fix worked out, is measured on tests/clinic. The
start is that of a new process on a file of 200 lines, to the first line that it prints, the least of five.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from unstuck.lint.check import check
from unstuck.lint.files import read
from unstuck.lint.settings import Settings

ROOT = Path(__file__).parents[1]
LINES = 50_000
START_LINES = 200


def main() -> None:
    """Measure and print a table."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    well = [read(file) for file in sorted((ROOT / "tests" / "healthy").glob("*.py"))]
    broken = [read(file) for file in sorted((ROOT / "tests" / "clinic").glob("*/broken.py"))]
    check(well[0], Settings())
    lines, started = 0, time.process_time()
    while lines < LINES:
        for unit in well:
            check(unit, Settings())
            lines += unit.text.count("\n")
    print(f"{'lines a second of CPU time':<34} {lines / (time.process_time() - started):>10,.0f}")
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
