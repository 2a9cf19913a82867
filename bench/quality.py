"""How many of the causes does unstuck name? A table over programs of tests/clinic, styles or unknown.

    python bench/quality.py --lint
    python bench/quality.py --run --backend jax
    python bench/quality.py --styles
    python bench/quality.py --unknown --only copied-tie uphill

With --lint each program's source is read and nothing is run: whether its cause is named, how sure, at the
line that the program's expect.toml gives; and what is said of its cured twin and of the healthy programs.
With --run each program is run on a backend, without its proof: which place its cause has among those told,
whether in its line, and whether a cured or healthy program is told a cause that is more than suspected.
With --styles the same of tests/styles: longer programs as people write them (classes, options, settings,
several files), by someone who had read no rule; most have their fault far from the line that fails.
With --unknown each program of tests/unknown is run and proved (15 to 60 s): whether a symptom is seen,
whether the part at fault leads, and its line; and whether its cured twin is called broken. --held runs the
held half as well, --keep FOLDER keeps the cases and does not make again what lies there.
"""

from __future__ import annotations

import argparse
import os
import time
import tomllib
from collections import Counter
from pathlib import Path

import clinic
import unknown

from unstuck.lint.check import check
from unstuck.lint.files import read
from unstuck.lint.record import LintFinding
from unstuck.lint.settings import Settings

TESTS = Path(__file__).parents[1] / "tests"


def main() -> None:
    """Read or run every program and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--lint", action="store_true", help="tests/clinic, from source alone")
    which.add_argument("--run", action="store_true", help="tests/clinic and tests/healthy, run on a backend")
    which.add_argument("--styles", action="store_true", help="tests/styles, run on a backend")
    which.add_argument("--unknown", action="store_true", help="tests/unknown, run and proved")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="but with --lint: these programs"
    )
    parser.add_argument("--held", action="store_true", help="with --unknown: the held half as well")
    parser.add_argument("--backend", default="torch", help="but with --lint: Keras's backend")
    parser.add_argument("--keep", type=Path, help="with --unknown: the folder that keeps the cases")
    given = parser.parse_args()
    if given.unknown:
        unknown.table(given.only, held=given.held, backend=given.backend, keep=given.keep)
    elif given.run or given.styles:
        cases = "styles" if given.styles else "clinic"
        clinic.table(given.only, backend=given.backend, workers=os.cpu_count() or 1, cases=cases)
    else:
        from_source()


def from_source() -> None:
    """What lint says of the clinic and of the healthy programs."""
    started = time.perf_counter()
    named, sureness = 0, Counter[str]()
    print(f"{'program':<40} {'named':<10} {'at its line':<12} other findings")
    cases = sorted((TESTS / "clinic").glob("*/expect.toml"))
    for file in cases:
        expect = tomllib.loads(file.read_text())
        path = file.with_name("broken.py")
        found = findings(path)
        own = [each for each in found if each.rule == expect["cause"]]
        rest = sorted({each.rule for each in found} - {expect["cause"]})
        line = path.read_text().split("\n")[own[0].line - 1].strip() if own else ""
        named += bool(own)
        sureness.update(each.certainty for each in own[:1])
        placed = "yes" if own and line == expect.get("lint") else "no" if own else ""
        word = own[0].certainty if own else "-"
        print(f"{file.parent.name:<40} {word:<10} {placed:<12} {', '.join(rest)}")
    parts = ", ".join(f"{count} {word}" for word, count in sorted(sureness.items()))
    print(
        f"\nreadable from source: {named} of {len(cases)} causes, {100 * named / len(cases):.0f} % ({parts})"
    )
    for title, paths in (
        ("cured twins", sorted((TESTS / "clinic").glob("*/fixed.py"))),
        ("healthy programs", sorted((TESTS / "healthy").glob("*.py"))),
    ):
        tally = Counter(each.certainty for path in paths for each in findings(path))
        said = ", ".join(f"{tally[word]} {word}" for word in ("proved", "measured", "suspected"))
        print(f"{title}: {len(paths)} read, {said}")
    print(f"{time.perf_counter() - started:.1f} s")


def findings(path: Path) -> list[LintFinding]:
    """What lint says of a program."""
    return [each.record for each in check(read(path), Settings()).found]


if __name__ == "__main__":
    main()
