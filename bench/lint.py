"""How fast does `unstuck lint` read? Lines a second on one core, and from start to the first finding.

    python bench/lint.py

The lines are the programs of tests/ and examples/, read as often as it takes to reach 50,000. The start is
that of a new process on a file of 200 lines, `unstuck lint FILE`, the least of five, beside that of an
interpreter that does nothing.
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
    files = [each for part in ("tests", "examples") for each in sorted((ROOT / part).rglob("*.py"))]
    units = [unit for unit in map(read, files) if "keras" in unit.text]
    lines = findings = 0
    started = time.process_time()
    while lines < LINES:
        for unit in units:
            findings += len(check(unit, Settings())[0])
            lines += unit.text.count("\n")
    seconds = time.process_time() - started
    print(f"{'lines read':<28} {lines:>10,}")
    print(f"{'findings':<28} {findings:>10,}")
    print(f"{'lines a second of CPU time':<28} {lines / seconds:>10,.0f}")
    program = (ROOT / "examples" / "imdb_sentiment.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.py"
        padding = "".join(f"value_{line} = {line}\n" for line in range(START_LINES - program.count("\n")))
        file.write_text(padding + program)
        plain = _least([sys.executable, "-c", "pass"])
        lint = _least([sys.executable, "-m", "unstuck", "lint", str(file)])
    print(f"{'interpreter alone, s':<28} {plain:>10.3f}")
    print(f"{'start to finding, s':<28} {lint:>10.3f}")


def _least(command: list[str]) -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
